import type { Commit } from '../../../shared/contract/history';
import { fail } from '../../../shared/errors';
import { commitDetails } from './commit-details';
import { newestFirst } from './commit-walk';
import { type History, historyOf } from './history';
import type { Jobs } from './messages';
import { openForReading } from './opened';
import { commitBehind, commitNamed, objectNamed } from './revision';
import { currentHead } from './workplace';

/** How far the last walk got: the next page goes on from there. */
interface Walk {
  history: History;
  start: string;
  found: string[];
  rest: Generator<string>;
}

/** Ids of a longer walk are not kept. */
const mostFound = 1_000_000;

/** Newest first by committer date, each commit once, as `git log`. */
export async function log(input: Jobs['log']['in']): Promise<Jobs['log']['out']> {
  const opened = await openForReading(input.directory);
  const { ref, skip, limit } = input;
  const start = ref === undefined || ref === 'HEAD' ? currentHead(opened).oid : commitOf(opened, ref);
  if (start === null) return { commits: [], more: false };
  const history = historyOf(opened);
  let walk = opened.kept.get('walk') as Walk | undefined;
  if (walk?.history !== history || walk.start !== start)
    walk = { history, start, found: [], rest: newestFirst(history, [start]) };
  const wanted = skip + limit + 1;
  // A walk that fails is not to be gone on with.
  opened.kept.delete('walk');
  while (walk.found.length < wanted) {
    const next = walk.rest.next();
    if (next.done) break;
    walk.found.push(next.value);
  }
  if (walk.found.length <= mostFound) opened.kept.set('walk', walk);
  return {
    commits: commitDetails(opened, walk.found.slice(skip, skip + limit)),
    more: walk.found.length >= wanted,
  };
}

function commitOf(opened: Parameters<typeof objectNamed>[0], ref: string): string {
  const oid = ref.startsWith('-') || ref === '' ? null : objectNamed(opened, ref);
  const commit = oid === null ? null : commitBehind(opened.store, oid);
  return commit ?? fail({ kind: 'branch-not-found', branch: ref });
}

/** git-show(1), without the changes. */
export async function show(input: Jobs['show']['in']): Promise<Commit> {
  const opened = await openForReading(input.directory);
  const [commit] = commitDetails(opened, [commitNamed(opened, input.ref)]);
  return commit ?? fail({ kind: 'revision-not-found', name: input.ref });
}
