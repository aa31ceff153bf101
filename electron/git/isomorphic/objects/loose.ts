import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import { AppFailure } from '../../../../shared/errors';
import { damaged, largestRead, tooLarge } from './limits';
import type { GitObject, ObjectType } from './store';

/** Objects that stand in a file each: gitrepository-layout(5), `objects/[0-9a-f][0-9a-f]`. */
export interface LooseObjects {
  read(hex: string): GitObject | null;
  header(hex: string): { type: ObjectType; size: number } | null;
  has(hex: string): boolean;
  /** Whole ids that begin so. */
  abbreviated(prefix: string, limit: number): string[];
  /** `content`: head and all. */
  write(hex: string, content: Buffer): void;
}

const longestHead = 32;

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

export function looseObjects(objects: string): LooseObjects {
  const fileOf = (hex: string) => path.join(objects, hex.slice(0, 2), hex.slice(2));

  /** The file, or its first `most` bytes. */
  function load(file: string, most: number): Buffer | null {
    let handle: number;
    try {
      handle = openSync(file, 'r');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    try {
      const status = fstatSync(handle);
      if (!status.isFile()) return damaged(file, 'It is no file.');
      if (status.size > largestRead) tooLarge(largestRead);
      const content = Buffer.allocUnsafe(Math.min(status.size, most));
      let done = 0;
      for (let read = 1; done < content.length && read > 0; done += read)
        read = readSync(handle, content, done, content.length - done, done);
      return content.subarray(0, done);
    } finally {
      closeSync(handle);
    }
  }

  function headOf(file: string, bytes: Buffer): { type: ObjectType; size: number; length: number } {
    const length = bytes.subarray(0, longestHead).indexOf(0) + 1;
    const [, type, size] =
      /^(commit|tree|blob|tag) (0|[1-9][0-9]{0,14})$/.exec(
        bytes.toString('latin1', 0, Math.max(0, length - 1)),
      ) ?? [];
    if (type === undefined || size === undefined) return damaged(file, 'It has no head.');
    return { type: type as ObjectType, size: Number(size), length };
  }

  return {
    read(hex) {
      const file = fileOf(hex);
      const packed = load(file, Number.POSITIVE_INFINITY);
      if (packed === null) return null;
      let bytes: Buffer;
      try {
        bytes = inflateSync(packed, { maxOutputLength: largestRead + longestHead });
      } catch (error) {
        if (error instanceof RangeError) tooLarge(largestRead);
        return damaged(file, 'It cannot be unpacked.');
      }
      const { type, size, length } = headOf(file, bytes);
      if (bytes.length !== length + size) damaged(file, 'It has another size than it says.');
      return { type, data: bytes.subarray(length) };
    },
    header(hex) {
      const file = fileOf(hex);
      const start = load(file, 128);
      if (start === null) return null;
      try {
        const bytes = inflateSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
        const { type, size } = headOf(file, bytes);
        return { type, size };
      } catch (error) {
        if (error instanceof AppFailure) throw error;
        return damaged(file, 'It cannot be unpacked.');
      }
    },
    has(hex) {
      return statSync(fileOf(hex), { throwIfNoEntry: false })?.isFile() === true;
    },
    abbreviated(prefix, limit) {
      const folder = prefix.slice(0, 2);
      const rest = prefix.slice(2);
      try {
        return readdirSync(path.join(objects, folder))
          .filter((name) => name.startsWith(rest) && /^[0-9a-f]{38}$/.test(name))
          .slice(0, limit)
          .map((name) => folder + name);
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    write(hex, content) {
      const file = fileOf(hex);
      const folder = path.dirname(file);
      mkdirSync(folder, { recursive: true });
      // The name git gives its own, so that git's cleaning finds what a kill leaves.
      const temporary = path.join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
      const packed = deflateSync(content, { level: constants.Z_BEST_SPEED });
      const handle = openSync(temporary, 'wx', 0o444);
      try {
        try {
          for (let at = 0; at < packed.length; ) at += writeSync(handle, packed, at);
          fsyncSync(handle);
        } finally {
          closeSync(handle);
        }
        renameSync(temporary, file);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    },
  };
}
