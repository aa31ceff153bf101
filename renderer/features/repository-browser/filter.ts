import type { HostedRepository } from '../../../shared/contract/hosted-repositories';

export type SortOrder = 'name' | 'updated' | 'recently-cloned' | 'favourites';

export interface Criteria {
  /** Words; every one of them must occur in name, namespace or description. */
  search: string;
  /** Empty: every account. */
  accountId: string;
  visibility: HostedRepository['visibility'] | 'any';
  hideArchived: boolean;
  onlyFavourites: boolean;
}

export const everything: Criteria = {
  search: '',
  accountId: '',
  visibility: 'any',
  hideArchived: false,
  onlyFavourites: false,
};

/** A repository with what the search looks at, made once per list and not once per key. */
export interface Entry {
  repository: HostedRepository;
  haystack: string;
  favourite: boolean;
  /** Position among the recently cloned, 0 the newest; -1: not cloned. */
  cloned: number;
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compare(order: SortOrder): (left: Entry, right: Entry) => number {
  const name = (left: Entry, right: Entry) =>
    byName.compare(left.repository.fullName, right.repository.fullName);
  switch (order) {
    case 'name':
      return name;
    case 'updated':
      return (left, right) =>
        (right.repository.updatedAt ?? 0) - (left.repository.updatedAt ?? 0) || name(left, right);
    case 'recently-cloned':
      return (left, right) => {
        const leftAt = left.cloned < 0 ? Number.MAX_SAFE_INTEGER : left.cloned;
        const rightAt = right.cloned < 0 ? Number.MAX_SAFE_INTEGER : right.cloned;
        return leftAt - rightAt || name(left, right);
      };
    case 'favourites':
      return (left, right) => Number(right.favourite) - Number(left.favourite) || name(left, right);
    default:
      return order satisfies never;
  }
}

/** The sorted entries; run when rows, order, favourites or clones change, never per key. */
export function prepareEntries(
  repositories: readonly HostedRepository[],
  order: SortOrder,
  favourites: ReadonlySet<string>,
  recentlyCloned: readonly string[],
): Entry[] {
  const clonedAt = new Map(recentlyCloned.map((key, index) => [key, index]));
  return repositories
    .map((repository) => ({
      repository,
      haystack: `${repository.fullName}\n${repository.name}\n${repository.description}`.toLowerCase(),
      favourite: favourites.has(repository.key),
      cloned: clonedAt.get(repository.key) ?? -1,
    }))
    .sort(compare(order));
}

/** Keeps the order of `entries`. */
export function filterEntries(entries: readonly Entry[], criteria: Criteria): Entry[] {
  const words = criteria.search.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ repository, haystack, favourite }) => {
    if (criteria.accountId !== '' && repository.accountId !== criteria.accountId) return false;
    if (criteria.visibility !== 'any' && repository.visibility !== criteria.visibility) return false;
    if (criteria.hideArchived && repository.archived) return false;
    if (criteria.onlyFavourites && !favourite) return false;
    return words.every((word) => haystack.includes(word));
  });
}

/** Whether anything but the search narrows the list. */
export function narrows(criteria: Criteria): boolean {
  return (
    criteria.accountId !== '' ||
    criteria.visibility !== 'any' ||
    criteria.hideArchived ||
    criteria.onlyFavourites
  );
}
