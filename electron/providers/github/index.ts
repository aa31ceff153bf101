import { requireToken } from '../token-form';
import { tokenOf } from '../oauth';
import type { Authorizer, HostingProvider } from '../provider';
import { address, locate, matches } from './address';
import { appAuthorizer, forgetTokens } from './app';
import { normalizeKey } from './app-key';
import { contents } from './contents';
import { diagnosis } from './diagnosis';
import { installations } from './installations';
import { accessPage, kinds, tokenPage } from './kinds';
import { changedFiles, fileDiff, pullRequest } from './pull-request';
import { oauth } from './oauth';
import { listPullRequests } from './pull-requests';
import { listRepositories } from './repositories';
import { gitCredential, signIn } from './sign-in';
import { threads } from './threads';

const bearer = (token: string): Authorizer => ({
  headers: async () => ({ authorization: `Bearer ${token}` }),
});

/** GitHub.com, GHE.com tenants and GitHub Enterprise Server, as a person or as an app. */
export const github: HostingProvider = {
  id: 'github',
  kinds,
  diagnosis,
  oauth,
  address,
  normalizeSecret: (draft, secret) =>
    draft.authenticationType === 'app'
      ? normalizeKey(draft, secret)
      : requireToken(secret, ['github'], new URL(address(draft).url).host),
  tokenPage,
  accessPage,
  authorizer: (account, secret) =>
    account.authenticationType === 'app' ? appAuthorizer(account, secret) : bearer(tokenOf(account, secret)),
  forget: forgetTokens,
  signIn,
  installations,
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
