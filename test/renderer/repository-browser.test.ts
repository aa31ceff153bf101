import { describe, expect, it } from 'vitest';
import {
  everything,
  filterEntries,
  narrows,
  prepareEntries,
} from '../../renderer/features/repository-browser/filter';
import {
  addListingPart,
  beginListing,
  listedRepositories,
  nothingListed,
} from '../../renderer/features/repository-browser/listing';
import { flatRows, groupRows, settleActive } from '../../renderer/features/repository-browser/rows';
import type { HostedRepository } from '../../shared/contract/hosted-repositories';

function repository(fullName: string, change: Partial<HostedRepository> = {}): HostedRepository {
  const accountId = change.accountId ?? 'work';
  return {
    key: `${accountId}:${fullName}`,
    accountId,
    id: fullName,
    name: fullName.split('/').at(-1) ?? fullName,
    namespace: fullName.split('/').slice(0, -1).join('/'),
    fullName,
    description: '',
    webUrl: `https://example.com/${fullName}`,
    httpsUrl: `https://example.com/${fullName}.git`,
    sshUrl: null,
    defaultBranch: 'main',
    visibility: 'private',
    archived: false,
    fork: false,
    updatedAt: null,
    sizeBytes: null,
    ...change,
  };
}

const names = (entries: { repository: HostedRepository }[]) =>
  entries.map((entry) => entry.repository.fullName);
const none: ReadonlySet<string> = new Set();

describe('searching repositories', () => {
  const entries = prepareEntries(
    [
      repository('tools/web-shop', { description: 'The Checkout pages' }),
      repository('tools/api', { archived: true, visibility: 'public' }),
      repository('site/docs', { accountId: 'home' }),
    ],
    'name',
    new Set(['home:site/docs']),
    [],
  );

  it('every word must occur somewhere, in any case', () => {
    expect(names(filterEntries(entries, { ...everything, search: 'CHECKOUT tools' }))).toEqual([
      'tools/web-shop',
    ]);
    expect(filterEntries(entries, { ...everything, search: 'checkout docs' })).toEqual([]);
  });

  it('characters of a pattern are plain characters', () => {
    expect(filterEntries(entries, { ...everything, search: '.*' })).toEqual([]);
    expect(filterEntries(entries, { ...everything, search: '(' })).toEqual([]);
  });

  it('account, visibility, archived and favourites narrow the list', () => {
    expect(names(filterEntries(entries, { ...everything, accountId: 'home' }))).toEqual(['site/docs']);
    expect(names(filterEntries(entries, { ...everything, visibility: 'public' }))).toEqual(['tools/api']);
    expect(names(filterEntries(entries, { ...everything, hideArchived: true }))).not.toContain('tools/api');
    expect(names(filterEntries(entries, { ...everything, onlyFavourites: true }))).toEqual(['site/docs']);
    expect(narrows(everything)).toBe(false);
    expect(narrows({ ...everything, hideArchived: true })).toBe(true);
  });

  it('finds in ten thousand what a plain search over each finds', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      repository(`group-${index % 97}/project-${index}`, { description: `number ${index * 7}` }),
    );
    const prepared = prepareEntries(many, 'updated', none, []);
    for (const search of ['project-99', '7 group-5', 'NUMBER 77 1'])
      expect(filterEntries(prepared, { ...everything, search }).length).toBe(
        many.filter((one) =>
          search
            .toLowerCase()
            .split(' ')
            .every((word) => `${one.fullName}\n${one.description}`.includes(word)),
        ).length,
      );
  });
});

describe('sorting repositories', () => {
  const rows = [
    repository('b/item10', { updatedAt: 5 }),
    repository('b/item9', { updatedAt: 9 }),
    repository('a/zebra', { updatedAt: null }),
  ];

  it('by name counts numbers as numbers', () => {
    expect(names(prepareEntries(rows, 'name', none, []))).toEqual(['a/zebra', 'b/item9', 'b/item10']);
  });

  it('by last update puts the newest first and the unknown last', () => {
    expect(names(prepareEntries(rows, 'updated', none, []))).toEqual(['b/item9', 'b/item10', 'a/zebra']);
  });

  it('recently cloned and favourites come before the rest', () => {
    expect(names(prepareEntries(rows, 'recently-cloned', none, ['work:b/item10', 'work:b/item9']))).toEqual([
      'b/item10',
      'b/item9',
      'a/zebra',
    ]);
    expect(names(prepareEntries(rows, 'favourites', new Set(['work:b/item10']), []))[0]).toBe('b/item10');
  });
});

describe('grouping repositories', () => {
  const entries = prepareEntries(
    [repository('b/one'), repository('a/two'), repository('a/three', { accountId: 'home' })],
    'name',
    none,
    [],
  );

  it('stands them under account and namespace with their counts', () => {
    expect(
      groupRows(entries, none, ['work', 'home', 'empty']).map((row) =>
        row.kind === 'repository' ? row.entry.repository.fullName : [row.kind, row.accountId, row.count],
      ),
    ).toEqual([
      ['account', 'work', 2],
      ['namespace', 'work', 1],
      'a/two',
      ['namespace', 'work', 1],
      'b/one',
      ['account', 'home', 1],
      ['namespace', 'home', 1],
      'a/three',
      ['account', 'empty', 0],
    ]);
  });

  it('a folded group keeps its count and hides its members', () => {
    const rows = groupRows(entries, new Set(['work', 'home\na']), ['work', 'home']);
    expect(rows.map((row) => row.kind)).toEqual(['account', 'account', 'namespace']);
    expect(rows[0]).toMatchObject({ count: 2, collapsed: true });
  });

  it('the selection stays on its line, or goes to the first repository', () => {
    const rows = groupRows(entries, none, ['work', 'home']);
    expect(settleActive(rows, 'work:b/one')).toBe(4);
    expect(settleActive(rows, 'gone')).toBe(2);
    expect(settleActive(flatRows([]), 'gone')).toBe(-1);
  });
});

describe('the listing as parts arrive', () => {
  const items = (source: 'cache' | 'provider', ...fullNames: string[]) =>
    ({
      kind: 'items',
      accountId: 'work',
      source,
      fetchedAt: 1,
      items: fullNames.map((name) => repository(name)),
    }) as const;
  const shown = (listing: typeof nothingListed) =>
    listedRepositories(listing, new Set(['work', 'home'])).map((item) => item.fullName);

  it("cached rows show at once and the provider's own replace them when all have come", () => {
    let listing = addListingPart(nothingListed, items('cache', 'a/old', 'a/kept'));
    expect(shown(listing)).toEqual(['a/old', 'a/kept']);
    listing = addListingPart(listing, items('provider', 'a/kept', 'a/new'));
    expect(shown(listing).sort()).toEqual(['a/kept', 'a/new', 'a/old']);
    listing = addListingPart(listing, { kind: 'done', accountId: 'work', count: 2 });
    expect(shown(listing).sort()).toEqual(['a/kept', 'a/new']);
  });

  it('a young cache answers alone', () => {
    const listing = addListingPart(addListingPart(nothingListed, items('cache', 'a/one')), {
      kind: 'done',
      accountId: 'work',
      count: 1,
    });
    expect(shown(listing)).toEqual(['a/one']);
    expect(listing['work']?.running).toBe(false);
  });

  it('an account that became empty loses its rows', () => {
    const listing = addListingPart(addListingPart(nothingListed, items('cache', 'a/one')), {
      kind: 'done',
      accountId: 'work',
      count: 0,
    });
    expect(shown(listing)).toEqual([]);
  });

  it('a failing account keeps its rows and tells its failure; others stand', () => {
    let listing = addListingPart(nothingListed, items('cache', 'a/one'));
    listing = addListingPart(listing, {
      kind: 'items',
      accountId: 'home',
      source: 'provider',
      fetchedAt: 2,
      items: [repository('h/two', { accountId: 'home' })],
    });
    listing = addListingPart(listing, {
      kind: 'failed',
      accountId: 'work',
      error: { kind: 'token-refused', host: 'example.com' },
    });
    expect(shown(listing)).toEqual(['a/one', 'h/two']);
    expect(listing['work']?.error).toEqual({ kind: 'token-refused', host: 'example.com' });
    expect(listing['home']?.error).toBeNull();
    const again = beginListing(listing);
    expect(shown(again)).toEqual(['a/one', 'h/two']);
    expect(again['work']).toMatchObject({ running: true, error: null });
  });
});
