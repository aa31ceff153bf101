import { fail } from '../../../shared/errors';
import type { BlameRange } from '../operations/comparison';
import { requirePaths } from '../repository-path';
import { blameOrigins, type Origin } from './blame/origins';
import { type Lines, passedOn } from './blame/passed-on';
import { commitDetails } from './commit-details';
import { historyOf } from './history';
import type { Jobs } from './messages';
import { type Opened, openForReading } from './opened';
import { commitNamed } from './revision';
import { fileSettings } from './settings';
import { countLines } from './text-lines';
import { leafAt } from './tree-walk';
import { latin1Path, workingContent } from './working-content';

/** A file in a commit, and the lines that may have come in there. */
interface Suspect {
  origin: Origin;
  date: number;
  lines: Lines[];
}

interface Found extends Lines {
  origin: Origin;
}

/** git-blame(1): newest suspects first; each hands on what its parents have too. */
export async function blame(input: Jobs['blame']['in']): Promise<BlameRange[]> {
  requirePaths([input.path]);
  const opened = await openForReading(input.directory);
  const history = historyOf(opened);
  const origins = blameOrigins(opened);
  const waiting = new Map<string, Suspect>();
  const found: Found[] = [];
  const wait = (origin: Origin, lines: readonly Lines[]) => {
    if (lines.length === 0) return;
    const key = `${origin.oid} ${origin.path}`;
    const date = origin.oid === null ? Number.POSITIVE_INFINITY : history.node(origin.oid).date;
    const suspect = waiting.get(key) ?? { origin, date, lines: [] };
    for (const one of lines) suspect.lines.push(one);
    waiting.set(key, suspect);
  };

  const first = asked(opened, input);
  const count = countLines(first.read());
  if (count > 0) wait(first, [{ start: 0, at: 0, count }]);
  for (let one = newest(waiting); one; one = newest(waiting)) {
    const { origin } = one;
    waiting.delete(`${origin.oid} ${origin.path}`);
    let { lines } = one;
    for (const parent of origins.parents(origin)) {
      if (lines.length === 0) break;
      const passed = passedOn(parent, origin, lines);
      wait(parent, passed.taken);
      lines = passed.left;
    }
    for (const left of lines) found.push({ ...left, origin });
  }
  return described(opened, found);
}

function newest(waiting: ReadonlyMap<string, Suspect>): Suspect | undefined {
  let best: Suspect | undefined;
  for (const one of waiting.values()) if (!best || one.date > best.date) best = one;
  return best;
}

/** The file as it is asked for. */
function asked(opened: Opened, { path, ref }: Jobs['blame']['in']): Origin {
  const { store, worktree, gitdir } = opened;
  const missing = () => fail({ kind: 'path-not-found', path });
  const history = historyOf(opened);
  if (ref !== null) {
    const oid = commitNamed(opened, ref);
    const leaf = leafAt(store, history.node(oid).tree, path);
    return leaf === null || leaf.mode === 0o160000
      ? missing()
      : blameOrigins(opened).inCommit(oid, path, leaf);
  }
  if (worktree === null)
    return fail({ kind: 'unsupported', what: 'this', reason: 'The repository is bare: it has no files.' });
  const { index } = opened.index();
  const { start, end } = index.range(Buffer.from(latin1Path(path), 'latin1'));
  const head = opened.refs.resolve('HEAD').oid;
  if (start === end && (head === null || leafAt(store, history.node(head).tree, path) === null))
    return missing();
  const place = { worktree, gitdir, store };
  const content = workingContent(place, index, fileSettings(opened.config)).read(latin1Path(path));
  const data = content ?? missing();
  return { oid: null, path, blob: null, read: () => data };
}

/** In the file's order; what stood together and came together is one. */
function described(opened: Opened, found: Found[]): BlameRange[] {
  const oids = [...new Set(found.flatMap(({ origin }) => (origin.oid === null ? [] : [origin.oid])))];
  const commits = new Map(commitDetails(opened, oids).map((commit) => [commit.oid, commit]));
  const now = Math.floor(Date.now() / 1000) * 1000;
  const ranges: BlameRange[] = [];
  for (const { origin, start, at, count } of found.sort((a, b) => a.start - b.start)) {
    const { oid, path } = origin;
    const last = ranges.at(-1);
    if (last?.oid === oid && last.path === path && last.originalStart + last.lines === at + 1) {
      last.lines += count;
      continue;
    }
    const commit = oid === null ? undefined : commits.get(oid);
    ranges.push({
      start: start + 1,
      lines: count,
      oid,
      // git's own words for what is not committed.
      author: commit?.author ?? { name: 'Not Committed Yet', email: 'not.committed.yet' },
      authoredAt: commit?.authoredAt ?? now,
      subject: commit?.subject ?? `Version of ${path} from ${path}`,
      path,
      originalStart: at + 1,
    });
  }
  return ranges;
}
