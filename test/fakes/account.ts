import type { Account } from '../../shared/contract/accounts';

/** An account as it would be stored, for tests that need one. */
export function anAccount(more: Partial<Account> = {}): Account {
  return {
    id: 'a1',
    kind: 'github-enterprise',
    provider: 'github',
    alias: 'Work',
    authenticationType: 'personal',
    url: 'https://git.example.test',
    origins: { api: ['https://git.example.test'], git: ['https://git.example.test'] },
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
    user: null,
    state: { status: 'unchecked' },
    lastChecked: null,
    ...more,
  };
}
