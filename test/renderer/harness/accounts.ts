import type { Account, SignInResult } from '../../../shared/contract/accounts';

export const working: SignInResult = {
  user: { id: '1', login: 'jdoe', name: 'Jane Doe' },
  expiresOn: null,
  scopes: ['repo', 'read:org'],
  missingScopes: [],
  installation: null,
  serverVersion: null,
  warnings: [],
  notes: [],
};

export function account(id: string, rest: Partial<Account> = {}): Account {
  return {
    id,
    kind: 'github',
    provider: 'github',
    alias: `Account ${id}`,
    authenticationType: 'personal',
    url: 'https://github.com',
    origins: { api: ['https://api.github.com'], git: ['https://github.com'] },
    organization: '',
    collection: '',
    email: '',
    username: '',
    tokenName: 'oauth2',
    appId: '',
    installation: null,
    useForRepositories: true,
    headerAuthentication: 'off',
    expiresOn: null,
    expirySource: 'none',
    scopes: null,
    user: working.user,
    state: { status: 'working' },
    lastChecked: Date.now() - 3 * 60_000,
    ...rest,
  };
}

const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

/** One account in every state, with names that are long where names can be. */
export const everyState: Account[] = [
  account('one', { alias: 'Personal' }),
  account('two', {
    alias: 'Work (Contoso), main account with a name that is long',
    kind: 'gitlab-self-managed',
    provider: 'gitlab',
    url: 'https://gitlab.department.contoso.example.com:8443/gitlab',
    user: { id: '2', login: 'jane.doe', name: 'Jane Wilhelmina Doe-Featherstonehaugh' },
    expiresOn: day(5),
    expirySource: 'provider',
  }),
  account('three', {
    alias: 'Bitbucket',
    kind: 'bitbucket-cloud',
    provider: 'bitbucket',
    url: 'https://bitbucket.org',
    state: { status: 'refused', error: { kind: 'token-refused', host: 'bitbucket.org' } },
    lastChecked: Date.now() - 86_400_000,
  }),
  account('four', {
    alias: 'TFS',
    kind: 'azure-devops-server',
    provider: 'azure-devops',
    url: 'https://azure.example.com',
    collection: 'DefaultCollection',
    headerAuthentication: 'basic',
    state: {
      status: 'unreachable',
      error: { kind: 'host-unreachable', host: 'azure.example.com', cause: 'timeout' },
    },
  }),
  account('five', { alias: 'Old', expiresOn: day(-3), expirySource: 'user' }),
  account('six', { alias: 'New', user: null, state: { status: 'unchecked' }, lastChecked: null }),
];
