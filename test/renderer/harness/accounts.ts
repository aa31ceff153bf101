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

/** An account whose names are as long as they get, ending soon. */
export const longNames = account('long', {
  alias: 'Work (Contoso), main account with a name that is longer than any bar is wide '.repeat(2).trim(),
  kind: 'gitlab-self-managed',
  provider: 'gitlab',
  url: 'https://gitlab.department.contoso.example.com:8443/gitlab',
  expiresOn: day(5),
  expirySource: 'provider',
});

/** Twelve accounts with ends of every kind. */
export function manyEnds(): Account[] {
  const ends: Partial<Account>[] = [
    {},
    {
      expiresOn: day(3),
      expirySource: 'user',
      kind: 'bitbucket-cloud',
      provider: 'bitbucket',
      url: 'https://bitbucket.org',
    },
    {
      kind: 'bitbucket-cloud',
      provider: 'bitbucket',
      url: 'https://bitbucket.org',
      alias: 'Bitbucket (client project)',
    },
    { expiresOn: `${day(12)}T09:00:00.000Z`, expirySource: 'provider' },
    {
      expiresOn: day(-3),
      expirySource: 'user',
      kind: 'azure-devops-server',
      provider: 'azure-devops',
      url: 'https://tfs.example.com/tfs',
      collection: 'DefaultCollection',
    },
    {
      kind: 'azure-devops-services',
      provider: 'azure-devops',
      url: 'https://dev.azure.com',
      expiresOn: '2099-06-30',
      expirySource: 'user',
      endsAtLatest: '2026-12-01',
    },
    { authenticationType: 'app', alias: 'Build bot' },
    { state: { status: 'refused', error: { kind: 'token-refused', host: 'github.com' } } },
    {
      state: { status: 'unreachable', error: { kind: 'host-unreachable', host: 'github.com', cause: 'dns' } },
      expiresOn: day(200),
      expirySource: 'provider',
    },
    {
      expiresOn: day(364),
      expirySource: 'provider',
      kind: 'gitlab',
      provider: 'gitlab',
      url: 'https://gitlab.com',
    },
    { expiresOn: day(29), expirySource: 'provider', lastChecked: null, state: { status: 'unchecked' } },
    longNames,
  ];
  return ends.map((end, index) =>
    account(`end-${index}`, { alias: `Account ${index + 1}`, ...end, id: `end-${index}` }),
  );
}
