import { fail } from '../../../shared/errors';
import type { MergeOutcome } from '../operations/working-tree';
import { beyondCancel } from './cancellation';
import { moveHead } from './commit';
import { decoded, readCommit, subjectOf, writeCommit } from './commit-object';
import { conflictsIn, inIndex, refuseConflicts, stagedPaths } from './index-change';
import { changedFiles, fileAsLeaf, treeWith } from './kept-work';
import { applyMerge } from './merge-apply';
import { mergeTrees } from './merge-trees';
import { writeOrigHead } from './orig-head';
import { committerOf, personLine } from './repository-config';
import { resetEntry } from './reset-index';
import { shortId } from './revision';
import { addStash, dropStash, stashAt } from './stash-list';
import { gitDirectoryBelow } from './submodule-folder';
import { type Leaf, leafAt, treeChanges } from './tree-walk';
import { applyUpdate, type WorkingTreeAt, wouldOverwrite } from './working-tree-update';
import type { WorkJobs } from './work-messages';
import { currentHead } from './workplace';
import { treeOfLeaves, writeTree } from './write-tree';

type Step = (part: number) => void;

/** git-stash(1) `push`, in git's own form. False: there was nothing to put away. */
export function stashPush(
  { directory, message, untracked }: WorkJobs['stashPush']['in'],
  step?: Step,
): Promise<boolean> {
  return inIndex(directory, (at) => {
    const { place, draft } = at;
    const { store } = place;
    const head = currentHead(place);
    if (head.oid === null) return fail({ kind: 'revision-not-found', name: 'HEAD' });
    refuseConflicts(draft);
    const commit = readCommit(store, head.oid);
    const changes = changedFiles(at);
    // Removed from the index and still there: it comes back with the stash.
    for (const path of stagedPaths(at, commit.tree))
      if (draft.get(path).length === 0) {
        const leaf = fileAsLeaf(at, path, null);
        if (leaf) changes.set(path, leaf);
      }
    const indexTree = writeTree(store, draft);
    const workTree = treeWith(at, changes);
    const others = untracked ? untrackedFiles(at, '', changes) : [];
    if (indexTree === commit.tree && workTree === commit.tree && others.length === 0) return false;

    const by = personLine(committerOf(place.config));
    const write = (tree: string, parents: string[], text: string) =>
      writeCommit(store, { tree, parents, author: by, committer: by, message: text });
    const branch = head.ref === null ? '(no branch)' : head.ref.replace(/^refs\/heads\//, '');
    const subject = subjectOf(decoded(commit.message, commit.encoding));
    const where = `${branch}: ${shortId(store, head.oid)} ${subject}`;
    const ofIndex = write(indexTree, [head.oid], `index on ${where}\n`);
    const parents = [head.oid, ofIndex];
    if (untracked && others.length > 0) {
      const leaves = others.flatMap((path): [string, Leaf][] => {
        const leaf = fileAsLeaf(at, path, null);
        return leaf ? [[path, leaf]] : [];
      });
      parents.push(write(treeOfLeaves(store, leaves), [], `untracked files on ${where}\n`));
    }
    const title = message === null ? `WIP on ${where}` : `On ${branch}: ${message}`;
    // It is in the list before anything is taken away, and then all of it is.
    beyondCancel();
    addStash(place, write(workTree, parents, message === null ? `${title}\n` : title), title);
    for (const path of others) at.files.remove(path);
    backTo(at, commit.tree, changes, step);
    writeOrigHead(place, head.oid);
    moveHead(place, head, head.oid, 'reset: moving to HEAD');
    return true;
  });
}

/** Index and files become those of a tree; `changes`: tracked files that are not as the index has them. */
function backTo(
  at: WorkingTreeAt,
  tree: string,
  changes: ReadonlyMap<string, Leaf | null>,
  step?: Step,
): void {
  const { place, draft } = at;
  const wanted = new Map<string, Leaf | null>();
  for (const [path, { to }] of treeChanges(place.store, writeTree(place.store, draft), tree, true))
    wanted.set(path, to);
  for (const path of changes.keys()) wanted.set(path, leafAt(place.store, tree, path));
  const planned = [...wanted].map(([path, to]) => ({
    path,
    to,
    indexOnly: draft.get(path)[0]?.skipWorktree ?? false,
  }));
  applyUpdate(at, planned, step);
}

/** Files that are neither tracked nor ignored. */
function untrackedFiles(
  at: WorkingTreeAt,
  folder: string,
  changes: ReadonlyMap<string, Leaf | null>,
): string[] {
  const { files, draft, rules, place } = at;
  return files.names(folder).flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (draft.get(path).length > 0 || changes.has(path)) return [];
    const stats = files.stats(path);
    if (!stats) return [];
    if (stats.isDirectory()) {
      if (gitDirectoryBelow(place.directory, path) !== null) return [];
      return untrackedFiles(at, path, changes);
    }
    const isOurs = (stats.isFile() || stats.isSymbolicLink()) && !rules.isIgnored(path, false);
    return isOurs ? [path] : [];
  });
}

/** git-stash(1) `apply`, and `pop` with `drop`. */
export function stashApply(
  { directory, index, drop }: WorkJobs['stashApply']['in'],
  step?: Step,
): Promise<MergeOutcome> {
  return inIndex(directory, (at) => {
    const { place, draft, files, rules } = at;
    const { store } = place;
    const oid = stashAt(place, index);
    refuseConflicts(draft);
    const stash = readCommit(store, oid);
    const [base, , others] = stash.parents;
    if (base === undefined || stash.parents.length < 2)
      return fail({ kind: 'revision-not-found', name: `stash@{${index}}` });
    const ours = writeTree(store, draft);
    const trees = { base: readCommit(store, base).tree, ours, theirs: stash.tree };
    const labels = { ours: 'Updated upstream', theirs: 'Stashed changes' };
    const merged = mergeTrees(store, trees, labels, (path) => rules.mergesDifferently(path));
    const untracked =
      others === undefined
        ? []
        : [...treeChanges(store, null, readCommit(store, others).tree, true).values()];
    const standing = untracked.filter(
      ({ path }) => files.stats(path) !== null || files.inTheWay(path) !== null,
    );
    if (standing.length > 0) wouldOverwrite(standing.map(({ path }) => path));
    const conflicts = applyMerge(at, merged, step);
    // What is new stays staged, everything else is as it was in the index: builtin/stash.c.
    if (conflicts.length === 0)
      for (const [path, { ours: before }] of merged.paths) if (before) resetEntry(at, path, before);
    for (const { path, to } of untracked)
      if (to) files.write(path, to.mode, rules.toFile(path, store.read(to.oid).data, to.oid));
    if (conflicts.length > 0) return { kind: 'conflicts', paths: conflictsIn(draft) };
    if (drop) dropStash(place, index, oid);
    return { kind: 'merged', oid: null };
  });
}
