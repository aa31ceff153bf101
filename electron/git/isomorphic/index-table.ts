import { pathFromBytes, pathToBytes } from '../path-bytes';
import type { CacheTree } from './cache-tree';
import type { IndexEntry, IndexStat, Stage } from './index-entry';

/** Bytes of an entry before its flags: ten numbers and the id. */
export const fixedBytes = 60;
export const extendedFlag = 0x4000;

/**
 * An index as it was read: columns over its bytes, so that 100,000 entries
 * cost no objects. Entries stand in git's order: by the path's bytes, then by
 * stage. Numbers of entries count from 0.
 */
export class IndexFile {
  /** When the file was last written, in nanoseconds; 0n: there is none. What changed since may look unchanged: racy-git. */
  mtime = 0n;
  tree: CacheTree | null = null;
  /** The REUC extension as it stands: what to go back to when a resolved conflict is taken up again. */
  resolveUndo: Buffer | null = null;

  constructor(
    readonly version: 2 | 3 | 4,
    readonly length: number,
    private readonly data: Buffer,
    private readonly at: Uint32Array,
    private readonly names: Buffer,
    private readonly nameAt: Uint32Array,
    private readonly nameEnd: Uint32Array,
  ) {}

  /** The same index in memory that threads share; `from` makes it one again, there or here. */
  shared() {
    const bytes = (from: Uint8Array) => {
      const copy = new Uint8Array(new SharedArrayBuffer(from.byteLength));
      copy.set(from);
      return copy;
    };
    const numbers = (from: Uint32Array) => {
      const copy = new Uint32Array(new SharedArrayBuffer(from.byteLength));
      copy.set(from);
      return copy;
    };
    return {
      version: this.version,
      length: this.length,
      data: bytes(this.data),
      at: numbers(this.at),
      names: this.names === this.data ? null : bytes(this.names),
      nameAt: numbers(this.nameAt),
      nameEnd: numbers(this.nameEnd),
      mtime: this.mtime,
    };
  }
  static from(parts: ReturnType<IndexFile['shared']>): IndexFile {
    const view = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const data = view(parts.data);
    const names = parts.names === null ? data : view(parts.names);
    const { version, length, at, nameAt, nameEnd } = parts;
    const index = new IndexFile(version, length, data, at, names, nameAt, nameEnd);
    index.mtime = parts.mtime;
    return index;
  }
  /** Valid until the index is dropped; not to be changed. */
  pathBytes(entry: number): Buffer {
    return this.names.subarray(this.nameAt[entry], this.nameEnd[entry]);
  }
  path(entry: number): string {
    return pathFromBytes(this.pathBytes(entry));
  }
  /** Where the path's bytes stand, for loops that make no buffer of each. */
  pathSpan(entry: number): { names: Buffer; start: number; end: number } {
    return { names: this.names, start: this.nameAt[entry] ?? 0, end: this.nameEnd[entry] ?? 0 };
  }
  private number(entry: number, field: number): number {
    return this.data.readUInt32BE((this.at[entry] ?? 0) + field);
  }
  mtimeSeconds(entry: number): number {
    return this.number(entry, 8);
  }
  mtimeNanoseconds(entry: number): number {
    return this.number(entry, 12);
  }
  ino(entry: number): number {
    return this.number(entry, 20);
  }
  mode(entry: number): number {
    return this.number(entry, 24);
  }
  size(entry: number): number {
    return this.number(entry, 36);
  }
  stat(entry: number): IndexStat {
    return {
      ctimeSeconds: this.number(entry, 0),
      ctimeNanoseconds: this.number(entry, 4),
      mtimeSeconds: this.number(entry, 8),
      mtimeNanoseconds: this.number(entry, 12),
      dev: this.number(entry, 16),
      ino: this.number(entry, 20),
      uid: this.number(entry, 28),
      gid: this.number(entry, 32),
      size: this.number(entry, 36),
    };
  }
  /** 20 bytes, not to be changed. */
  oidBytes(entry: number): Buffer {
    const at = (this.at[entry] ?? 0) + 40;
    return this.data.subarray(at, at + 20);
  }
  oid(entry: number): string {
    const at = (this.at[entry] ?? 0) + 40;
    return this.data.toString('hex', at, at + 20);
  }
  /** The ten numbers and the id as they stand in the file. */
  fixedBytes(entry: number): Buffer {
    const at = this.at[entry] ?? 0;
    return this.data.subarray(at, at + fixedBytes);
  }
  private flags(entry: number): number {
    return this.data.readUInt16BE((this.at[entry] ?? 0) + fixedBytes);
  }
  private extendedFlags(entry: number): number {
    return this.flags(entry) & extendedFlag
      ? this.data.readUInt16BE((this.at[entry] ?? 0) + fixedBytes + 2)
      : 0;
  }
  stage(entry: number): Stage {
    return ((this.flags(entry) >> 12) & 3) as Stage;
  }
  assumeValid(entry: number): boolean {
    return (this.flags(entry) & 0x8000) !== 0;
  }
  skipWorktree(entry: number): boolean {
    return (this.extendedFlags(entry) & 0x4000) !== 0;
  }
  intentToAdd(entry: number): boolean {
    return (this.extendedFlags(entry) & 0x2000) !== 0;
  }
  entry(entry: number): IndexEntry {
    return {
      path: this.path(entry),
      stage: this.stage(entry),
      mode: this.mode(entry),
      oid: this.oid(entry),
      stat: this.stat(entry),
      assumeValid: this.assumeValid(entry),
      skipWorktree: this.skipWorktree(entry),
      intentToAdd: this.intentToAdd(entry),
    };
  }

  /** The first entry whose path is not before this one. */
  lowerBound(path: Uint8Array): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = this.names.compare(path, 0, path.length, this.nameAt[middle], this.nameEnd[middle]);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  /** Entries of a path, all its stages: from `start` to before `end`. */
  range(path: string | Uint8Array): { start: number; end: number } {
    const bytes = typeof path === 'string' ? pathToBytes(path) : path;
    const start = this.lowerBound(bytes);
    let end = start;
    while (end < this.length && this.pathBytes(end).equals(bytes)) end += 1;
    return { start, end };
  }
  /** All stages of a path; none where it is not here. */
  find(path: string): IndexEntry[] {
    const { start, end } = this.range(path);
    return Array.from({ length: end - start }, (_, offset) => this.entry(start + offset));
  }
  *[Symbol.iterator](): Generator<IndexEntry> {
    for (let at = 0; at < this.length; at += 1) yield this.entry(at);
  }
}

export const emptyIndex = () =>
  new IndexFile(
    2,
    0,
    Buffer.alloc(0),
    new Uint32Array(0),
    Buffer.alloc(0),
    new Uint32Array(0),
    new Uint32Array(0),
  );
