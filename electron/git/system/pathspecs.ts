import { fail } from '../../../shared/errors';
import { pathToBytes } from '../path-bytes';

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

/** Arguments by which git takes the bytes of `pathInput` from standard input. */
export const pathsFromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];

export function pathInput(paths: readonly string[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const path of paths) parts.push(pathToBytes(path), zero);
  return Buffer.concat(parts);
}

const zero = Uint8Array.of(0);
