import { fail } from '../../../shared/errors';
import type { IndexDraft } from './index-draft';
import type { IndexEntry } from './index-entry';
import { updateIndex } from './index-file';
import { treeChanges } from './tree-walk';
import { openWorkingFiles } from './working-files';
import { workingRules } from './working-rules';
import { objectOf, type WorkingTreeAt } from './working-tree-update';
import { inWorkingTree, type Workplace } from './workplace';
import { writeTree } from './write-tree';

/**
 * Work on index and files under the index's lock, which is written where
 * `work` ends well: no other program changes index or branch in between.
 */
export function inIndex<Result>(
  directory: string,
  work: (at: WorkingTreeAt) => Result | Promise<Result>,
): Promise<Result> {
  return inWorkingTree(directory, (place) => {
    let at: WorkingTreeAt | null = null;
    return updateIndex(
      place.gitdir,
      (draft) => {
        at = openAt(place, draft);
        return work(at);
      },
      { worktree: place.directory, unchanged: (entry) => at !== null && hasItsContent(at, entry) },
    );
  });
}

function openAt(place: Workplace, draft: IndexDraft): WorkingTreeAt {
  return {
    place,
    draft,
    files: openWorkingFiles(place.directory, place.gitdir),
    rules: workingRules(place, draft.base),
  };
}

function hasItsContent(at: WorkingTreeAt, entry: IndexEntry): boolean {
  const stats = at.files.stats(entry.path);
  return stats !== null && objectOf(at, entry.path, stats) === entry.oid;
}

/** Every entry as the draft has it now, in git's order. */
export function* entriesOf(draft: IndexDraft): Generator<IndexEntry> {
  for (const row of draft.merged()) yield typeof row === 'number' ? draft.base.entry(row) : row.entry;
}

/** Paths with a conflict, in the index's order. */
export function conflictsIn(draft: IndexDraft): string[] {
  const found = new Set<string>();
  for (const row of draft.merged())
    if (typeof row === 'number') {
      if (draft.base.stage(row) !== 0) found.add(draft.base.path(row));
    } else if (row.entry.stage !== 0) found.add(row.entry.path);
  return [...found];
}

export function refuseConflicts(draft: IndexDraft): void {
  if (conflictsIn(draft).length > 0) fail({ kind: 'unfinished', what: 'conflicts' });
}

/** Paths that are not in the index as a tree has them, conflicts and noted names included. */
export function stagedPaths({ place, draft }: WorkingTreeAt, tree: string | null): string[] {
  const paths = new Set(treeChanges(place.store, tree, writeTree(place.store, draft)).keys());
  for (const path of conflictsIn(draft)) paths.add(path);
  return [...paths];
}
