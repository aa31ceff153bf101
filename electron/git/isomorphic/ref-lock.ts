import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathFromBytes } from '../path-bytes';

/** `<file>.lock`, ours alone until it is committed or rolled back: git's lockfile.c. */
export interface RefLock {
  /** Appends to what the file will hold. */
  write(data: Uint8Array | string): void;
  /** The lock becomes the file, old-or-new, also through a power cut. */
  commit(): void;
  /** The file stays as it is. Nothing where it was committed. */
  rollback(): void;
}

/**
 * Takes git's lock of a file, so that no other git writes it at the same time.
 * Another's lock is waited for at most `wait` milliseconds, then it rejects
 * `repository-busy`; it is never removed. The folder is made where it is missing.
 */
export function lockWithin(file: string | Buffer, wait = 0): RefLock {
  const lock = typeof file === 'string' ? `${file}.lock` : Buffer.concat([file, Buffer.from('.lock')]);
  const descriptor = create(lock, wait);
  let state: 'open' | 'closed' = 'open';
  return {
    write(data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    },
    commit() {
      try {
        fsyncSync(descriptor);
      } finally {
        state = 'closed';
        closeSync(descriptor);
      }
      try {
        renameSync(lock, file);
      } catch (error) {
        rmSync(lock, { force: true });
        throw error;
      }
    },
    rollback() {
      if (state === 'closed') return;
      state = 'closed';
      closeSync(descriptor);
      rmSync(lock, { force: true });
    },
  };
}

function create(lock: string | Buffer, wait: number): number {
  const until = Date.now() + wait;
  for (let tries = 1; ; tries += 1) {
    try {
      return openSync(lock, 'wx', 0o666);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' && tries < 5) {
        // Another program may remove the folder at the same time, where it was empty.
        mkdirSync(parentOf(lock), { recursive: true });
        continue;
      }
      if (code !== 'EEXIST') throw error;
      if (Date.now() >= until) fail({ kind: 'repository-busy', path: shownPath(lock) });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(20 * tries, 100));
    }
  }
}

function parentOf(file: string | Buffer): string | Buffer {
  if (typeof file === 'string') return path.dirname(file);
  return file.subarray(0, file.lastIndexOf(0x2f));
}

function shownPath(file: string | Buffer): string {
  return typeof file === 'string' ? file : pathFromBytes(file);
}
