import type { Account, AccountDraft } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import type { AccountAddress } from '../provider';
import { joinAddress, serverAddress } from '../server-address';

export const services = 'https://dev.azure.com';
/** Where a person's profile and organizations are read: Microsoft keeps them on a host of their own. */
const profiles = 'https://app.vssps.visualstudio.com';
const servicesHosts = [
  'dev.azure.com',
  'ssh.dev.azure.com',
  'aex.dev.azure.com',
  'app.vssps.visualstudio.com',
];
const legacyHost = /^([a-z0-9-]+)\.visualstudio\.com$/;

/** Throws `invalid-input` or `address-invalid`. */
export function address(draft: AccountDraft): AccountAddress {
  return draft.kind === 'azure-devops-services' ? servicesAddress(draft) : collectionAddress(draft);
}

function servicesAddress(draft: AccountDraft): AccountAddress {
  const typed = serverAddress(draft.url.trim() === '' ? services : draft.url);
  const legacy = legacyHost.exec(typed.host)?.[1];
  const named = organizationOf(draft);
  const above = typed.segments.slice(0, pageStart(typed.segments));
  if (servicesHosts.includes(typed.host) || legacy !== undefined) {
    const sub = servicesHosts.includes(typed.host) && typed.host !== 'aex.dev.azure.com' ? above[0] : legacy;
    const organization = requireOrganization(named || sub || '');
    return {
      url: services,
      origins: {
        api: organization === '' ? [services, profiles] : [services],
        git:
          organization === ''
            ? [services]
            : [services, `https://${organization.toLowerCase()}.visualstudio.com`],
      },
      organization,
      collection: '',
    };
  }
  // Another base, for tests and proxies: {base}/{organization}.
  const last = named === '' ? above.at(-1) : undefined;
  const organization = requireOrganization(named || last || '');
  const prefix = above.at(-1)?.toLowerCase() === organization.toLowerCase() ? above.slice(0, -1) : above;
  return {
    url: joinAddress(typed.origin, prefix),
    origins: { api: [typed.origin], git: [typed.origin] },
    organization,
    collection: '',
  };
}

/** The name, also out of a pasted address. */
function organizationOf(draft: AccountDraft): string {
  const typed = draft.organization.trim().replace(/\/+$/, '');
  if (!/[/.]/.test(typed)) return typed;
  const pasted = serverAddress(typed, 'organization');
  return legacyHost.exec(pasted.host)?.[1] ?? pasted.segments[0] ?? '';
}

function requireOrganization(organization: string): string {
  if (organization !== '' && !/^[a-z0-9][\w-]*$/i.test(organization))
    fail({
      kind: 'invalid-input',
      field: 'organization',
      reason: 'An organization has only letters, digits and hyphens: the part after https://dev.azure.com/.',
    });
  return organization;
}

/** Where the pages of the server begin: `_git`, `_apis`, `_usersSettings` ... */
function pageStart(segments: readonly string[]): number {
  const at = segments.findIndex((segment) => segment.startsWith('_'));
  return at === -1 ? segments.length : at;
}

function collectionAddress(draft: AccountDraft): AccountAddress {
  const typed = serverAddress(draft.url);
  const above = typed.segments.slice(0, pageStart(typed.segments));
  const paged = above.length < typed.segments.length;
  const given = draft.collection.trim().replace(/^\/+|\/+$/g, '');
  const { prefix, collection } = split(above, given, paged);
  if (collection === '')
    fail({
      kind: 'invalid-input',
      field: 'collection',
      reason: 'The collection is missing. It is often DefaultCollection; your administrator knows.',
    });
  if (/[/\\?#%:*"<>|]/.test(collection))
    fail({
      kind: 'invalid-input',
      field: 'collection',
      reason: 'A collection is one name, without slashes.',
    });
  return {
    url: joinAddress(typed.origin, prefix),
    origins: { api: [typed.origin], git: [typed.origin] },
    organization: '',
    collection,
  };
}

/**
 * Server path and collection out of what stands before the pages. A virtual
 * directory is `tfs` on nearly every server that has one; a page's address
 * goes on with the project.
 */
function split(
  above: readonly string[],
  given: string,
  paged: boolean,
): { prefix: string[]; collection: string } {
  const directory = above[0]?.toLowerCase() === 'tfs' ? 1 : 0;
  if (given !== '') {
    const at = above.findIndex((segment) => segment.toLowerCase() === given.toLowerCase());
    if (at !== -1) return { prefix: above.slice(0, at), collection: given };
    return { prefix: above.slice(0, paged ? directory : above.length), collection: given };
  }
  const at = paged || directory === 1 ? directory : above.length - 1;
  return { prefix: above.slice(0, Math.max(at, 0)), collection: above[at] ?? '' };
}

/** Where requests of an organization or collection begin, without a trailing slash. */
export function baseOf(
  account: Pick<Account, 'url' | 'collection' | 'organization'>,
  organization?: string,
): string {
  const name = organization || account.organization || account.collection;
  return name === '' ? account.url : `${account.url}/${encodeURIComponent(name)}`;
}

/** Where profile and organizations of a token for all organizations are read. */
export function profileBase(account: Pick<Account, 'url'>): string {
  return account.url === services ? profiles : account.url;
}

/** Page where a token is made. Without an organization: the one that lists them. */
export function tokenPageOf(account: Pick<Account, 'url' | 'collection' | 'organization'>): string {
  return account.collection === '' && account.organization === ''
    ? 'https://aex.dev.azure.com/me'
    : `${baseOf(account)}/_usersSettings/tokens`;
}

export function tokenPage(draft: AccountDraft): string | null {
  try {
    return tokenPageOf(address(draft));
  } catch (error) {
    if (error instanceof AppFailure) return null;
    throw error;
  }
}
