import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { type CommitGraph, commitGraphStamp, openCommitGraph } from './commit-graph';
import type { ObjectStore } from './objects/store';
import type { Opened } from './opened';

/** What a walk needs of a commit. */
export interface CommitNode {
  tree: string;
  parents: readonly string[];
  /** Seconds, by the committer. */
  date: number;
  /** Greater than that of every parent; infinite: not known. */
  generation: number;
}

/** The commits of a repository as git sees them: with its grafts, gitglossary(7). */
export interface History {
  /** `repository-damaged` where there is no such commit. */
  node(oid: string): CommitNode;
  /** What is read in the place of an object: git-replace(1). */
  replaced(oid: string): string;
}

/** More would not fit beside everything else a thread keeps. */
const mostNodes = 500_000;

interface Kept {
  stamp: string;
  history: History;
  graph: CommitGraph | null;
}

/** Kept with the repository while nothing that bends its history changes. */
export function historyOf({ gitdir, refs, store, config, kept }: Opened): History {
  const replaced =
    config.flag(['core', null, 'usereplacerefs']) === false
      ? new Map<string, string>()
      : new Map(refs.list('refs/replace/').map(({ name, oid }) => [name.slice('refs/replace/'.length), oid]));
  const shallow = linesOf(path.join(gitdir, 'shallow'));
  const grafts = linesOf(path.join(gitdir, 'info/grafts')).filter((line) => !line.startsWith('#'));
  const stamp = JSON.stringify([[...replaced], shallow, grafts, commitGraphStamp(gitdir)]);
  const before = kept.get('history') as Kept | undefined;
  if (before?.stamp === stamp) return before.history;
  before?.graph?.close();
  // The file knows nothing of grafts: git does not use it then either.
  const bent = replaced.size > 0 || shallow.length > 0 || grafts.length > 0;
  const graph = bent ? null : openCommitGraph(gitdir);
  const parents = new Map<string, string[]>();
  for (const line of grafts) {
    const [oid = '', ...others] = line.trim().split(' ');
    parents.set(oid, others);
  }
  for (const oid of shallow) parents.set(oid, []);
  const history = createHistory(store, graph, parents, replaced);
  kept.set('history', { stamp, history, graph } satisfies Kept);
  return history;
}

function createHistory(
  store: ObjectStore,
  graph: CommitGraph | null,
  grafts: ReadonlyMap<string, string[]>,
  replacements: ReadonlyMap<string, string>,
): History {
  const known = new Map<string, CommitNode>();
  const replaced = (oid: string): string => {
    let at = oid;
    // As deep as git follows them.
    for (let links = 0; links < 5; links += 1) {
      const next = replacements.get(at);
      if (next === undefined) return at;
      at = next;
    }
    return at;
  };
  return {
    replaced,
    node(oid) {
      const found = known.get(oid);
      if (found) return found;
      if (known.size >= mostNodes) known.clear();
      const node = graph?.find(oid);
      const made = node
        ? { ...node, generation: node.generation || Number.POSITIVE_INFINITY }
        : nodeOf(store, replaced(oid), grafts.get(oid));
      known.set(oid, made);
      return made;
    },
  };
}

function nodeOf(store: ObjectStore, oid: string, grafted: string[] | undefined): CommitNode {
  const { type, data } = store.read(oid);
  const end = data.indexOf('\n\n');
  const head = data.toString('latin1', 0, end < 0 ? data.length : end);
  const tree = /^tree ([0-9a-f]{40})$/m.exec(head)?.[1];
  if (type !== 'commit' || tree === undefined)
    return fail({ kind: 'repository-damaged', path: '', detail: `The object ${oid} is no commit.` });
  return {
    tree,
    parents: grafted ?? Array.from(head.matchAll(/^parent ([0-9a-f]{40})$/gm), (match) => match[1] ?? ''),
    date: Number(/^committer .*> (\d+) [+-]\d+$/m.exec(head)?.[1] ?? 0),
    generation: Number.POSITIVE_INFINITY,
  };
}

/** The tree of a commit. */
export function treeOf(opened: Opened, oid: string): string {
  return historyOf(opened).node(oid).tree;
}

function linesOf(file: string): string[] {
  // A pipe would hold the thread for good.
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return [];
  return readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => line !== '');
}
