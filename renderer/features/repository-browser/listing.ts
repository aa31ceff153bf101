import type { HostedRepository, RepositoryListPart } from '../../../shared/contract/hosted-repositories';
import type { AppError } from '../../../shared/errors';

/** What is known of one account's repositories. */
export interface AccountListing {
  /** Rows to show: cached ones until the provider's own have all come. */
  items: HostedRepository[];
  /** Rows the provider sent in this run. */
  fresh: HostedRepository[];
  source: 'cache' | 'provider' | 'none';
  /** Epoch milliseconds; null before the first row. */
  fetchedAt: number | null;
  /** Parts of this account may still come. */
  running: boolean;
  error: AppError | null;
}

export type Listing = Record<string, AccountListing>;

export const nothingListed: Listing = {};

const unknownAccount: AccountListing = {
  items: [],
  fresh: [],
  source: 'none',
  fetchedAt: null,
  running: true,
  error: null,
};

/** A new run: what is shown stays, what the provider sends is collected anew. */
export function beginListing(listing: Listing): Listing {
  return Object.fromEntries(
    Object.entries(listing).map(([accountId, account]) => [
      accountId,
      { ...account, fresh: [], running: true, error: null },
    ]),
  );
}

function united(shown: HostedRepository[], fresh: HostedRepository[]): HostedRepository[] {
  const replaced = new Set(fresh.map((item) => item.key));
  return [...fresh, ...shown.filter((item) => !replaced.has(item.key))];
}

/** One part of the stream. Fresh rows join the cached ones and, once the account is done, replace them. */
export function addListingPart(listing: Listing, part: RepositoryListPart): Listing {
  const before = listing[part.accountId] ?? unknownAccount;
  return { ...listing, [part.accountId]: accountAfter(before, part) };
}

function accountAfter(before: AccountListing, part: RepositoryListPart): AccountListing {
  switch (part.kind) {
    case 'items': {
      if (part.source === 'cache') {
        if (before.fresh.length > 0) return before;
        return { ...before, items: part.items, source: 'cache', fetchedAt: part.fetchedAt, running: true };
      }
      const fresh = united(before.fresh, part.items);
      return {
        ...before,
        fresh,
        items: united(before.items, part.items),
        source: 'provider',
        fetchedAt: part.fetchedAt,
        running: true,
      };
    }
    case 'done': {
      // A young cache answers without the provider being asked: its rows are the whole list then.
      const replaced = before.fresh.length > 0 || part.count === 0;
      return {
        ...before,
        items: replaced ? before.fresh : before.items,
        fresh: [],
        running: false,
        error: null,
      };
    }
    case 'failed':
      return { ...before, fresh: [], running: false, error: part.error };
    default:
      return part satisfies never;
  }
}

/** All rows of all accounts that still exist. */
export function listedRepositories(listing: Listing, accountIds: ReadonlySet<string>): HostedRepository[] {
  return Object.entries(listing).flatMap(([accountId, account]) =>
    accountIds.has(accountId) ? account.items : [],
  );
}
