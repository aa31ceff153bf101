import type { StatusEntry } from '../../../../shared/contract/working-tree';
import type { IndexFile } from '../index-table';
import { openRefFiles } from '../refs-files';
import type { WorkingContent } from '../working-content';
import { Found } from './scan-folder';
import { gitDirectoryIn } from './untracked';

type Change = StatusEntry['workingTree'];

/** The entries whose files are not what they say, in git's order; files are read where nothing else tells. */
export function* fileChanges(
  index: IndexFile,
  results: Uint8Array,
  content: WorkingContent,
  worktree: string,
): Generator<[entry: number, change: Change]> {
  for (let entry = 0; entry < index.length; entry += 1) {
    const found = results[entry] ?? Found.same;
    if (found === Found.same || index.stage(entry) !== 0) continue;
    const change = changeOf(entry, found);
    if (change !== null) yield [entry, change];
  }

  function changeOf(entry: number, found: number): Change | null {
    const file = () => index.pathBytes(entry).toString('latin1');
    switch (found) {
      case Found.unsure:
        return content.oid(file()) === index.oid(entry) ? null : 'modified';
      case Found.modified:
        return 'modified';
      case Found.typeChanged:
        return 'type-changed';
      case Found.added:
        return 'added';
      case Found.folder:
        // A repository in its place is a submodule to be.
        return gitDirectoryIn(worktree, `${file()}/`) !== null ? 'type-changed' : 'deleted';
      case Found.submodule:
        return isAt(worktree, file(), index.oid(entry)) ? null : 'modified';
      case Found.outside:
        return index.skipWorktree(entry) || index.assumeValid(entry) ? null : 'deleted';
      default:
        return 'deleted';
    }
  }
}

/** Whether a submodule is at this commit, or not checked out at all. */
function isAt(worktree: string, folder: string, oid: string): boolean {
  const gitdir = gitDirectoryIn(worktree, `${folder}/`);
  if (typeof gitdir !== 'string') return true;
  try {
    const head = openRefFiles(gitdir).resolve('HEAD').oid;
    return head === null || head === oid;
  } catch {
    return true;
  }
}
