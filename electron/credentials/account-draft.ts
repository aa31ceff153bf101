import { randomUUID } from 'node:crypto';
import type { Account, AccountDraft } from '../../shared/contract/accounts';
import type { HostingProvider } from '../providers/provider';

/** The number of an installation, typed or as the end of its settings page's address. */
function installationOf(text: string): Account['installation'] {
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

/**
 * The account a draft describes; its address is normalized by its provider.
 * `existing`: the stored one that is edited. Throws `invalid-input` or `address-invalid`.
 */
export function accountOfDraft(
  draft: AccountDraft,
  provider: HostingProvider,
  existing: Account | undefined,
): Account {
  const address = provider.address(draft);
  const isOAuth = draft.authenticationType === 'oauth';
  if (isOAuth && provider.oauth)
    address.origins = { ...address.origins, signIn: provider.oauth.origins(address) };
  const moved = existing !== undefined && existing.url !== address.url;
  const form = provider.kinds
    .find((each) => each.kind === draft.kind)
    ?.authentication.find((each) => each.type === draft.authenticationType);
  // A date entered outside this form, which does not ask for one, belongs to the token that stays.
  const keepsDate =
    existing?.expirySource === 'user' &&
    !draft.token.trim() &&
    !form?.fields.some((each) => each.field === 'expiresOn');
  const expiresOn = (keepsDate ? existing.expiresOn : draft.expiresOn) || null;
  return {
    ...address,
    id: existing?.id ?? randomUUID(),
    kind: draft.kind,
    provider: provider.id,
    alias: draft.alias.trim(),
    authenticationType: draft.authenticationType,
    email: draft.email.trim(),
    username: draft.username.trim(),
    tokenName: draft.tokenName.trim(),
    appId: draft.appId.trim(),
    installation: installationOf(draft.installation),
    useForRepositories: draft.useForRepositories,
    headerAuthentication: draft.headerAuthentication,
    // The end of a sign-in on the provider's page stands beside its tokens, not in the form.
    ...(isOAuth && existing?.authenticationType === 'oauth' && !moved
      ? { expiresOn: existing.expiresOn, expirySource: existing.expirySource }
      : { expiresOn, expirySource: expiresOn ? 'user' : 'none' }),
    scopes: moved ? null : (existing?.scopes ?? null),
    user: moved ? null : (existing?.user ?? null),
    state: { status: 'unchecked' },
    lastChecked: existing?.lastChecked ?? null,
  };
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
