import { randomBytes } from 'node:crypto';
import { fail } from '../../../../shared/errors';
import { kindOf } from './object-table';

/** More ids than any repository this engine can hold. */
const most = 40_000_000;

/** A power of two; small enough for a processor's own cache. */
const recentRows = 1 << 13;

/** Ids that objects name, each once, with the kind they must be of. In shared memory, to be handed to another thread. */
export interface Links {
  count: number;
  ids: SharedArrayBuffer;
  kinds: SharedArrayBuffer;
}

/** A hash table over bytes: a Set of strings takes ten times the memory, and a server chooses what is in it. */
export class LinkSet {
  private count = 0;
  private room = 1 << 15;
  /** Five words an id. */
  private ids = new Int32Array(new SharedArrayBuffer(this.room * 20));
  private kinds = new Uint8Array(new SharedArrayBuffer(this.room));
  private slots = new Int32Array(this.room * 2).fill(-1);
  // Odd and unknown to who makes the ids: none can be made to fall on one another.
  private readonly seeds = Array.from({ length: 5 }, () => randomBytes(4).readInt32LE(0) | 1) as [
    number,
    number,
    number,
    number,
    number,
  ];

  private slotOf(a: number, b: number, c: number, d: number, e: number): number {
    const [s, t, u, v, w] = this.seeds;
    let hash = Math.imul(a, s) ^ Math.imul(b, t);
    hash = Math.imul(hash ^ (hash >>> 15) ^ c, u);
    hash = Math.imul(hash ^ (hash >>> 13) ^ d, v);
    hash = Math.imul(hash ^ (hash >>> 16) ^ e, w);
    return (hash ^ (hash >>> 15)) & (this.slots.length - 1);
  }

  /** The last ids seen, kind and all: the versions of one folder lie beside one another in a pack and name mostly the same. */
  private readonly recent = new Int32Array(recentRows * 6);

  /** The id at `at`. False: one id is to be of two kinds. */
  add(bytes: DataView, at: number, kind: number): boolean {
    const { ids, slots } = this;
    const a = bytes.getInt32(at, true);
    const b = bytes.getInt32(at + 4, true);
    const c = bytes.getInt32(at + 8, true);
    const d = bytes.getInt32(at + 12, true);
    const e = bytes.getInt32(at + 16, true);
    const { recent } = this;
    const r = (a & (recentRows - 1)) * 6;
    if (
      recent[r] === a &&
      recent[r + 1] === b &&
      recent[r + 2] === c &&
      recent[r + 3] === d &&
      recent[r + 4] === e &&
      recent[r + 5] === kind
    )
      return true;
    recent[r] = a;
    recent[r + 1] = b;
    recent[r + 2] = c;
    recent[r + 3] = d;
    recent[r + 4] = e;
    recent[r + 5] = kind;
    let slot = this.slotOf(a, b, c, d, e);
    for (let place = slots[slot] as number; place >= 0; place = slots[slot] as number) {
      const i = place * 5;
      if (ids[i] === a && ids[i + 1] === b && ids[i + 2] === c && ids[i + 3] === d && ids[i + 4] === e)
        return this.kinds[place] === kind;
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = this.count;
    const i = this.count * 5;
    ids[i] = a;
    ids[i + 1] = b;
    ids[i + 2] = c;
    ids[i + 3] = d;
    ids[i + 4] = e;
    this.kinds[this.count] = kind;
    this.count += 1;
    if (this.count === this.room) this.grow();
    return true;
  }

  private grow(): void {
    if (this.count >= most)
      fail({
        kind: 'unsupported',
        what: 'a repository this large',
        reason: 'The built-in engine cannot hold it; install git.',
      });
    this.room *= 2;
    const ids = new Int32Array(new SharedArrayBuffer(this.room * 20));
    ids.set(this.ids);
    this.ids = ids;
    const kinds = new Uint8Array(new SharedArrayBuffer(this.room));
    kinds.set(this.kinds);
    this.kinds = kinds;
    const slots = new Int32Array(this.room * 2).fill(-1);
    this.slots = slots;
    for (let place = 0; place < this.count; place += 1) {
      const i = place * 5;
      let slot = this.slotOf(
        ids[i] as number,
        ids[i + 1] as number,
        ids[i + 2] as number,
        ids[i + 3] as number,
        ids[i + 4] as number,
      );
      while ((slots[slot] as number) >= 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = place;
    }
  }

  links(): Links {
    return {
      count: this.count,
      ids: this.ids.buffer,
      kinds: this.kinds.buffer,
    };
  }
}

/** Why an object cannot be what its kind says; null: its links were added. */
export function addLinks(
  links: LinkSet,
  kind: number,
  object: Buffer,
  start: number,
  end: number,
): string | null {
  if (kind === kindOf.tree) return treeLinks(links, object, start, end);
  if (kind === kindOf.commit) return commitLinks(links, object, start, end);
  if (kind === kindOf.tag) return tagLinks(links, object, start, end);
  return null;
}

const twoKinds = 'an object is named as two kinds';
const submodule = 0o160000;
const folder = 0o040000;

function treeLinks(links: LinkSet, object: Buffer, start: number, end: number): string | null {
  const view = new DataView(object.buffer, object.byteOffset, object.length);
  for (let at = start; at < end; ) {
    let mode = 0;
    let digits = 0;
    for (let byte = object[at] as number; byte !== 0x20; byte = object[at] as number) {
      if (byte < 0x30 || byte > 0x37 || digits === 7 || at >= end) return 'a folder cannot be read';
      mode = mode * 8 + byte - 0x30;
      digits += 1;
      at += 1;
    }
    const name = at + 1;
    at = name;
    while (at < end && object[at] !== 0) at += 1;
    if (at + 21 > end || digits === 0) return 'a folder cannot be read';
    at += 1;
    const kind = mode === folder ? kindOf.tree : kindOf.blob;
    if (mode !== submodule && !links.add(view, at, kind)) return twoKinds;
    at += 20;
  }
  return null;
}

const scratch = new DataView(new ArrayBuffer(20));

/** The id behind `<field> ` at `at`, which a line end follows. */
function readId(object: Buffer, field: string, at: number, end: number): boolean {
  const from = at + field.length + 1;
  if (from + 41 > end || object[from + 40] !== 0x0a || object[from - 1] !== 0x20) return false;
  for (let i = 0; i < field.length; i += 1) if (object[at + i] !== field.charCodeAt(i)) return false;
  for (let i = 0; i < 20; i += 1) {
    const high = digit(object[from + 2 * i] as number);
    const low = digit(object[from + 2 * i + 1] as number);
    if (high < 0 || low < 0) return false;
    scratch.setUint8(i, high * 16 + low);
  }
  return true;
}

function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x61 + 10 : -1;
}

function commitLinks(links: LinkSet, object: Buffer, start: number, end: number): string | null {
  if (!readId(object, 'tree', start, end)) return 'a commit cannot be read';
  if (!links.add(scratch, 0, kindOf.tree)) return twoKinds;
  for (let at = start + 46; readId(object, 'parent', at, end); at += 48)
    if (!links.add(scratch, 0, kindOf.commit)) return twoKinds;
  return null;
}

function tagLinks(links: LinkSet, object: Buffer, start: number, end: number): string | null {
  if (!readId(object, 'object', start, end)) return 'a tag cannot be read';
  const at = start + 48;
  const line = object.indexOf(0x0a, at);
  const type = line < 0 || line >= end ? '' : object.toString('latin1', at, line);
  const kind = /^type (?:commit|tree|blob|tag)$/.test(type)
    ? kindOf[type.slice(5) as keyof typeof kindOf]
    : 0;
  if (kind === 0) return 'a tag cannot be read';
  return links.add(scratch, 0, kind) ? null : twoKinds;
}
