import type { Account, AccountDraft } from '../../shared/contract/accounts';

/** The number of an installation, typed or as the end of its settings page's address. */
export function installationOf(text: string): Account['installation'] {
  const id = /(\d+)\/?$/.exec(text.trim())?.[1];
  return id ? { id, name: '' } : null;
}

export function aliasFor(account: Account): string {
  const { host } = new URL(account.url);
  // One host holds many organizations, and a user may have an account in several.
  const place = [host, account.organization || account.collection].filter(Boolean).join('/');
  const who = account.user?.login || account.user?.name;
  return who ? `${who} on ${place}` : place;
}

/** A stored account as a draft, so that a provider judges a new token as it would in the dialog. */
export function draftOf(account: Account, token: string): AccountDraft {
  const isApp = account.authenticationType === 'app';
  return {
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
    token: isApp ? '' : token,
    expiresOn: '',
    appId: account.appId,
    privateKey: isApp ? token : '',
    installation: account.installation?.id ?? '',
    useForRepositories: account.useForRepositories,
    headerAuthentication: account.headerAuthentication,
  };
}
