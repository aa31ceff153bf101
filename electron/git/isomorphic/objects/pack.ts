import { AppFailure } from '../../../../shared/errors';
import type { BaseCache, Unpacked } from './base-cache';
import { applyDelta, deltaSizes } from './delta';
import { headroom } from './hash';
import type { Inflater } from './inflate';
import { damaged, largestRead, longestChain, tooLarge } from './limits';
import { openPackIndex, type PackIndex } from './pack-index';
import type { ObjectType } from './store';
import type { WindowedFile, Windows } from './windows';

/** One pack and its index, open for reading. */
export interface Pack {
  readonly path: string;
  readonly index: PackIndex;
  read(offset: number): Unpacked;
  header(offset: number): { type: ObjectType; size: number };
  close(): void;
}

/** What all packs of a store share. */
export interface Shared {
  windows: Windows;
  bases: BaseCache;
  inflater: Inflater;
}

const types = [null, 'commit', 'tree', 'blob', 'tag'] as const;
const offsetDelta = 6;
const namedDelta = 7;

/** The head of an object in a pack. `base`: where the object is that this is a delta to; null: it is whole. */
interface Entry {
  type: ObjectType | null;
  /** Of what is packed: for a delta, the delta's. */
  size: number;
  base: number | null;
  data: number;
}

/** `number`: of this pack among those that share; part of the keys of what is kept. */
export function openPack(path: string, number: number, shared: Shared): Pack {
  const { windows, bases, inflater } = shared;
  const index = openPackIndex(path.replace(/\.pack$/, '.idx'), windows);
  const file: WindowedFile = windows.file(path);
  const end = file.size() - 20;
  const scratch = Buffer.allocUnsafeSlow(1 << 16);
  const key = (offset: number) => number * 2 ** 40 + offset;
  const wrong = (detail: string) => damaged(path, detail);

  if (end < 12 || end >= 2 ** 40) wrong('Its size is not the one of a pack.');
  const head = file.bytes(0, 12);
  const version = head.readUInt32BE(4);
  if (head.toString('latin1', 0, 4) !== 'PACK' || (version !== 2 && version !== 3)) wrong('It is no pack.');
  if (head.readUInt32BE(8) !== index.count || !file.bytes(end, 20).equals(index.checksum))
    wrong('Its index is the one of another pack.');

  function entry(offset: number): Entry {
    if (offset < 12 || offset >= end) return wrong('Its index names a place outside it.');
    const bytes = file.bytes(offset, Math.min(40, end - offset));
    let at = 0;
    const next = (): number => bytes[at++] ?? wrong('An object has no head.');
    let byte = next();
    const kind = (byte >> 4) & 7;
    let size = byte & 0x0f;
    for (let factor = 16; byte & 0x80; factor *= 128) {
      if (factor > 2 ** 42) wrong('An object has no possible size.');
      byte = next();
      size += (byte & 0x7f) * factor;
    }
    if (size > largestRead) tooLarge(largestRead);
    if (kind === offsetDelta) {
      byte = next();
      let distance = byte & 0x7f;
      while (byte & 0x80) {
        byte = next();
        distance = (distance + 1) * 128 + (byte & 0x7f);
        if (distance > offset) wrong('A delta is for an object before the pack.');
      }
      if (distance === 0) wrong('A delta is for itself.');
      return { type: null, size, base: offset - distance, data: offset + at };
    }
    if (kind === namedDelta) {
      const base = index.find(bytes.subarray(at, at + 20));
      if (at + 20 > bytes.length || base === -1) wrong('A delta is for an object that is not in the pack.');
      return { type: null, size, base, data: offset + at + 20 };
    }
    const type = types[kind] ?? wrong('An object is of no known type.');
    return { type, size, base: null, data: offset + at };
  }

  /** The packed content of an entry, behind `room` bytes. */
  function unpack({ data, size }: Entry, room: number, into: Buffer | null = null): Buffer {
    const out = into ?? Buffer.allocUnsafe(room + size + 1);
    const limit = room + size;
    let at = room;
    inflater.start();
    let position = data;
    // Into the pack's checksum if need be: a stream shows its end only with something behind it.
    while (!inflater.ended) {
      if (position >= end + 20) wrong('An object goes beyond the end.');
      const part = file.window(position);
      try {
        inflater.step(part.buffer, part.at, part.end, out, at, limit + 1);
      } catch {
        wrong('An object cannot be unpacked.');
      }
      at += inflater.made;
      position += inflater.taken;
      if (at > limit) wrong('An object is larger than it says.');
    }
    if (position > end) wrong('An object goes beyond the end.');
    if (at !== limit) wrong('An object is smaller than it says.');
    return out;
  }

  function read(offset: number): Unpacked {
    const above: { offset: number; entry: Entry }[] = [];
    let at = offset;
    let found = bases.get(key(at));
    while (found === undefined) {
      const one = entry(at);
      if (one.type !== null) {
        found = { type: one.type, buffer: unpack(one, headroom), size: one.size };
        bases.put(key(at), found);
        break;
      }
      above.push({ offset: at, entry: one });
      if (above.length > longestChain) wrong('A chain of deltas has no end.');
      at = one.base ?? wrong('A delta has no base.');
      found = bases.get(key(at));
    }
    for (let one = above.pop(); one !== undefined; one = above.pop()) {
      found = applied(found, one.entry);
      bases.put(key(one.offset), found);
    }
    return found;
  }

  function applied(base: Unpacked, one: Entry): Unpacked {
    // A buffer for each would be garbage faster than it is collected.
    if (one.size < scratch.length) unpack(one, 0, scratch);
    const delta = one.size < scratch.length ? scratch : unpack(one, 0);
    try {
      const { result: size } = deltaSizes(delta, one.size);
      if (size > largestRead) tooLarge(largestRead);
      const buffer = Buffer.allocUnsafe(headroom + size);
      applyDelta(
        delta,
        one.size,
        { buffer: base.buffer, start: headroom, size: base.size },
        { buffer, start: headroom, size },
      );
      return { type: base.type, buffer, size };
    } catch (error) {
      if (error instanceof AppFailure) throw error;
      return wrong(`In it, ${(error as Error).message}.`);
    }
  }

  /** What a delta makes stands in its first bytes. */
  function resultSize(one: Entry): number {
    const out = Buffer.allocUnsafe(Math.min(one.size, 20) + 1);
    inflater.start();
    let made = 0;
    for (let position = one.data; made < out.length - 1 && !inflater.ended; ) {
      if (position >= end) wrong('An object goes beyond the end.');
      const part = file.window(position);
      try {
        inflater.step(
          part.buffer,
          part.at,
          Math.min(part.end, part.at + end - position),
          out,
          made,
          out.length,
        );
      } catch {
        wrong('An object cannot be unpacked.');
      }
      made += inflater.made;
      position += inflater.taken;
    }
    try {
      return deltaSizes(out, Math.min(made, one.size)).result;
    } catch (error) {
      return wrong(`In it, ${(error as Error).message}.`);
    }
  }

  return {
    path,
    index,
    read,
    header(offset) {
      let one = entry(offset);
      const size = one.type === null ? resultSize(one) : one.size;
      for (let length = 0; one.type === null; length += 1) {
        if (length > longestChain) wrong('A chain of deltas has no end.');
        one = entry(one.base ?? wrong('A delta has no base.'));
      }
      return { type: one.type, size };
    },
    close() {
      index.close();
      file.close();
    },
  };
}
