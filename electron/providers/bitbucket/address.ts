import type { Account, AccountDraft } from '../../../shared/contract/accounts';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { AppFailure, fail } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { AccountAddress } from '../provider';
import { joinAddress, serverAddress } from '../server-address';

const cloud = 'https://bitbucket.org';
const cloudApi = 'https://api.bitbucket.org';
/** Names people paste for the one Cloud. altssh answers on port 443 for networks that block 22. */
const cloudHosts = ['bitbucket.org', 'www.bitbucket.org', 'api.bitbucket.org', 'altssh.bitbucket.org'];

/** Path parts at which the pages of a Data Center server begin: what stands before is its context path. */
const dataCenterPages = [
  'projects',
  'users',
  'scm',
  'rest',
  'plugins',
  'dashboard',
  'account',
  'login',
  'repos',
];

/** Throws `invalid-input` or `address-invalid`. */
export function address(draft: AccountDraft): AccountAddress {
  return draft.kind === 'bitbucket-cloud' ? cloudAddress(draft) : dataCenterAddress(draft);
}

function cloudAddress(draft: AccountDraft): AccountAddress {
  const typed = serverAddress(draft.url.trim() === '' ? cloud : draft.url);
  const organization = workspacePath(draft);
  if (cloudHosts.includes(typed.host))
    return { url: cloud, origins: { api: [cloudApi], git: [cloud] }, organization, collection: '' };
  const url = joinAddress(typed.origin, typed.segments);
  return { url, origins: { api: [typed.origin], git: [typed.origin] }, organization, collection: '' };
}

/** `workspace` or `workspace/repository`, also pasted as an address. */
function workspacePath(draft: AccountDraft): string {
  const typed = draft.organization.trim().replace(/^https?:\/\/[^/]+\//i, '');
  const parts = typed.split('/').filter((part) => part !== '');
  if (parts.some((part) => !/^[\w.{}-]+$/.test(part)))
    fail({
      kind: 'invalid-input',
      field: 'organization',
      reason: 'Give the workspace, or workspace/repository, as they stand in the address of the repository.',
    });
  return parts
    .slice(0, 2)
    .join('/')
    .replace(/\.git$/, '');
}

function dataCenterAddress(draft: AccountDraft): AccountAddress {
  const typed = serverAddress(draft.url);
  const page = typed.segments.findIndex((segment) => dataCenterPages.includes(segment.toLowerCase()));
  const url = joinAddress(typed.origin, page === -1 ? typed.segments : typed.segments.slice(0, page));
  return {
    url,
    origins: { api: [typed.origin], git: [typed.origin] },
    organization: '',
    collection: '',
  };
}

/** Where the REST API of a Cloud account begins. */
export function cloudApiBase(account: Pick<Account, 'url'>): string {
  return account.url === cloud ? `${cloudApi}/2.0` : `${account.url}/2.0`;
}

/** Bitbucket Cloud's own address, as opposed to a server's or a stand-in's. */
export function isCloudAddress(account: Pick<Account, 'url'>): boolean {
  return account.url === cloud;
}

/** Page where such a token is made; empty where what it is for is not known. */
export function tokenPageOf(
  account: Pick<Account, 'kind' | 'url' | 'organization' | 'authenticationType'>,
): string {
  const { kind, url, organization } = account;
  if (kind === 'bitbucket-data-center') return `${url}/plugins/servlet/access-tokens/manage`;
  if (account.authenticationType === 'personal')
    return 'https://id.atlassian.com/manage-profile/security/api-tokens';
  if (organization.includes('/')) return `${url}/${organization}/admin/access-tokens`;
  return organization === '' ? '' : `${url}/${organization}/workspace/settings/access-tokens`;
}

export function tokenPage(draft: AccountDraft): string | null {
  try {
    return tokenPageOf({ ...draft, ...address(draft) }) || null;
  } catch (error) {
    if (error instanceof AppFailure) return null;
    throw error;
  }
}

/**
 * The path of `url` below the account's address, or null when it is not on the
 * account's host. The ssh ports and names of a Data Center server are its
 * administrator's choice, so only the host is compared there.
 */
function below(account: Account, url: RemoteUrl): string[] | null {
  const base = new URL(account.url);
  const path = url.path.split('/').filter((part) => part !== '');
  if (url.protocol === 'ssh') {
    const hosts = account.url === cloud ? cloudHosts : [base.hostname];
    return hosts.includes(url.host) ? path : null;
  }
  if (!account.origins.git.includes(url.origin)) return null;
  const prefix = base.pathname.split('/').filter((part) => part !== '');
  return prefix.every((part, index) => decodeURIComponent(part) === path[index])
    ? path.slice(prefix.length)
    : null;
}

/** Project and repository of a remote address, or null. Data Center puts `scm` before them for http(s). */
function named(account: Account, url: RemoteUrl): [string, string] | null {
  const path = below(account, url);
  if (!path) return null;
  const scm = account.kind === 'bitbucket-data-center' && url.protocol !== 'ssh';
  if (scm && path[0] !== 'scm') return browsed(path);
  const [namespace, repository, ...rest] = scm ? path.slice(1) : path;
  if (!namespace || !repository || rest.length > 0) return null;
  return [namespace, repository.replace(/\.git$/, '')];
}

/** The page of a repository as the browser shows it. */
function browsed(path: string[]): [string, string] | null {
  const [kind, namespace, repos, repository] = path;
  if ((kind !== 'projects' && kind !== 'users') || repos !== 'repos' || !namespace || !repository)
    return null;
  return [kind === 'users' ? `~${namespace}` : namespace, repository];
}

export function matches(account: Account, url: RemoteUrl): number | null {
  const path = below(account, url);
  if (!path) return null;
  const prefix = new URL(account.url).pathname.length;
  if (account.organization === '') return prefix;
  const own = account.organization.toLowerCase().split('/');
  const its = path.map((part) => part.toLowerCase().replace(/\.git$/, ''));
  return own.every((part, index) => part === its[index]) ? prefix + account.organization.length : null;
}

/** `id` is `workspace/slug` (Cloud, lower case) or `KEY/slug` (Data Center, where keys are upper case, `~NAME` for a person's own). */
export function locate(account: Account, url: RemoteUrl): RepositoryRef | null {
  const found = named(account, url);
  if (!found || matches(account, url) === null) return null;
  const [namespace, repository] = found;
  const id =
    account.kind === 'bitbucket-cloud'
      ? `${namespace}/${repository}`.toLowerCase()
      : `${namespace.toUpperCase()}/${repository.toLowerCase()}`;
  return { id, fullName: id };
}
