import { readFileSync } from 'node:fs';
import { damaged } from './limits';
import type { WindowedFile, Windows } from './windows';

/** Read whole up to here; above, in windows: an index of five million objects has 150 MB. */
const largestWhole = 32 * 1024 ** 2;

/** Where each object of a pack is: gitformat-pack(5), .idx version 1 and 2. */
export interface PackIndex {
  readonly count: number;
  /** The pack's checksum as the index has it. */
  readonly checksum: Buffer;
  /** Offset in the pack; -1: not in it. */
  find(oid: Uint8Array): number;
  /** Id at a place of the sorted list. */
  idAt(place: number): Buffer;
  /** Offset of the object at a place of the sorted list. */
  offsetAt(place: number): number;
  /** First place whose id is not below these bytes. */
  lowerBound(prefix: Uint8Array): number;
  close(): void;
}

const magic = 0xff744f63;

/** A file that is read at once and one that is read in windows, the same to the reader. */
interface Source {
  size: number;
  /** Null: it is read in windows. */
  whole: Buffer | null;
  bytes(position: number, length: number): Buffer;
  close(): void;
}

function sourceOf(path: string, windows: Windows): Source {
  const file: WindowedFile = windows.file(path);
  const size = file.size();
  if (size > largestWhole)
    return {
      size,
      whole: null,
      bytes: (position, length) => file.bytes(position, length),
      close: () => file.close(),
    };
  file.close();
  const whole = readFileSync(path);
  return {
    size: whole.length,
    whole,
    bytes(position, length) {
      if (position < 0 || position + length > whole.length) damaged(path, 'It names a place outside itself.');
      return whole.subarray(position, position + length);
    },
    close: () => undefined,
  };
}

export function openPackIndex(path: string, windows: Windows): PackIndex {
  const source = sourceOf(path, windows);
  if (source.size < 1024 + 40) damaged(path, 'It is too short.');
  const isNew = source.bytes(0, 4).readUInt32BE(0) === magic;
  const version = isNew ? source.bytes(4, 4).readUInt32BE(0) : 1;
  if (version > 2) damaged(path, `Its version is ${version}.`);
  const fanoutAt = isNew ? 8 : 0;
  const fanout = new Uint32Array(257);
  const table = source.bytes(fanoutAt, 1024);
  for (let first = 0; first < 256; first += 1) {
    fanout[first + 1] = table.readUInt32BE(first * 4);
    if ((fanout[first + 1] ?? 0) < (fanout[first] ?? 0)) damaged(path, 'Its first table is not in order.');
  }
  const count = fanout[256] ?? 0;
  const names = fanoutAt + 1024;
  // Version 1 has offset and id side by side.
  const row = isNew ? 20 : 24;
  const idInRow = isNew ? 0 : 4;
  const offsets = names + count * 24;
  const large = offsets + count * 4;
  const largeCount = (source.size - 40 - large) / 8;
  const fits = isNew
    ? Number.isInteger(largeCount) && largeCount >= 0 && largeCount <= count
    : source.size === names + count * 24 + 40;
  if (!fits) damaged(path, 'Its size is not the one of its tables.');

  function order(place: number, wanted: Uint8Array): number {
    const at = names + place * row + idInRow;
    const buffer = source.whole ?? source.bytes(at, 20);
    const start = source.whole ? at : 0;
    for (let i = 0; i < wanted.length; i += 1) {
      const difference = (buffer[start + i] as number) - (wanted[i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
  function lowerBound(prefix: Uint8Array): number {
    const first = prefix[0] ?? 0;
    let low = fanout[first] ?? 0;
    let high = fanout[first + 1] ?? 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (order(middle, prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  function offsetAt(place: number): number {
    if (!isNew) return source.bytes(names + place * row, 4).readUInt32BE(0);
    const offset = source.bytes(offsets + place * 4, 4).readUInt32BE(0);
    if (offset < 0x8000_0000) return offset;
    const at = offset - 0x8000_0000;
    if (at >= largeCount) damaged(path, 'It names a place outside itself.');
    const value = source.bytes(large + at * 8, 8).readBigUInt64BE(0);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) damaged(path, 'It names a place no pack has.');
    return Number(value);
  }
  return {
    count,
    checksum: Buffer.from(source.bytes(source.size - 40, 20)),
    find(oid) {
      const place = lowerBound(oid);
      const inRange = place < (fanout[(oid[0] ?? 0) + 1] ?? 0);
      return inRange && order(place, oid) === 0 ? offsetAt(place) : -1;
    },
    idAt: (place) => source.bytes(names + place * row + idInRow, 20),
    offsetAt,
    lowerBound,
    close: () => source.close(),
  };
}
