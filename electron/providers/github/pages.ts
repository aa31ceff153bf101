import type { Account } from '../../../shared/contract/accounts';
import type { Told } from '../diagnosis';

export type TokenKind = 'app' | 'oauth' | 'classic' | 'fine-grained';

/** What kind of token the account has, as far as sign-in or this answer told. */
export function tokenKind(account: Account, said?: Told): TokenKind | undefined {
  if (account.authenticationType === 'app') return 'app';
  if (account.authenticationType === 'oauth') return 'oauth';
  // Only classic tokens have scopes to tell.
  if (account.scopes || said?.headers.has('x-oauth-scopes')) return 'classic';
  return account.user ? 'fine-grained' : undefined;
}

export function accountPage(account: Account, path: string): string {
  return `${account.url}${path}`;
}

/** A page a server named, when it is one of the account's own server; never another's. */
export function ownPage(account: Account, page: string | undefined): string | null {
  if (!page || !URL.canParse(page)) return null;
  const url = new URL(page);
  return url.origin === new URL(account.url).origin && !url.username && !url.password ? url.href : null;
}

/** Where permissions of what this account uses are changed. */
export function tokenListPage(account: Account, said?: Told): string {
  const kind = tokenKind(account, said);
  if (kind === 'app') return installationPage(account);
  if (kind === 'oauth') return accountPage(account, '/settings/applications');
  return accountPage(
    account,
    kind === 'fine-grained' ? '/settings/personal-access-tokens' : '/settings/tokens',
  );
}

/** The installation's settings, or the list of apps to install one from. */
export function installationPage(account: Account): string {
  const id = account.installation?.id;
  return accountPage(account, id ? `/settings/installations/${encodeURIComponent(id)}` : '/settings/apps');
}

/** `org` of GitHub's "The 'org' organization …", "`org` forbids …" and git's "The `org' organization …". */
export function sentenceOrganization(text: string): string | undefined {
  return /[`']([\w.-]+)[`'] (?:organization|enterprise|forbids)/.exec(text)?.[1];
}

/**
 * Where the token is let in for an organization: the page GitHub named in the
 * header or in git's sentence (it works for an hour), the organization's own
 * sign-on, or the list of tokens with "Configure SSO" beside each.
 */
export function singleSignOnPage(account: Account, said: Told): string {
  const header = /\burl=(\S+)/.exec(said.headers.get('x-github-sso') ?? '')?.[1];
  // Bounded text may end within the address: only one that something follows is whole.
  const sentence = /(https?:\/\/\S+\/sso\S*)\s/.exec(said.text)?.[1];
  const named = ownPage(account, header) ?? ownPage(account, sentence);
  if (named) return named;
  const organization = sentenceOrganization(said.text);
  return accountPage(account, organization ? `/orgs/${organization}/sso` : '/settings/tokens');
}
