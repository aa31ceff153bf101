import { fail } from '../../../shared/errors';
import { moveHead } from './commit';
import { readCommit } from './commit-object';
import { conflictsIn, entriesOf, inIndex } from './index-change';
import { filesBelow, keepWork } from './kept-work';
import { writeOrigHead } from './orig-head';
import { differingPaths, resetEntry } from './reset-index';
import { commitNamed } from './revision';
import { type Leaf, leafAt } from './tree-walk';
import { removeState, stateLines } from './under-way';
import type { WorkJobs } from './work-messages';
import { applyUpdate, isAsIndexed, type WorkingTreeAt, wouldOverwrite } from './working-tree-update';
import { submoduleMode } from './working-files';
import { currentHead } from './workplace';

/** git-reset(1). */
export function reset(
  { directory, to, mode }: WorkJobs['reset']['in'],
  step?: (part: number) => void,
): Promise<{ kept: string | null }> {
  return inIndex(directory, (at) => {
    const { place, draft } = at;
    const oid = commitNamed(place, to);
    const tree = readCommit(place.store, oid).tree;
    const isMerge = stateLines(place.gitdir, 'MERGE_HEAD').length > 0;
    if (mode === 'soft' && (isMerge || conflictsIn(draft).length > 0))
      fail({ kind: 'unfinished', what: 'merge' });
    let kept: string | null = null;
    if (mode === 'mixed') for (const [path, leaf] of differingPaths(at, tree)) resetEntry(at, path, leaf);
    if (mode === 'hard') kept = overwrite(at, tree, step);
    const head = currentHead(place);
    if (head.oid !== null) writeOrigHead(place, head.oid);
    moveHead(place, head, oid, `reset: moving to ${to}`);
    removeState(place.gitdir);
    return { kept };
  });
}

/** Makes index and files those of a tree, whatever they are; what would be lost is kept first. */
export function overwrite(
  at: WorkingTreeAt,
  tree: string | null,
  step?: (part: number) => void,
): string | null {
  const wanted = differingPaths(at, tree);
  for (const entry of entriesOf(at.draft))
    if (!wanted.has(entry.path) && entry.stage === 0 && !isAsIndexed(at, entry))
      wanted.set(entry.path, leafAt(at.place.store, tree, entry.path));
  const inTheWay = untrackedInTheWay(at, wanted);
  const kept = keepWork(at, inTheWay);
  for (const path of inTheWay) at.files.remove(path);
  const planned = [...wanted].map(([path, to]) => ({
    path,
    to,
    indexOnly: at.draft.get(path)[0]?.skipWorktree ?? false,
  }));
  applyUpdate(at, planned, step);
  return kept;
}

/** Files that are not in the index, where others are to be written. */
function untrackedInTheWay(
  { files, draft }: WorkingTreeAt,
  wanted: ReadonlyMap<string, Leaf | null>,
): string[] {
  const found = new Set<string>();
  for (const [path, leaf] of wanted) {
    if (!leaf) continue;
    const above = files.inTheWay(path);
    if (above !== null) {
      if (draft.get(above).length === 0) found.add(above);
      continue;
    }
    const stats = files.stats(path);
    if (!stats || (leaf.mode === submoduleMode && stats.isDirectory())) continue;
    if (draft.get(path).length > 0 && !stats.isDirectory()) continue;
    const below = filesBelow({ files }, path);
    // A repository of its own: no tree can hold what is to be kept of it.
    if (below.some((inside) => inside.split('/').some((part) => part.toLowerCase() === '.git')))
      wouldOverwrite([path]);
    for (const inside of below) if (draft.get(inside).length === 0) found.add(inside);
  }
  return [...found];
}
