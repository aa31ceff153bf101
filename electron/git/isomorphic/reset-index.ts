import { conflictsIn, entriesOf } from './index-change';
import { noStat } from './index-entry';
import { indexStat } from './index-file';
import { type Leaf, leafAt, treeChanges } from './tree-walk';
import { modeOnDisk, submoduleMode } from './working-files';
import { objectOf, type WorkingTreeAt } from './working-tree-update';
import { writeTree } from './write-tree';

/** Makes an entry what a tree has, without its file. What is known of a file that is so already is noted, as git's refresh does. */
export function resetEntry(at: WorkingTreeAt, path: string, leaf: Leaf | null): void {
  const { draft, files, rules } = at;
  const entries = draft.get(path);
  const [entry] = entries;
  if (!leaf) {
    if (entry) draft.remove(path);
    return;
  }
  if (entry && entry.stage === 0 && !entry.intentToAdd && entry.mode === leaf.mode && entry.oid === leaf.oid)
    return;
  const stats = leaf.mode === submoduleMode ? null : files.stats(path);
  const isSame =
    stats !== null &&
    !stats.isDirectory() &&
    modeOnDisk(stats, rules.fileMode, leaf.mode) === leaf.mode &&
    objectOf(at, path, stats) === leaf.oid;
  draft.put(
    {
      path,
      stage: 0,
      ...leaf,
      stat: isSame ? indexStat(stats) : noStat,
      assumeValid: false,
      skipWorktree: entry?.skipWorktree ?? false,
      intentToAdd: false,
    },
    isSame,
  );
}

/** Every path whose entry is not what a tree has, with that. */
export function differingPaths(
  { place, draft }: WorkingTreeAt,
  tree: string | null,
): Map<string, Leaf | null> {
  const { store } = place;
  const found = new Map<string, Leaf | null>();
  for (const [path, { to }] of treeChanges(store, writeTree(store, draft), tree, true)) found.set(path, to);
  const open = conflictsIn(draft);
  for (const entry of entriesOf(draft)) if (entry.intentToAdd) open.push(entry.path);
  for (const path of open) found.set(path, leafAt(store, tree, path));
  return found;
}
