import type { Account } from '../../../shared/contract/accounts';
import type { HostingProvider, Session } from '../provider';
import { requireToken } from '../token-form';
import { address, locate, matches, tokenPage } from './address';
import * as cloudContents from './cloud/contents';
import * as cloudDetail from './cloud/detail';
import * as cloudFiles from './cloud/files';
import * as cloudPullRequests from './cloud/pull-requests';
import * as cloudRepositories from './cloud/repositories';
import * as cloudSignIn from './cloud/sign-in';
import * as cloudThreads from './cloud/threads';
import * as dataCenterContents from './data-center/contents';
import * as dataCenterDetail from './data-center/detail';
import * as dataCenterFiles from './data-center/files';
import * as dataCenterPullRequests from './data-center/pull-requests';
import * as dataCenterRepositories from './data-center/repositories';
import * as dataCenterSignIn from './data-center/sign-in';
import * as dataCenterThreads from './data-center/threads';
import { diagnosis } from './diagnosis';
import { kinds } from './kinds';
import { authorizer, gitCredential, requireSignInName } from './secret';

/** Two products under one name: what is asked of them has the same names here. */
const cloud = {
  ...cloudSignIn,
  ...cloudRepositories,
  ...cloudContents,
  ...cloudPullRequests,
  ...cloudDetail,
  ...cloudFiles,
  ...cloudThreads,
};
const dataCenter = {
  ...dataCenterSignIn,
  ...dataCenterRepositories,
  ...dataCenterContents,
  ...dataCenterPullRequests,
  ...dataCenterDetail,
  ...dataCenterFiles,
  ...dataCenterThreads,
};

function of(account: Account): typeof cloud | typeof dataCenter {
  return account.kind === 'bitbucket-cloud' ? cloud : dataCenter;
}

/**
 * Data Center knows a token's owner; a project's or repository's token has
 * none and works in a Bearer header only, whatever user name was typed.
 */
async function owner(session: Session): Promise<string> {
  const { kind, username, user } = session.account;
  if (kind === 'bitbucket-cloud') return '';
  if (user) return user.login && (username || user.login);
  return username || (await dataCenterSignIn.whoami(session));
}

export const bitbucket: HostingProvider = {
  id: 'bitbucket',
  kinds,
  diagnosis,
  address,
  normalizeSecret(draft, secret) {
    requireSignInName(draft);
    return requireToken(secret, ['bitbucket'], new URL(address(draft).url).host);
  },
  tokenPage,
  authorizer,
  signIn: (session) => of(session.account).signIn(session),
  async gitCredential(session, secret) {
    const { account } = session;
    if (account.headerAuthentication === 'bearer') return gitCredential(account, secret, '');
    const name = await owner(session);
    return account.kind === 'bitbucket-data-center' && name === ''
      ? { kind: 'header', header: `Bearer ${secret}` }
      : gitCredential(account, secret, name);
  },
  matches,
  locate,
  contents: {
    facts: (session, repository, branch) => of(session.account).contents.facts(session, repository, branch),
    folder: (session, repository, folder) => of(session.account).contents.folder(session, repository, folder),
    file: (session, repository, file) => of(session.account).contents.file(session, repository, file),
  },
  listRepositories: (session) => of(session.account).listRepositories(session),
  listPullRequests: (session, filter) => of(session.account).listPullRequests(session, filter),
  pullRequest: (session, repository, number) => of(session.account).pullRequest(session, repository, number),
  changedFiles: (session, repository, number) =>
    of(session.account).changedFiles(session, repository, number),
  fileDiff: (session, repository, number, file) =>
    of(session.account).fileDiff(session, repository, number, file),
  threads: (session, repository, number) => of(session.account).threads(session, repository, number),
};
