import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { takeLock } from './lock';

/** What waits for the user in a repository: gitrepository-layout(5) and git's wt-status.c. */
export type UnderWay = 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'am';

export function underWay(gitdir: string): UnderWay | null {
  const has = (name: string) => existsSync(path.join(gitdir, name));
  if (has('MERGE_HEAD')) return 'merge';
  if (has('rebase-apply')) return has('rebase-apply/applying') ? 'am' : 'rebase';
  if (has('rebase-merge')) return 'rebase';
  if (has('CHERRY_PICK_HEAD')) return 'cherry-pick';
  if (has('REVERT_HEAD')) return 'revert';
  return null;
}

export function requireNothingUnderWay(gitdir: string): void {
  const what = underWay(gitdir);
  if (what !== null) fail({ kind: 'unfinished', what });
}

/** A line of such a file, `MERGE_HEAD` and the like; null: there is none. */
export function stateLines(gitdir: string, name: string): string[] {
  try {
    return readFileSync(path.join(gitdir, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** Written old-or-new. */
export function writeState(gitdir: string, name: string, text: string): void {
  const lock = takeLock(path.join(gitdir, name));
  try {
    lock.write(text);
    lock.commit();
  } finally {
    lock.rollback();
  }
}

/** What a merge, cherry-pick or revert leaves behind for the commit that ends it: branch.c, remove_branch_state(). */
export function removeState(gitdir: string): void {
  const names = [
    'CHERRY_PICK_HEAD',
    'REVERT_HEAD',
    'MERGE_HEAD',
    'MERGE_RR',
    'MERGE_MSG',
    'MERGE_MODE',
    'SQUASH_MSG',
    'AUTO_MERGE',
  ];
  for (const name of names) rmSync(path.join(gitdir, name), { force: true });
}
