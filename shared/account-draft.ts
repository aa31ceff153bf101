import type { Account, AccountDraft, AccountField } from './contract/accounts';

/** Every field of a form, empty. */
export const blankFields = {
  alias: '',
  url: '',
  organization: '',
  collection: '',
  email: '',
  username: '',
  tokenName: '',
  token: '',
  expiresOn: '',
  appId: '',
  privateKey: '',
  installation: '',
} satisfies Record<AccountField, string>;

/** The Edit dialog's starting point: everything stored but the secrets, which never come back. */
export function draftOf(account: Account): AccountDraft {
  return {
    ...blankFields,
    accountId: account.id,
    kind: account.kind,
    alias: account.alias,
    authenticationType: account.authenticationType,
    url: account.url,
    organization: account.organization,
    collection: account.collection,
    email: account.email,
    username: account.username,
    tokenName: account.tokenName,
    expiresOn: account.expirySource === 'user' ? (account.expiresOn ?? '').slice(0, 10) : '',
    appId: account.appId,
    installation: account.installation?.id ?? '',
    useForRepositories: account.useForRepositories,
    headerAuthentication: account.headerAuthentication,
  };
}
