import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathFromBytes } from '../path-bytes';

/**
 * A file of a repository while nobody else may change it: `<file>.lock` is
 * there, git's lockfile.h. What is written goes into the lock file; `commit`
 * makes it the file itself, synced, and `rollback` leaves the old one. Either
 * ends the lock.
 */
export interface LockFile {
  /** Appends to what the file will hold. */
  write(data: Uint8Array | string): void;
  /** Old-or-new, also through a power cut. */
  commit(): void;
  /** Nothing where the lock has ended. */
  rollback(): void;
}

interface LockOptions {
  /** Of a new file. */
  mode?: number;
  /** Milliseconds to wait for another program's lock. */
  wait?: number;
  /** Makes the folder where it is missing. */
  makeFolder?: boolean;
  /**
   * A symbolic link in the file's place: refs get a file there, as with git.
   * Elsewhere git would follow it, out of the repository: that is refused.
   */
  link?: 'refuse' | 'replace';
}

type FilePath = string | Buffer;

/**
 * Takes the lock of a file of the repository. Rejects `repository-busy` where
 * another program holds it, or one that was killed left it: that is for the
 * user to decide.
 */
export function takeLock(file: FilePath, options: LockOptions = {}): LockFile {
  const lock = typeof file === 'string' ? `${file}.lock` : Buffer.concat([file, Buffer.from('.lock')]);
  const there = statusOf(file);
  if (there?.isSymbolicLink() && options.link !== 'replace')
    fail({
      kind: 'unsupported',
      what: `changing ${path.basename(shownPath(file))}`,
      reason: 'It is a symbolic link here; the built-in engine writes only inside the repository.',
    });
  let descriptor: number | null = create(lock, options);
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
    write(data) {
      if (descriptor === null) throw new Error('The lock has ended.');
      // What holds no bytes fails, instead of leaving an empty file.
      const bytes =
        typeof data === 'string'
          ? Buffer.from(data)
          : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
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
      syncFolder(parentOf(file));
    },
    rollback,
  };
}

/** Writes a whole file of the repository old-or-new under its lock. */
export function writeLocked(file: FilePath, data: Uint8Array | string, options?: LockOptions): void {
  const lock = takeLock(file, options);
  try {
    lock.write(data);
    lock.commit();
  } finally {
    lock.rollback();
  }
}

function create(lock: FilePath, { mode = 0o666, wait = 0, makeFolder = false }: LockOptions): number {
  const until = Date.now() + wait;
  for (let tries = 1; ; tries += 1) {
    try {
      return openSync(lock, 'wx', mode);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (makeFolder && code === 'ENOENT' && tries < 5) {
        // Another program may remove the folder at the same time, where it was empty.
        mkdirSync(parentOf(lock), { recursive: true });
        continue;
      }
      if (code !== 'EEXIST') throw error;
      if (Date.now() >= until) fail({ kind: 'repository-busy', path: shownPath(lock) }, error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(20 * tries, 100));
    }
  }
}

/** Makes a rename last through a power cut. It is in place: a file system that syncs no folders makes it no failure. */
function syncFolder(folder: FilePath): void {
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

/** Null too where a file stands in the place of one of its folders. */
function statusOf(file: FilePath) {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function parentOf(file: FilePath): FilePath {
  if (typeof file === 'string') return path.dirname(file);
  return file.subarray(0, file.lastIndexOf(0x2f));
}

function shownPath(file: FilePath): string {
  return typeof file === 'string' ? file : pathFromBytes(file);
}
