import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { AppError } from '../../../shared/errors';
import { client, query, toAppError } from '../../rpc/client';
import { useReloadWhenRecovered } from '../../rpc/recovered';
import { useStreamedList } from '../../rpc/streamed';
import { addListingPart, beginListing, type Listing, listedRepositories, nothingListed } from './listing';

export interface Repositories {
  accounts: Account[];
  /** The accounts themselves are not known yet. */
  waiting: boolean;
  listing: Listing;
  repositories: HostedRepository[];
  running: boolean;
  /** Nothing at all can be listed (the core is gone). */
  error: AppError | null;
  favourites: ReadonlySet<string>;
  recentlyCloned: string[];
  refresh: () => void;
  setFavourite: (key: string, favourite: boolean) => void;
}

const noKeys: string[] = [];

/** Everything the browser shows, over all accounts. */
export function useRepositories(): Repositories {
  const accounts = useQuery(query.accounts.list.queryOptions());
  const favourites = useQuery(query.hostedRepositories.favourites.queryOptions());
  const cloned = useQuery(query.hostedRepositories.recentlyCloned.queryOptions());
  const ids = useMemo(() => accounts.data?.map((account) => account.id) ?? [], [accounts.data]);
  const listed = useStreamedList({
    // Another set of accounts is another list; the core's cache shows its rows at once.
    queryKey: [...query.hostedRepositories.list.key(), { accounts: [...ids].sort() }],
    enabled: ids.length > 0,
    open: ({ refresh, signal }) => client.hostedRepositories.list({ refresh }, { signal }),
    initial: nothingListed,
    begin: beginListing,
    reduce: addListingPart,
  });
  useReloadWhenRecovered(accounts.data, (id) => Boolean(listed.state[id]?.error), listed);
  const repositories = useMemo(() => listedRepositories(listed.state, new Set(ids)), [listed.state, ids]);

  const cache = useQueryClient();
  const favouritesKey = query.hostedRepositories.favourites.queryKey();
  const favour = useMutation({
    mutationFn: (change: { key: string; favourite: boolean }) =>
      client.hostedRepositories.setFavourite(change),
    onMutate: ({ key, favourite }) => {
      cache.setQueryData(favouritesKey, (keys = noKeys) =>
        favourite ? [...keys.filter((other) => other !== key), key] : keys.filter((other) => other !== key),
      );
    },
    onSettled: () => cache.invalidateQueries({ queryKey: favouritesKey }),
  });
  const favouriteKeys = favourites.data ?? noKeys;
  return {
    accounts: accounts.data ?? [],
    waiting: accounts.isPending,
    listing: listed.state,
    repositories,
    running: listed.running,
    error: accounts.error === null ? listed.error : toAppError(accounts.error),
    favourites: useMemo(() => new Set(favouriteKeys), [favouriteKeys]),
    recentlyCloned: cloned.data ?? noKeys,
    refresh: listed.refresh,
    setFavourite: (key, favourite) => favour.mutate({ key, favourite }),
  };
}
