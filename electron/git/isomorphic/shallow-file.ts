import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { takeLock } from './lock';

/** Commits whose parents are not here, gitrepository-layout(5) `shallow`. */
export function readShallow(gitdir: string): Set<string> {
  let text = '';
  try {
    text = readFileSync(path.join(gitdir, 'shallow'), 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return new Set(text.split('\n').filter((line) => /^[0-9a-f]{40}$/.test(line)));
}

/** Replaces the list under git's lock. Rejects `repository-busy` where it is not what it was read as. */
export function writeShallow(gitdir: string, before: ReadonlySet<string>, after: ReadonlySet<string>): void {
  if (before.size === after.size && [...after].every((oid) => before.has(oid))) return;
  const file = path.join(gitdir, 'shallow');
  const lock = takeLock(file, { wait: 1000 });
  try {
    const now = readShallow(gitdir);
    if (now.size !== before.size || [...now].some((oid) => !before.has(oid)))
      fail({ kind: 'repository-busy', path: file });
    if (after.size === 0) {
      // An empty one would be a shallow repository without a cut.
      rmSync(file, { force: true });
      return;
    }
    lock.write(
      [...after]
        .sort()
        .map((oid) => `${oid}\n`)
        .join(''),
    );
    lock.commit();
  } finally {
    lock.rollback();
  }
}
