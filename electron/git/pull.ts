import type { RefUpdate } from '../../shared/contract/remotes';
import type { Status } from '../../shared/contract/working-tree';
import { AppFailure, fail } from '../../shared/errors';
import type { Running } from './engine';
import type { FetchRequest, RemoteTransfer } from './operations/transfer';
import type { MergeOutcome, WorkingTree } from './operations/working-tree';

/** Fetches, and merges what the current branch follows. */
export interface PullRequest extends Omit<FetchRequest, 'reach'> {
  /** `fast-forward`: nothing but that; branches that went apart reject `not-fast-forward`. */
  how: 'fast-forward' | 'merge';
}

export interface PullResult {
  updated: RefUpdate[];
  outcome: MergeOutcome;
}

type PullEngine = Pick<RemoteTransfer, 'fetch' | 'fetchContents'> & Pick<WorkingTree, 'status' | 'merge'>;

/** Share of the fetch in the whole. */
const fetching = 0.9;
/** Contents that are found missing one by one, in the merge of a partial clone. */
const mostMissing = 100;

/** The branch on the remote the current one follows, `origin/main`. Rejects what makes a merge impossible, while nothing has changed. */
async function followed(engine: PullEngine, request: PullRequest, running: Running): Promise<string> {
  let hasConflicts = false;
  const status: Status = await engine.status(
    request.directory,
    {
      untracked: 'no',
      entries: (entries) => {
        hasConflicts ||= entries.some(({ kind }) => kind === 'conflict');
      },
    },
    { signal: running.signal },
  );
  const { head, underWay, upstream } = status;
  if (underWay !== null && underWay !== 'bisect') fail({ kind: 'unfinished', what: underWay });
  if (hasConflicts) fail({ kind: 'unfinished', what: 'conflicts' });
  if (head.state === 'detached')
    fail({
      kind: 'invalid-input',
      field: 'branch',
      reason: 'No branch is checked out. Switch to one first.',
    });
  if (!upstream?.name.startsWith(`${request.remote}/`))
    fail({
      kind: 'invalid-input',
      field: 'upstream',
      reason: `The current branch follows no branch of ${request.remote}. Choose one for it first.`,
    });
  return upstream.name;
}

/** In a partial clone, what the merge reads and is not here is fetched; only the merge itself knows of some of it. */
async function mergeOf(
  engine: PullEngine,
  { reach: _reach, ...request }: FetchRequest & PullRequest,
  ref: string,
  running: Running,
): Promise<MergeOutcome> {
  const contents = { ...request, wanted: { kind: 'checkout', ref } as const };
  await engine.fetchContents(contents, { signal: running.signal });
  for (let missing = 0; ; missing += 1)
    try {
      return await engine.merge(
        {
          directory: request.directory,
          ref,
          fastForward: request.how === 'fast-forward' ? 'only' : 'possible',
          message: null,
        },
        { signal: running.signal },
      );
    } catch (error) {
      const isMissing = error instanceof AppFailure && error.error.kind === 'contents-missing';
      if (!isMissing || missing === mostMissing) throw error;
      const wanted = { kind: 'objects', oids: [error.error.oid] } as const;
      const { objects } = await engine.fetchContents({ ...request, wanted }, { signal: running.signal });
      if (objects === 0) throw error;
    }
}

/**
 * Pulls with any engine. A merge under way, conflicts, or a branch that
 * follows nothing reject before anybody is contacted; changes in the way
 * (`would-overwrite`) and branches that went apart (`not-fast-forward`) leave
 * the working tree as it is, with what was fetched.
 */
export async function pull(engine: PullEngine, request: PullRequest, running: Running): Promise<PullResult> {
  const upstream = await followed(engine, request, running);
  const { progress } = running;
  const fetchRequest = { ...request, reach: null };
  const { updated } = await engine.fetch(fetchRequest, {
    signal: running.signal,
    ...(progress
      ? {
          progress: (told) =>
            progress({
              ...told,
              ...(told.fraction === undefined ? {} : { fraction: told.fraction * fetching }),
            }),
        }
      : {}),
  });
  progress?.({ phase: 'Merging', fraction: fetching });
  const outcome = await mergeOf(engine, fetchRequest, `refs/remotes/${upstream}`, running);
  progress?.({ phase: 'Merging', fraction: 1 });
  return { updated, outcome };
}
