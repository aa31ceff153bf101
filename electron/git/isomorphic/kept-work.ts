import { keepCommit } from './branch';
import { checkCancelled } from './cancellation';
import { readCommit, writeCommit } from './commit-object';
import { conflictsIn, entriesOf } from './index-change';
import { IndexDraft } from './index-draft';
import { noStat } from './index-entry';
import { personLine } from './repository-config';
import type { Leaf } from './tree-walk';
import { modeOnDisk, submoduleMode } from './working-files';
import { isAsIndexed, type WorkingTreeAt } from './working-tree-update';
import { currentHead } from './workplace';
import { isEmptyTree, writeTree } from './write-tree';

/** Whoever keeps something for the user may do so before they have a name. */
const keeper = { name: 'Polyforge', email: 'kept@polyforge.invalid' };

/** Tracked files as they stand now, against the index; null: gone. Their contents are written as objects. */
export function changedFiles(at: WorkingTreeAt): Map<string, Leaf | null> {
  const found = new Map<string, Leaf | null>();
  for (const entry of entriesOf(at.draft)) {
    const { path } = entry;
    if (found.has(path)) continue;
    checkCancelled();
    const isMerged = entry.stage === 0 && !entry.intentToAdd;
    if (isMerged && isAsIndexed(at, entry)) continue;
    found.set(path, fileAsLeaf(at, path, entry.mode));
  }
  return found;
}

/** What is at a path, written as an object; null: nothing git could hold. `before`: the mode the index has. */
export function fileAsLeaf(
  { place, files, rules }: WorkingTreeAt,
  path: string,
  before: number | null,
): Leaf | null {
  const stats = files.stats(path);
  const content = stats ? files.read(path, stats) : null;
  if (!stats || content === null) return null;
  const mode = modeOnDisk(stats, rules.fileMode, before);
  // Kept byte for byte where a program would change it: it is to come back as it was.
  const data = stats.isSymbolicLink() || rules.isFiltered(path) ? content : rules.toObject(path, content);
  return { mode, oid: place.store.write('blob', data) };
}

/** The tree of an index with some paths changed. */
export function treeWith({ place, draft }: WorkingTreeAt, changes: ReadonlyMap<string, Leaf | null>): string {
  const copy = new IndexDraft(draft.base);
  for (const [path, leaf] of changes)
    if (leaf)
      copy.put({
        path,
        stage: 0,
        ...leaf,
        stat: noStat,
        assumeValid: false,
        skipWorktree: false,
        intentToAdd: false,
      });
    else copy.remove(path);
  return writeTree(place.store, copy);
}

/** Every file at a path and below it. */
export function filesBelow({ files }: Pick<WorkingTreeAt, 'files'>, path: string): string[] {
  const stats = files.stats(path);
  if (!stats) return [];
  if (!stats.isDirectory()) return [path];
  return files.names(path).flatMap((name) => filesBelow({ files }, `${path}/${name}`));
}

/**
 * Keeps index and working tree before they are overwritten, as git-stash(1) has
 * them: a commit of the working tree whose second parent is one of the index.
 * `inTheWay`: files nobody tracks which are to go. Null: there was nothing to keep.
 */
export function keepWork(at: WorkingTreeAt, inTheWay: readonly string[]): string | null {
  const { place, draft } = at;
  const { store } = place;
  const head = currentHead(place).oid;
  const headTree = head === null ? null : readCommit(store, head).tree;
  const changes = changedFiles(at);
  for (const path of inTheWay) {
    const leaf = fileAsLeaf(at, path, null);
    if (leaf && leaf.mode !== submoduleMode) changes.set(path, leaf);
  }
  const conflicts = conflictsIn(draft).length > 0;
  const staged = writeTree(store, draft);
  const isSame = headTree === null ? isEmptyTree(staged) : staged === headTree;
  if (changes.size === 0 && isSame && !conflicts) return null;
  const by = personLine(keeper);
  const parents = head === null ? [] : [head];
  const person = { author: by, committer: by };
  const ofIndex = writeCommit(store, {
    // An index with conflicts is no tree: its files are in the working tree.
    tree: conflicts && headTree !== null ? headTree : staged,
    parents,
    ...person,
    message: 'The index, kept by Polyforge\n',
  });
  const oid = writeCommit(store, {
    tree: treeWith(at, changes),
    parents: [...parents, ofIndex],
    ...person,
    message: 'Work that was not committed, kept by Polyforge\n',
  });
  keepCommit(place, oid);
  return oid;
}
