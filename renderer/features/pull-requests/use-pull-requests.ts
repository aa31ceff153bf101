import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import type { PullRequest, PullRequestFilter } from '../../../shared/contract/pull-requests';
import type { AppError } from '../../../shared/errors';
import { client, query, toAppError } from '../../rpc/client';
import { useReloadWhenRecovered } from '../../rpc/recovered';
import { useStreamedList } from '../../rpc/streamed';
import { type Answers, addAnswer, answeredPullRequests, beginAnswers, noAnswers } from './listing';

export interface PullRequestLists {
  accounts: Account[];
  kinds: KindDescriptor[] | undefined;
  waiting: boolean;
  answers: Answers;
  items: PullRequest[];
  running: boolean;
  error: AppError | null;
  refresh: () => void;
}

/** The pull requests a filter names, as the accounts answer. */
export function usePullRequests(filter: PullRequestFilter): PullRequestLists {
  const accounts = useQuery(query.accounts.list.queryOptions());
  const kinds = useQuery(query.accounts.kinds.queryOptions());
  const ids = useMemo(() => accounts.data?.map((account) => account.id).sort() ?? [], [accounts.data]);
  const listed = useStreamedList({
    queryKey: [...query.pullRequests.list.key(), { ...filter, accounts: ids }],
    enabled: ids.length > 0,
    open: ({ signal }) => client.pullRequests.list(filter, { signal }),
    initial: noAnswers,
    begin: beginAnswers,
    reduce: addAnswer,
  });
  useReloadWhenRecovered(accounts.data, (id) => Boolean(listed.state[id]?.error), listed);
  return {
    accounts: accounts.data ?? [],
    kinds: kinds.data,
    waiting: accounts.isPending,
    answers: listed.state,
    items: useMemo(() => answeredPullRequests(listed.state), [listed.state]),
    running: listed.running,
    error: accounts.error === null ? listed.error : toAppError(accounts.error),
    refresh: listed.refresh,
  };
}
