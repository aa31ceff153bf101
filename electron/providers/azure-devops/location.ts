import type { Account } from '../../../shared/contract/accounts';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { RemoteUrl } from '../../../shared/remote-url';
import { services } from './address';

/** A repository by the names Azure DevOps gives it in addresses. */
export interface Place {
  /** Organization (Services) or collection (Server). */
  organization: string;
  project: string;
  repository: string;
}

/** `id` is the three names in lower case, encoded and joined by slashes: Azure DevOps ignores case. */
export function refOf(place: Place): RepositoryRef {
  const names = [place.organization, place.project, place.repository];
  return {
    id: names.map((name) => encodeURIComponent(name.toLowerCase())).join('/'),
    fullName: `${place.project}/${place.repository}`,
  };
}

export function placeOf(id: string): Place {
  const [organization = '', project = '', repository = ''] = id
    .split('/')
    .map((part) => decodeURIComponent(part));
  return { organization, project, repository };
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

/** Splits what an address says into the organization and the rest below it; null: not of this account's host. */
function within(account: Account, url: RemoteUrl): { organization: string; rest: string[] } | null {
  const path = segmentsOf(url.path);
  if (account.kind === 'azure-devops-services' && account.url === services)
    return ofServices(account, url, path);
  const base = new URL(account.url);
  const own = url.protocol === 'ssh' ? url.host === base.hostname : account.origins.git.includes(url.origin);
  const prefix = segmentsOf(base.pathname);
  if (!own || !prefix.every((part, index) => same(path[index], part))) return null;
  const [organization, ...rest] = path.slice(prefix.length);
  return organization === undefined ? null : { organization, rest };
}

function ofServices(
  account: Account,
  url: RemoteUrl,
  path: string[],
): { organization: string; rest: string[] } | null {
  if (url.protocol === 'ssh') {
    if (url.host !== 'ssh.dev.azure.com' && url.host !== 'vs-ssh.visualstudio.com') return null;
    // git@ssh.dev.azure.com:v3/{organization}/{project}/{repository}
    const [version, organization, project, repository, ...more] = path;
    if (version === 'v3' && organization && project && repository && more.length === 0)
      return { organization, rest: [project, '_git', repository] };
    // The older {organization}@vs-ssh.visualstudio.com:22/[DefaultCollection/]{project}/_ssh/{repository}
    return url.user && path.includes('_ssh')
      ? { organization: url.user, rest: withoutCollection(path) }
      : null;
  }
  if (url.host === 'dev.azure.com' && account.origins.git.includes(url.origin)) {
    const [organization, ...rest] = path;
    return organization === undefined ? null : { organization, rest };
  }
  const legacy = /^([a-z0-9-]+)\.visualstudio\.com$/.exec(url.host)?.[1];
  if (legacy === undefined || !account.origins.git.includes(url.origin)) return null;
  return { organization: legacy, rest: withoutCollection(path) };
}

function withoutCollection(path: string[]): string[] {
  return same(path[0], 'DefaultCollection') ? path.slice(1) : path;
}

/** The organization or collection this account is for; empty: all of them. */
function own(account: Account): string {
  return account.organization || account.collection;
}

/** The organization a remote of this host lies in, also by its older names; null: another host. */
export function organizationOf(account: Account, url: RemoteUrl): string | null {
  const legacy =
    account.url === services ? /^([a-z0-9-]+)\.visualstudio\.com$/.exec(url.host)?.[1] : undefined;
  if (url.protocol !== 'ssh' && legacy !== undefined) return legacy;
  return within(account, url)?.organization ?? null;
}

export function matches(account: Account, url: RemoteUrl): number | null {
  const found = within(account, url);
  if (!found) return null;
  if (own(account) === '') return 1;
  return same(found.organization, own(account))
    ? own(account).length + new URL(account.url).pathname.length
    : null;
}

export function locate(account: Account, url: RemoteUrl): RepositoryRef | null {
  if (matches(account, url) === null) return null;
  const found = within(account, url);
  if (!found) return null;
  const at = found.rest.findIndex((part) => part === '_git' || part === '_ssh');
  if (at !== 0 && at !== 1) return null;
  const [mark, ...after] = found.rest.slice(at);
  // _full and _optimized choose what a clone brings along.
  const [repository, ...more] =
    same(after[0], '_full') || same(after[0], '_optimized') ? after.slice(1) : after;
  if (mark === undefined || !repository || more.length > 0) return null;
  // The project is left out where the repository has its name.
  const project = at === 1 ? (found.rest[0] ?? repository) : repository;
  return refOf({ organization: own(account) || found.organization, project, repository });
}
