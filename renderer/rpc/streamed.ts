import {
  type QueryKey,
  experimental_streamedQuery as streamedQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { AppError } from '../../shared/errors';
import { toAppError } from './client';

/** A list that arrives in parts. `open` gets `refresh: true` when the user asked for fresh data. */
export interface StreamedList<Part, State> {
  queryKey: QueryKey;
  /** False while what the call needs is not known yet. */
  enabled?: boolean;
  open: (call: { refresh: boolean; signal: AbortSignal }) => Promise<AsyncIterator<Part, unknown>>;
  initial: State;
  /** Called before the parts of a run, so the state can tell a new run's parts from the last one's. */
  begin: (state: State) => State;
  reduce: (state: State, part: Part) => State;
}

export interface StreamedResult<State> {
  state: State;
  /** Parts may still come. */
  running: boolean;
  /** The stream itself broke (the core is gone); failures of single accounts are parts. */
  error: AppError | null;
  refresh: () => void;
  /** Asks again for what is not known; what the core has fresh it gives as it is. */
  reload: () => void;
  /** When the last part came, epoch milliseconds. */
  updatedAt: number;
}

/** Ends the iterator on abort: only then does the core stop asking providers. */
async function* parts<Part>(
  opening: Promise<AsyncIterator<Part, unknown>>,
  signal: AbortSignal,
): AsyncGenerator<Part> {
  const iterator = await opening;
  const stop = () => void Promise.resolve(iterator.return?.(undefined)).catch(() => undefined);
  if (signal.aborted) {
    stop();
    return;
  }
  signal.addEventListener('abort', stop, { once: true });
  try {
    let step = await iterator.next();
    while (step.done !== true) {
      yield step.value;
      step = await iterator.next();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

type Step<Part> = { begin: true } | { begin: false; part: Part };

async function* steps<Part>(
  opening: Promise<AsyncIterator<Part, unknown>>,
  signal: AbortSignal,
): AsyncGenerator<Step<Part>> {
  yield { begin: true };
  for await (const part of parts(opening, signal)) yield { begin: false, part };
}

/** Reads a streaming procedure into the query cache; leaving the screen ends the stream. */
export function useStreamedList<Part, State>(list: StreamedList<Part, State>): StreamedResult<State> {
  const cache = useQueryClient();
  const hash = JSON.stringify(list.queryKey);
  const options = useCallback(
    (refresh: boolean) => ({
      queryKey: list.queryKey,
      queryFn: streamedQuery<Step<Part>, State>({
        streamFn: (context) => steps(list.open({ refresh, signal: context.signal }), context.signal),
        refetchMode: 'append',
        initialValue: list.initial,
        reducer: (state, step) => (step.begin ? list.begin(state) : list.reduce(state, step.part)),
      }),
      staleTime: 60_000,
      retry: false,
      networkMode: 'always' as const,
      refetchOnWindowFocus: false,
      // Comparing ten thousand rows on every part would cost more than the parts.
      structuralSharing: false,
    }),
    // The functions of one key never change their meaning.
    // oxlint-disable-next-line react/exhaustive-deps
    [hash],
  );
  const found = useQuery({ ...useMemo(() => options(false), [options]), enabled: list.enabled ?? true });
  const again = useCallback(
    (fresh: boolean) => {
      void cache
        .cancelQueries({ queryKey: list.queryKey, exact: true })
        .then(() => cache.fetchQuery({ ...options(fresh), staleTime: 0 }))
        .catch(() => undefined);
    },
    // oxlint-disable-next-line react/exhaustive-deps
    [cache, options, hash],
  );
  const refresh = useCallback(() => again(true), [again]);
  const reload = useCallback(() => again(false), [again]);
  return {
    state: found.data ?? list.initial,
    running: found.isFetching,
    error: found.error === null ? null : toAppError(found.error),
    refresh,
    reload,
    updatedAt: found.dataUpdatedAt,
  };
}
