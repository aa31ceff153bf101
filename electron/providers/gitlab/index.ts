import { tokenOf } from '../oauth';
import type { HostingProvider } from '../provider';
import { requireToken } from '../token-form';
import { address, locate, matches } from './address';
import { contents } from './contents';
import { diagnosis } from './diagnosis';
import { changedFiles, fileDiff } from './files';
import { kinds, tokenPage } from './kinds';
import { pullRequest } from './pull-request';
import { oauth } from './oauth';
import { listPullRequests } from './pull-requests';
import { listRepositories } from './repositories';
import { gitCredential, signIn } from './sign-in';
import { threads } from './threads';

/** GitLab.com and self-managed servers, also under a path. */
export const gitlab: HostingProvider = {
  id: 'gitlab',
  kinds,
  oauth,
  diagnosis,
  address,
  normalizeSecret: (draft, secret) => requireToken(secret, ['gitlab'], new URL(address(draft).url).host),
  tokenPage,
  // Takes personal, project, group and OAuth tokens alike: docs.gitlab.com/api/rest/authentication.
  authorizer: (account, secret) => {
    const authorization = `Bearer ${tokenOf(account, secret)}`;
    return { headers: async () => ({ authorization }) };
  },
  signIn,
  gitCredential,
  matches,
  locate,
  contents,
  listRepositories,
  listPullRequests,
  pullRequest,
  changedFiles,
  fileDiff,
  threads,
};
