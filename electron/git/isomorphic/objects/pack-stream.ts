import { crc32 } from 'node:zlib';
import { deltaSizes } from './delta';
import { hashInPlace, headroom, putId } from './hash';
import type { Inflater } from './inflate';
import { largestReceived, tooLarge } from './limits';
import { kinds, namedDelta, objectAt, offsetDelta, type ObjectTable } from './object-table';

/** What a pack tells while it is read. */
export interface PackEvents {
  /** An object that is no delta: it lies in `buffer[start, end)`, until the next one. */
  whole(kind: number, buffer: Buffer, start: number, end: number): void;
  /** A delta whose base is told by its id. */
  named(object: number, base: Buffer): void;
  /** What arrives is no pack: why, in plain words. */
  wrong: (detail: string) => never;
}

/** Reads a pack while it arrives: gitformat-pack(5). Every object is unpacked once, never beyond the limit. */
export interface PackStream {
  push(bytes: Buffer): void;
  /** Throws where the pack is not over. Its checksum, which is not checked here. */
  end(): Buffer;
  /** Objects it says it has; 0: not known yet. */
  announced(): number;
}

const longestHead = 12;
/** Beyond this much nothing is kept for the next object. */
const keptScratch = 8 * 1024 ** 2;

interface Head {
  kind: number;
  size: number;
  /** Before the object, of the base of a delta by offset. */
  distance: number;
  length: number;
}

export function createPackStream(
  table: ObjectTable,
  add: () => number,
  inflater: Inflater,
  events: PackEvents,
): PackStream {
  const { wrong } = events;
  let state: 'start' | 'head' | 'data' | 'end' = 'start';
  let announced = 0;
  let position = 0;
  /** What of a head was in the bytes before. */
  let carried: Buffer = Buffer.alloc(0);
  let scratch = Buffer.allocUnsafe(1 << 16);
  let object = -1;
  let size = 0;
  let made = 0;
  let crc = 0;

  /** Null: more bytes are needed. */
  function readHead(bytes: Buffer, at: number): Head | null {
    let p = at;
    let byte = bytes[p++];
    if (byte === undefined) return null;
    const kind = (byte >> 4) & 7;
    let size = byte & 0x0f;
    for (let factor = 16; byte & 0x80; factor *= 128) {
      if (factor > 2 ** 42) wrong('an object has no possible size');
      byte = bytes[p++];
      if (byte === undefined) return null;
      size += (byte & 0x7f) * factor;
    }
    let distance = 0;
    if (kind === offsetDelta) {
      byte = bytes[p++];
      if (byte === undefined) return null;
      distance = byte & 0x7f;
      while (byte & 0x80) {
        byte = bytes[p++];
        if (byte === undefined) return null;
        distance = (distance + 1) * 128 + (byte & 0x7f);
        if (distance > 2 ** 50) wrong('a delta is for no object of the pack');
      }
    } else if (kind === namedDelta) {
      p += 20;
      if (p > bytes.length) return null;
    } else if (!kinds[kind]) wrong('an object is of no known type');
    return { kind, size, distance, length: p - at };
  }

  function begin(head: Head, bytes: Buffer, at: number): void {
    if (head.size > largestReceived) tooLarge(largestReceived);
    object = add();
    table.offset[object] = position;
    table.head[object] = head.length;
    table.packed[object] = head.kind;
    table.size[object] = head.size;
    table.base[object] = -1;
    table.first[object] = -1;
    table.next[object] = -1;
    if (head.kind === offsetDelta) {
      const base = objectAt(table, position - head.distance, object);
      if (base < 0) wrong('a delta is for no object of the pack');
      table.base[object] = base;
    } else if (head.kind === namedDelta)
      events.named(object, bytes.subarray(at + head.length - 20, at + head.length));
    size = head.size;
    made = 0;
    crc = 0;
    const room = headroom + size + 1;
    if (scratch.length < room || scratch.length > Math.max(keptScratch, room))
      scratch = Buffer.allocUnsafeSlow(Math.max(1 << 16, Math.ceil(room * 1.25)));
    inflater.start();
    state = 'data';
  }

  function finish(): void {
    if (made !== size) wrong('an object is smaller than it says');
    table.crc[object] = crc;
    const kind = table.packed[object] as number;
    const type = kinds[kind] ?? null;
    if (type === null) {
      try {
        const delta = scratch.subarray(headroom, headroom + size);
        if (deltaSizes(delta, size).result > largestReceived) tooLarge(largestReceived);
      } catch (error) {
        if (error instanceof Error && error.message === 'a size cannot be read') wrong(error.message);
        throw error;
      }
    } else {
      putId(table.ids, object * 20, hashInPlace(scratch, headroom, size, type));
      table.kind[object] = kind;
      events.whole(kind, scratch, headroom, headroom + size);
    }
    state = table.count === announced ? 'end' : 'head';
  }

  /** Reads the head of an object at `at` of `bytes`; the place behind it, or -1 where it goes on in what comes next. */
  function head(bytes: Buffer, at: number): number {
    const found = readHead(bytes, at);
    if (found === null) return -1;
    begin(found, bytes, at);
    return at + found.length;
  }

  function push(input: Buffer): void {
    const bytes = carried.length === 0 ? input : Buffer.concat([carried, input]);
    carried = Buffer.alloc(0);
    let at = 0;
    let from = 0;
    const keep = () => {
      carried = Buffer.from(bytes.subarray(at));
    };
    // One step more at the very end of the bytes would change nothing: an object's end shows with what is behind it.
    while (at < bytes.length) {
      if (state === 'start') {
        if (bytes.length < longestHead) return keep();
        const version = bytes.readUInt32BE(4);
        if (bytes.toString('latin1', 0, 4) !== 'PACK' || (version !== 2 && version !== 3))
          wrong('what arrives is no pack');
        announced = bytes.readUInt32BE(8);
        position = longestHead;
        at = longestHead;
        state = announced === 0 ? 'end' : 'head';
      } else if (state === 'head') {
        const next = head(bytes, at);
        if (next < 0) return keep();
        from = at;
        position += next - at;
        at = next;
        if (at === bytes.length) crc = crc32(bytes.subarray(from), crc);
      } else if (state === 'data') {
        try {
          inflater.step(bytes, at, bytes.length, scratch, headroom + made, headroom + size + 1);
        } catch {
          wrong('an object cannot be unpacked');
        }
        at += inflater.taken;
        made += inflater.made;
        position += inflater.taken;
        if (made > size) wrong('an object is larger than it says');
        if (inflater.ended || at === bytes.length) {
          crc = crc32(bytes.subarray(from, at), crc);
          from = at;
        }
        if (inflater.ended) finish();
      } else {
        if (bytes.length - at > 20) wrong('the pack goes on after its end');
        return keep();
      }
    }
  }

  return {
    push,
    end() {
      if (state !== 'end' || carried.length !== 20) wrong('the pack ends in the middle');
      return carried;
    },
    announced: () => announced,
  };
}
