import { fail } from '../../shared/errors';

/** Whether git could track this path below the top folder. */
function isBelowTop(path: string): boolean {
  return (
    path !== '' &&
    !path.includes('\0') &&
    path
      .replace(/\/$/, '')
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** Without this, an empty list would stand for everything and `.` as well. */
export function requirePaths(paths: readonly string[]): void {
  if (!paths.every(isBelowTop))
    fail({ kind: 'invalid-input', field: 'paths', reason: 'A path is not below the top folder.' });
}
