import { createHash } from 'node:crypto';
import { pathToBytes } from '../path-bytes';
import { cacheTreeBytes, invalidate } from './cache-tree';
import type { DraftEntry, IndexDraft } from './index-draft';
import type { IndexEntry, IndexStat } from './index-entry';
import { extendedFlag } from './index-table';

/**
 * False: the file is no more what the entry says, and its size and time stamps
 * would not tell. Asked only where time stamps can be wrong.
 */
export type Unchanged = (entry: IndexEntry) => boolean;

/**
 * Whether a file may have changed after its stat was taken without its time
 * telling: racy-git. Whole seconds count where one side knows no smaller ones.
 */
export function isRacy(
  stat: Pick<IndexStat, 'mtimeSeconds' | 'mtimeNanoseconds'>,
  indexTime: bigint,
): boolean {
  if (indexTime === 0n) return false;
  const seconds = Number(indexTime / 1_000_000_000n);
  if (stat.mtimeSeconds !== seconds >>> 0) return stat.mtimeSeconds > seconds >>> 0;
  const nanoseconds = Number(indexTime % 1_000_000_000n);
  return stat.mtimeNanoseconds === 0 || nanoseconds === 0 || stat.mtimeNanoseconds >= nanoseconds;
}

/** The bytes of the index a draft makes, in the version it was read in. */
export function indexBytes(draft: IndexDraft, unchanged: Unchanged): Buffer {
  const { base } = draft;
  const rows = [...draft.merged()];
  const extended = (row: number | DraftEntry) =>
    typeof row === 'number'
      ? base.skipWorktree(row) || base.intentToAdd(row)
      : row.entry.skipWorktree || row.entry.intentToAdd;
  const version = base.version === 4 ? 4 : rows.some(extended) ? 3 : 2;
  const out = new Growing();
  out.text('DIRC').number(version).number(rows.length);
  let before: Uint8Array = Buffer.alloc(0);
  for (const row of rows) {
    const start = out.length;
    const name = typeof row === 'number' ? base.pathBytes(row) : pathToBytes(row.entry.path);
    if (typeof row === 'number') {
      out.bytes(base.fixedBytes(row));
      if (isRacyEntry(row)) out.numberAt(start + 36, 0);
    } else {
      fixed(out, row.entry);
      const racy = !row.upToDate && row.entry.mode !== 0o160000 && isRacy(row.entry.stat, base.mtime);
      if (racy && !unchanged(row.entry)) out.numberAt(start + 36, 0);
    }
    const flags =
      (typeof row === 'number' ? flagsOf(row) : flagsOfEntry(row.entry)) | Math.min(name.length, 0xfff);
    const skip = typeof row === 'number' ? base.skipWorktree(row) : row.entry.skipWorktree;
    const intent = typeof row === 'number' ? base.intentToAdd(row) : row.entry.intentToAdd;
    if (skip || intent) out.short(flags | extendedFlag).short((skip ? 0x4000 : 0) | (intent ? 0x2000 : 0));
    else out.short(flags);
    if (version === 4) {
      let same = 0;
      while (same < before.length && same < name.length && before[same] === name[same]) same += 1;
      out
        .varint(before.length - same)
        .bytes(name.subarray(same))
        .zeros(1);
      before = name;
    } else {
      out.bytes(name);
      out.zeros(8 - ((out.length - start) & 7));
    }
  }
  const tree = draft.startedAnew ? null : base.tree;
  if (tree) {
    for (const path of draft.changedPaths()) invalidate(tree, path);
    out.extension('TREE', cacheTreeBytes(tree));
  }
  if (base.resolveUndo && !draft.startedAnew) out.extension('REUC', base.resolveUndo);
  out.bytes(createHash('sha1').update(out.view()).digest());
  return out.view();

  function isRacyEntry(row: number): boolean {
    const stat = { mtimeSeconds: base.mtimeSeconds(row), mtimeNanoseconds: base.mtimeNanoseconds(row) };
    return (
      base.stage(row) === 0 &&
      base.mode(row) !== 0o160000 &&
      base.size(row) !== 0 &&
      isRacy(stat, base.mtime) &&
      !unchanged(base.entry(row))
    );
  }
  function flagsOf(row: number): number {
    return (base.assumeValid(row) ? 0x8000 : 0) | (base.stage(row) << 12);
  }
}

function flagsOfEntry(entry: IndexEntry): number {
  return (entry.assumeValid ? 0x8000 : 0) | (entry.stage << 12);
}

function fixed(out: Growing, { stat, mode, oid }: IndexEntry): void {
  out.number(stat.ctimeSeconds).number(stat.ctimeNanoseconds);
  out.number(stat.mtimeSeconds).number(stat.mtimeNanoseconds);
  out.number(stat.dev).number(stat.ino).number(mode);
  out.number(stat.uid).number(stat.gid).number(stat.size);
  const id = Buffer.from(oid, 'hex');
  if (id.length !== 20) throw new Error(`An entry has the id ${oid}.`);
  out.bytes(id);
}

/** A buffer that grows as it is written. */
class Growing {
  private data = Buffer.allocUnsafe(1 << 20);
  length = 0;

  private room(bytes: number): void {
    if (this.length + bytes <= this.data.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.data.length * 2, this.length + bytes));
    this.data.copy(larger, 0, 0, this.length);
    this.data = larger;
  }
  text(text: string): this {
    return this.bytes(Buffer.from(text, 'latin1'));
  }
  bytes(bytes: Uint8Array): this {
    this.room(bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }
  zeros(count: number): this {
    this.room(count);
    this.data.fill(0, this.length, this.length + count);
    this.length += count;
    return this;
  }
  number(value: number): this {
    this.room(4);
    this.data.writeUInt32BE(value >>> 0, this.length);
    this.length += 4;
    return this;
  }
  numberAt(at: number, value: number): void {
    this.data.writeUInt32BE(value, at);
  }
  short(value: number): this {
    this.room(2);
    this.data.writeUInt16BE(value, this.length);
    this.length += 2;
    return this;
  }
  /** As the offsets of deltas in packs: encode_varint() in varint.c. */
  varint(value: number): this {
    const bytes = [value & 127];
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) {
      rest -= 1;
      bytes.unshift(128 | (rest & 127));
    }
    return this.bytes(Uint8Array.from(bytes));
  }
  extension(name: string, content: Buffer): void {
    this.text(name).number(content.length).bytes(content);
  }
  view(): Buffer {
    return this.data.subarray(0, this.length);
  }
}
