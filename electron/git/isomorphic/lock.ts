import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';

/**
 * A file of a repository while nobody else may change it: `<file>.lock` is
 * there, git's lockfile.h. What is written goes into the lock file; `commit`
 * makes it the file itself, synced, and `rollback` leaves the old one. Either
 * ends the lock.
 */
export interface LockFile {
  /** The lock file's own path. */
  readonly path: string;
  write(data: Uint8Array | string): void;
  commit(): void;
  /** Nothing where the lock has ended. */
  rollback(): void;
  /** Removes the file itself and ends the lock: packed-refs or shallow with nothing left in it. */
  remove(): void;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * Takes the lock of a file of the repository, in a folder that is there.
 * Rejects `repository-busy` where another program holds it, or one that was
 * killed left it: that is for the user to decide, gitfaq(7). A symbolic link
 * in the file's place is refused: it may lead out of the repository.
 */
export function takeLock(file: string, mode?: number): LockFile {
  const lock = `${file}.lock`;
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there?.isSymbolicLink())
    fail({
      kind: 'unsupported',
      what: `changing ${path.basename(file)}`,
      reason: 'It is a symbolic link here; the built-in engine writes only inside the repository.',
    });
  let descriptor: number | null;
  try {
    descriptor = openSync(lock, 'wx', mode ?? 0o666);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') fail({ kind: 'repository-busy', path: lock }, error);
    throw error;
  }
  let ended = false;
  const close = () => {
    if (descriptor === null) return;
    const closing = descriptor;
    descriptor = null;
    closeSync(closing);
  };
  const rollback = () => {
    if (ended) return;
    ended = true;
    try {
      close();
    } finally {
      rmSync(lock, { force: true });
    }
  };
  try {
    // The umask is for new files: who could read or write this one still can.
    if (there?.isFile()) fchmodSync(descriptor, there.mode & 0o777);
  } catch {
    // A file system without modes.
  }
  return {
    path: lock,
    write(data) {
      if (descriptor === null) throw new Error('The lock has ended.');
      const bytes = typeof data === 'string' ? Buffer.from(data) : viewOf(data);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    },
    commit() {
      if (descriptor === null) throw new Error('The lock has ended.');
      try {
        fsyncSync(descriptor);
        close();
        renameSync(lock, file);
        ended = true;
      } catch (error) {
        rollback();
        throw error;
      }
      syncFolder(path.dirname(file));
    },
    rollback,
    remove() {
      try {
        rmSync(file, { force: true });
      } finally {
        rollback();
      }
    },
  };
}

/** Makes a rename last through a power cut. It is in place: a file system that syncs no folders makes it no failure. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // See above.
  }
}

/** Writes a whole file of the repository old-or-new under its lock. */
export function writeLocked(file: string, data: Uint8Array | string, mode?: number): void {
  const lock = takeLock(file, mode);
  try {
    lock.write(data);
    lock.commit();
  } catch (error) {
    lock.rollback();
    throw error;
  }
}

/** Fails for what holds no bytes, instead of writing none. */
function viewOf(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
