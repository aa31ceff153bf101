import { fail } from '../../../shared/errors';
import { moveHead } from './commit';
import { readCommit } from './commit-object';
import { conflictsIn, inIndex } from './index-change';
import { keepWork } from './kept-work';
import { writeOrigHead } from './orig-head';
import { differingPaths } from './reset-index';
import { removeState, underWay } from './under-way';
import type { WorkJobs } from './work-messages';
import {
  applyUpdate,
  inTheWay,
  isAsIndexed,
  type WorkingTreeAt,
  wouldOverwrite,
} from './working-tree-update';
import { currentHead } from './workplace';

/** git-merge(1) `--abort` and its likes, which are `git reset --merge`. */
export function abort({ directory }: WorkJobs['abort']['in']): Promise<void> {
  return inIndex(directory, (at) => {
    const { place, draft } = at;
    const what = underWay(place.gitdir);
    if (what === 'rebase' || what === 'am') fail({ kind: 'unfinished', what });
    // The return of a stash leaves conflicts and no mark of its own.
    if (what === null && conflictsIn(draft).length === 0) fail({ kind: 'nothing-to-do', what: 'abort' });
    // What was resolved so far is nowhere else.
    keepWork(at, []);
    const head = currentHead(place);
    const tree = head.oid === null ? null : readCommit(place.store, head.oid).tree;
    goBack(at, tree);
    if (head.oid !== null) {
      writeOrigHead(place, head.oid);
      const to = what === 'cherry-pick' || what === 'revert' ? head.oid : 'HEAD';
      moveHead(place, head, head.oid, `reset: moving to ${to}`);
    }
    removeState(place.gitdir);
  });
}

/** What the merge changed becomes as it was; files it did not touch stay, changed or not. */
function goBack(at: WorkingTreeAt, tree: string | null): void {
  const { draft } = at;
  const wanted = differingPaths(at, tree);
  const known = new Set<string>();
  const refused: string[] = [];
  for (const path of wanted.keys()) {
    const [entry] = draft.get(path);
    if (!entry) continue;
    // Of a conflict the file holds what the merge wrote, and what was resolved since: that is what is taken back.
    if (entry.stage === 0 && at.files.stats(path) !== null && !isAsIndexed(at, entry)) refused.push(path);
    else known.add(path);
  }
  for (const [path, to] of wanted) if (to && !known.has(path)) refused.push(...inTheWay(at, path, known));
  if (refused.length > 0) wouldOverwrite(refused);
  applyUpdate(
    at,
    [...wanted].map(([path, to]) => ({ path, to, indexOnly: false })),
  );
}
