import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { ObjectTable } from './object-table';

/** A file that is written from front to back, in pieces, with the SHA-1 of all of it at its end. */
function hashedFile(path: string): { take(size: number): { buffer: Buffer; at: number }; end(): void } {
  const handle = openSync(path, 'wx', 0o444);
  const hash = createHash('sha1');
  const buffer = Buffer.allocUnsafe(1 << 18);
  let at = 0;
  function flush(): void {
    hash.update(buffer.subarray(0, at));
    for (let done = 0; done < at; ) done += writeSync(handle, buffer, done, at - done);
    at = 0;
  }
  return {
    take(size) {
      if (at + size > buffer.length) flush();
      at += size;
      return { buffer, at: at - size };
    },
    end() {
      try {
        flush();
        const sum = hash.digest();
        for (let done = 0; done < sum.length; ) done += writeSync(handle, sum, done);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    },
  };
}

/** The objects in the order of their ids. */
export interface Sorted {
  order: Uint32Array;
  /** Of the table's objects, the one with the id at `bytes[at]`; -1: none. */
  find(bytes: Uint8Array, at: number): number;
}

export function sortedById({ ids, count }: ObjectTable): Sorted {
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  const bucket = (object: number) => ((ids[object * 20] as number) << 8) | (ids[object * 20 + 1] as number);
  const starts = new Uint32Array(65_537);
  for (let object = 0; object < count; object += 1)
    starts[bucket(object) + 1] = (starts[bucket(object) + 1] as number) + 1;
  for (let at = 0; at < 65_536; at += 1) starts[at + 1] = (starts[at + 1] as number) + (starts[at] as number);
  const next = starts.slice();
  const sorted = new Uint32Array(count);
  for (let object = 0; object < count; object += 1) {
    const place = next[bucket(object)] as number;
    next[bucket(object)] = place + 1;
    sorted[place] = object;
  }
  const compare = (a: number, b: number) => bytes.compare(bytes, b * 20, b * 20 + 20, a * 20, a * 20 + 20);
  for (let at = 0; at < 65_536; at += 1) {
    const from = starts[at] as number;
    const to = starts[at + 1] as number;
    if (to - from > 1) sorted.subarray(from, to).sort(compare);
  }
  return {
    order: sorted,
    find(wanted, at) {
      const first = ((wanted[at] as number) << 8) | (wanted[at + 1] as number);
      let low = starts[first] as number;
      let high = (starts[first + 1] as number) - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const object = sorted[middle] as number;
        let i = 0;
        while (i < 20 && ids[object * 20 + i] === wanted[at + i]) i += 1;
        if (i === 20) return object;
        if ((ids[object * 20 + i] as number) < (wanted[at + i] as number)) low = middle + 1;
        else high = middle - 1;
      }
      return -1;
    },
  };
}

/** Writes an .idx of version 2, as `git index-pack` does to the byte: gitformat-pack(5). */
export function writePackIndex(
  path: string,
  table: ObjectTable,
  sorted: Uint32Array,
  checksum: Buffer,
): void {
  const { ids, crc, offset, count } = table;
  const file = hashedFile(path);
  const number = (value: number) => {
    const { buffer, at } = file.take(4);
    buffer.writeUInt32BE(value, at);
  };
  number(0xff744f63);
  number(2);
  let below = 0;
  for (let first = 0; first < 256; first += 1) {
    while (below < count && (ids[(sorted[below] as number) * 20] as number) <= first) below += 1;
    number(below);
  }
  /** Rows of `width` bytes for all objects, a good many at a time. */
  const rows = (width: number, fill: (buffer: Buffer, at: number, object: number) => void) => {
    const most = 4096;
    for (let from = 0; from < count; from += most) {
      const to = Math.min(count, from + most);
      const { buffer, at } = file.take((to - from) * width);
      for (let place = from; place < to; place += 1)
        fill(buffer, at + (place - from) * width, sorted[place] as number);
    }
  };
  rows(20, (buffer, at, object) => {
    for (let i = 0; i < 20; i += 1) buffer[at + i] = ids[object * 20 + i] as number;
  });
  rows(4, (buffer, at, object) => buffer.writeUInt32BE(crc[object] as number, at));
  const large: number[] = [];
  rows(4, (buffer, at, object) => {
    const place = offset[object] as number;
    buffer.writeUInt32BE(place < 2 ** 31 ? place : 2 ** 31 + large.length, at);
    if (place >= 2 ** 31) large.push(place);
  });
  for (const place of large) {
    const { buffer, at } = file.take(8);
    buffer.writeBigUInt64BE(BigInt(place), at);
  }
  const { buffer, at } = file.take(20);
  checksum.copy(buffer, at);
  file.end();
}
