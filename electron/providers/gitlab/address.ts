import type { Account, AccountDraft } from '../../../shared/contract/accounts';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { AccountAddress } from '../provider';
import { joinAddress, serverAddress } from '../server-address';

const cloudUrl = 'https://gitlab.com';

/** First segments of GitLab's own pages: what stands before them is the prefix GitLab is installed under. */
const pages = new Set(['-', 'users', 'dashboard', 'explore', 'profile', 'admin']);

/** Paths GitLab is usually installed under: docs.gitlab.com, "Relative URL". */
const usualPrefix = /^(gitlab|git)$/i;

function prefixOf(segments: readonly string[]): string[] {
  const end = segments.findIndex(
    (segment, index) => pages.has(segment) || (segment === 'api' && segments[index + 1] === 'v4'),
  );
  if (end < 0) return [...segments];
  const above = segments.slice(0, end);
  // A page of a group or a project: `[prefix/]groups/group/-/…`, `[prefix/]group/project/-/…`.
  if (segments[end] === '-' && above.length >= 2)
    return usualPrefix.test(above[0] ?? '') ? above.slice(0, 1) : [];
  return above;
}

export function address(draft: AccountDraft): AccountAddress {
  const split = serverAddress(draft.url.trim() === '' && draft.kind === 'gitlab' ? cloudUrl : draft.url);
  const none = { organization: '', collection: '' };
  if (split.host === 'gitlab.com' || split.host === 'www.gitlab.com')
    return { url: cloudUrl, origins: { api: [cloudUrl], git: [cloudUrl] }, ...none };
  if (draft.kind === 'gitlab')
    fail({
      kind: 'invalid-input',
      field: 'url',
      reason: 'This kind is for gitlab.com. Use GitLab Self-Managed for another server.',
    });
  return {
    url: joinAddress(split.origin, prefixOf(split.segments)),
    origins: { api: [split.origin], git: [split.origin] },
    ...none,
  };
}

/** Base of the REST API, without a trailing slash. */
export function apiBase(account: Pick<Account, 'url'>): string {
  return `${account.url}/api/v4`;
}

/** Full path (group/subgroup/project) of a remote URL on this account's server, or null. */
function pathOf(account: Account, url: RemoteUrl): string | null {
  const server = new URL(account.url);
  let path = url.path.replace(/\.git$/, '');
  if (url.protocol === 'ssh') {
    // altssh.gitlab.com is the way through firewalls that pass port 443 only.
    if (url.host !== server.hostname && url.host !== `altssh.${server.hostname}`) return null;
  } else {
    if (!account.origins.git.includes(url.origin)) return null;
    const prefix = decodeURIComponent(server.pathname).slice(1);
    if (prefix !== '') {
      if (!path.startsWith(`${prefix}/`)) return null;
      path = path.slice(prefix.length + 1);
    }
  }
  const segments = path.split('/');
  return segments.length >= 2 && segments.every((segment) => segment !== '' && segment !== '-') ? path : null;
}

export function matches(account: Account, url: RemoteUrl): number | null {
  const path = pathOf(account, url);
  if (path === null) return null;
  const prefix = new URL(account.url).pathname.length;
  const own = account.user?.login.toLowerCase();
  return own && path.toLowerCase().startsWith(`${own}/`) ? prefix + own.length : prefix;
}

export function locate(account: Account, url: RemoteUrl): RepositoryRef | null {
  const fullName = pathOf(account, url);
  return fullName === null ? null : { id: fullName, fullName };
}
