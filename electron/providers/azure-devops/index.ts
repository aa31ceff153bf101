import type { HostingProvider } from '../provider';
import { requireToken } from '../token-form';
import { address, tokenPage } from './address';
import { contents } from './contents';
import { pullRequest } from './detail';
import { diagnosis } from './diagnosis';
import { allOrganizationsEnd, isForAllOrganizations } from './ending';
import { changedFiles, fileDiff } from './files';
import { kinds } from './kinds';
import { locate, matches, organizationOf } from './location';
import { oauth } from './oauth';
import { listPullRequests } from './pull-requests';
import { listRepositories, organizations } from './repositories';
import { authorizer, gitCredential } from './secret';
import { signIn } from './sign-in';
import { threads } from './threads';

export const azureDevOps: HostingProvider = {
  id: 'azure-devops',
  kinds,
  diagnosis,
  oauth,
  allOrganizations: {
    until: allOrganizationsEnd,
    applies: isForAllOrganizations,
    organizations,
    organizationOf,
  },
  address,
  normalizeSecret: (draft, secret) =>
    requireToken(secret, ['azure-devops'], new URL(address(draft).url).host),
  tokenPage,
  authorizer,
  signIn,
  gitCredential: ({ account }, secret) => Promise.resolve(gitCredential(account, secret)),
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
