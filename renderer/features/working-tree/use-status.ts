import type { Status, StatusEntry, StatusPart } from '../../../shared/contract/working-tree';
import { client, query } from '../../rpc/client';
import { type StreamedResult, useStreamedList } from '../../rpc/streamed';

export interface StatusState {
  entries: StatusEntry[];
  status: Status | null;
  /** Parts of a new run have not begun: what is there is from the last one. */
  stale: boolean;
}

const nothing: StatusState = { entries: [], status: null, stale: true };

/** The working tree's state, as it is read. What was there stays on screen until the next run has something to show. */
export function useStatus(repositoryId: string): StreamedResult<StatusState> {
  const input = { repositoryId };
  return useStreamedList<StatusPart, StatusState>({
    queryKey: [...query.workingTree.status.key(), input],
    open: ({ signal }) => client.workingTree.status(input, { signal }),
    initial: nothing,
    begin: (state) => ({ ...state, stale: true }),
    reduce(state, part) {
      const entries = state.stale ? [] : state.entries;
      return part.type === 'entries'
        ? { entries: [...entries, ...part.entries], status: state.status, stale: false }
        : { entries, status: part.status, stale: false };
    },
  });
}
