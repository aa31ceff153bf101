import { chmodSync, existsSync, lstatSync, readFileSync } from 'node:fs';
import { writeFileSync } from 'atomically';
import { AppFailure } from '../../shared/errors';

/** The system's write errors as ours; everything else passes through. */
export function writeFailure(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppFailure({ kind: 'disk-full', path }, { cause: error });
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'].includes(code))
    return new AppFailure({ kind: 'directory-not-writable', path, detail: code }, { cause: error });
  return error;
}

/**
 * Old or new, never in between: temporary file beside it, fsync, rename; mode
 * 0600. A symbolic link at `path` is refused, since the file behind it may
 * belong to somebody else.
 */
export function writePrivateFile(path: string, text: string): void {
  try {
    if (existsSync(path) && lstatSync(path).isSymbolicLink())
      throw new AppFailure({ kind: 'directory-not-writable', path, detail: 'symbolic link' });
    writeFileSync(path, text, { mode: 0o600, fsync: true, fsyncWait: true });
  } catch (error) {
    throw writeFailure(error, path);
  }
}

/** The file's text without a byte order mark, or undefined when there is none. Tightens a mode that lets others read. */
export function readPrivateFile(path: string): string | undefined {
  let text: string;
  try {
    if (process.platform !== 'win32' && (lstatSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** The text as a JSON object, or undefined when it is anything else (cut, `null`, a list). */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
