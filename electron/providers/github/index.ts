import { requireToken } from '../token-form';
import type { HostingProvider } from '../provider';
import { address, locate, matches } from './address';
import { appAuthorizer, normalizeKey } from './app';
import { diagnosis } from './diagnosis';
import { kinds, tokenPage } from './kinds';
import { changedFiles, fileDiff, pullRequest } from './pull-request';
import { listPullRequests } from './pull-requests';
import { listRepositories } from './repositories';
import { gitCredential, signIn } from './sign-in';
import { threads } from './threads';

/** GitHub.com, GHE.com tenants and GitHub Enterprise Server, as a person or as an app. */
export const github: HostingProvider = {
  id: 'github',
  kinds,
  diagnosis,
  address,
  normalizeSecret: (draft, secret) =>
    draft.authenticationType === 'app'
      ? normalizeKey(draft, secret)
      : requireToken(secret, ['github'], new URL(address(draft).url).host),
  tokenPage,
  authorizer: (account, secret) =>
    account.authenticationType === 'app'
      ? appAuthorizer(account, secret)
      : { headers: async () => ({ authorization: `Bearer ${secret}` }) },
  signIn,
  gitCredential,
  matches,
  locate,
  listRepositories,
  listPullRequests,
  pullRequest,
  changedFiles,
  fileDiff,
  threads,
};
