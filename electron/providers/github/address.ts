import type { Account, AccountDraft } from '../../../shared/contract/accounts';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { AccountAddress } from '../provider';
import { serverAddress } from '../server-address';

const cloudUrl = 'https://github.com';
const cloudHosts = new Set(['github.com', 'www.github.com', 'api.github.com']);

/** `octo.ghe.com` of octo.ghe.com and api.octo.ghe.com: data residency tenants have their own api host. */
function tenant(host: string): string | null {
  return /^(?:api\.)?([a-z0-9-]+\.ghe\.com)$/.exec(host)?.[1] ?? null;
}

export function address(draft: AccountDraft): AccountAddress {
  const split = serverAddress(draft.url.trim() === '' && draft.kind === 'github' ? cloudUrl : draft.url);
  const none = { organization: '', collection: '' };
  if (cloudHosts.has(split.host))
    return { url: cloudUrl, origins: { api: ['https://api.github.com'], git: [cloudUrl] }, ...none };
  const sub = tenant(split.host);
  if (sub)
    return {
      url: `https://${sub}`,
      origins: { api: [`https://api.${sub}`], git: [`https://${sub}`] },
      ...none,
    };
  if (draft.kind === 'github')
    fail({
      kind: 'invalid-input',
      field: 'url',
      reason:
        'This kind is for github.com and *.ghe.com. Use GitHub Enterprise Server for a server of your own.',
    });
  // GitHub Enterprise Server lives at the root of its host; a pasted path is a page or repository of it.
  return { url: split.origin, origins: { api: [split.origin], git: [split.origin] }, ...none };
}

/** Base of the REST API, without a trailing slash. */
export function apiBase(account: Pick<Account, 'url' | 'origins'>): string {
  const api = account.origins.api[0] ?? account.url;
  return api === account.url ? `${account.url}/api/v3` : api;
}

/** owner/repository of a remote URL on this account's host, or null. */
function nameOf(account: Account, url: RemoteUrl): [string, string] | null {
  if (url.protocol === 'ssh') {
    const host = new URL(account.url).hostname;
    // ssh.github.com is the way through firewalls that pass port 443 only.
    if (url.host !== host && url.host !== `ssh.${host}`) return null;
  } else if (!account.origins.git.includes(url.origin)) return null;
  const [owner, name, ...rest] = url.path.replace(/\.git$/, '').split('/');
  return owner && name && rest.length === 0 ? [owner, name] : null;
}

export function matches(account: Account, url: RemoteUrl): number | null {
  const name = nameOf(account, url);
  if (!name) return null;
  const [owner] = name;
  const own = account.installation?.name || account.user?.login || '';
  if (own !== '' && owner.toLowerCase() === own.toLowerCase()) return 1 + owner.length;
  return 1;
}

export function locate(account: Account, url: RemoteUrl): RepositoryRef | null {
  const name = nameOf(account, url);
  if (!name) return null;
  const fullName = name.join('/');
  return { id: fullName, fullName };
}
