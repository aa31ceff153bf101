import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { AppFailure } from '../../shared/errors';

/** The system's write errors as ours; everything else passes through. */
export function writeFailure(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppFailure({ kind: 'disk-full', path: file }, { cause: error });
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'].includes(code))
    return new AppFailure({ kind: 'directory-not-writable', path: file, detail: code }, { cause: error });
  return error;
}

/**
 * Old or new, never in between: temporary file beside it, fsync, rename, fsync
 * of the directory; mode 0600. A symbolic link at `file` is refused, since
 * what is behind it may belong to somebody else.
 *
 * Not atomically's writeFileSync: it takes a short write (a disk that fills up
 * midway) for success and renames the cut file into place.
 */
export function writePrivateFile(file: string, text: string): void {
  const temporary = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    if (existsSync(file) && lstatSync(file).isSymbolicLink())
      throw new AppFailure({ kind: 'directory-not-writable', path: file, detail: 'symbolic link' });
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(temporary, file);
    syncDirectory(path.dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFailure(error, file);
  }
}

/** Makes a rename last through a power cut; Windows has no such call and needs none. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The file's text without a byte order mark, or undefined when there is none. Tightens a mode that lets others read. */
export function readPrivateFile(file: string): string | undefined {
  let text: string;
  try {
    if (process.platform !== 'win32' && (lstatSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    text = readFileSync(file, 'utf8');
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
