import { createHash } from 'node:crypto';
import { fail } from '../../../shared/errors';
import { parseCacheTree } from './cache-tree';
import { extendedFlag, fixedBytes, IndexFile } from './index-table';

/** Why an index cannot be read: thrown by the parser, told with its path by who opened the file. */
class Damage extends Error {}

function damaged(detail: string): never {
  throw new Damage(detail);
}

/** The parts of an index file, gitformat-index(5). Every count and length is checked before it is believed. */
export function parseIndex(data: Buffer, file: string): IndexFile {
  try {
    return parse(data);
  } catch (error) {
    if (error instanceof Damage)
      fail({ kind: 'repository-damaged', path: file, detail: error.message }, error);
    throw error;
  }
}

/** Of a name of one byte, in any version. */
const smallestEntry = 64;

function parse(data: Buffer): IndexFile {
  if (data.length < 32 || data.toString('latin1', 0, 4) !== 'DIRC') damaged('It is no index.');
  const version = data.readUInt32BE(4);
  if (version !== 2 && version !== 3 && version !== 4) damaged(`Its version is ${version}.`);
  const end = data.length - 20;
  const sum = data.subarray(end);
  // index.skipHash writes zeros.
  if (!sum.equals(Buffer.alloc(20)) && !createHash('sha1').update(data.subarray(0, end)).digest().equals(sum))
    damaged('Its checksum is wrong.');
  const count = data.readUInt32BE(8);
  if (count > (end - 12) / smallestEntry) damaged('It is shorter than it says.');
  const { index, at } = version === 4 ? compressed(data, count, end) : plain(data, version, count, end);
  extensions(index, data, at, end);
  // Only a split index, which the extensions tell, has entries without a name.
  for (let entry = 0; entry < count; entry += 1) {
    const { start, end } = index.pathSpan(entry);
    if (start === end) damaged('An entry has no name.');
  }
  return index;
}

/** Versions 2 and 3: names as they are, entries filled up to multiples of eight. */
function plain(data: Buffer, version: 2 | 3, count: number, end: number) {
  const starts = new Uint32Array(count);
  const nameAt = new Uint32Array(count);
  const nameEnd = new Uint32Array(count);
  let at = 12;
  let before = 0;
  let beforeEnd = 0;
  for (let entry = 0; entry < count; entry += 1) {
    const name = nameStart(data, at, end);
    const nul = data.indexOf(0, name);
    if (nul < 0 || nul >= end) damaged('An entry has no end.');
    starts[entry] = at;
    nameAt[entry] = name;
    nameEnd[entry] = nul;
    checkName(data, name, nul, before, beforeEnd, entry, data, starts);
    before = name;
    beforeEnd = nul;
    at += (nul - at + 8) & ~7;
    if (at > end) damaged('An entry has no end.');
  }
  return { index: new IndexFile(version, count, data, starts, data, nameAt, nameEnd), at };
}

/** Longest path git's own limits let through, in bytes: more is an attack on memory. */
const longestPath = 65_536;
const mostNameBytes = 1 << 30;

/** Version 4: of each name only what is other than in the one before. */
function compressed(data: Buffer, count: number, end: number) {
  const starts = new Uint32Array(count);
  const nameAt = new Uint32Array(count);
  const nameEnd = new Uint32Array(count);
  let names = Buffer.allocUnsafe(Math.min(Math.max(data.length * 2, 1024), mostNameBytes));
  let used = 0;
  let at = 12;
  for (let entry = 0; entry < count; entry += 1) {
    const before = entry === 0 ? 0 : (nameAt[entry - 1] ?? 0);
    const length = used - before;
    starts[entry] = at;
    let next = nameStart(data, at, end);
    // As the offsets of deltas in packs: decode_varint() in varint.c.
    let byte = data[next++] ?? 0;
    let strip = byte & 127;
    while (byte & 128) {
      if (strip > longestPath || next >= end) damaged('A name is cut too far.');
      byte = data[next++] ?? 0;
      strip = (strip + 1) * 128 + (byte & 127);
    }
    if (strip > length) damaged('A name is cut too far.');
    const nul = data.indexOf(0, next);
    if (nul < 0 || nul >= end) damaged('An entry has no end.');
    const kept = length - strip;
    const size = kept + nul - next;
    if (size > longestPath || used + size > mostNameBytes) damaged('Its names are too long.');
    if (used + size > names.length) {
      const larger = Buffer.allocUnsafe(Math.min(names.length * 2 + size, mostNameBytes));
      names.copy(larger, 0, 0, used);
      names = larger;
    }
    names.copyWithin(used, before, before + kept);
    data.copy(names, used + kept, next, nul);
    nameAt[entry] = used;
    nameEnd[entry] = used + size;
    checkName(names, used, used + size, before, used, entry, data, starts);
    used += size;
    at = nul + 1;
  }
  return { index: new IndexFile(4, count, data, starts, names, nameAt, nameEnd), at };
}

/** Where the name of the entry at `at` begins; checks what stands before it. */
function nameStart(data: Buffer, at: number, end: number): number {
  if (at + fixedBytes + 4 > end) damaged('It is shorter than it says.');
  const type = data.readUInt32BE(at + 24) >>> 12;
  if (type === 0o04) damagedSparse();
  if (type !== 0o10 && type !== 0o12 && type !== 0o16) damaged('An entry is of no kind git knows.');
  const flags = data.readUInt16BE(at + fixedBytes);
  if (!(flags & extendedFlag)) return at + fixedBytes + 2;
  if (data.readUInt16BE(at + fixedBytes + 2) & ~0x6000) damaged('An entry has flags git does not know.');
  return at + fixedBytes + 4;
}

/**
 * In order, each once, and a path git would write (verify_path in
 * read-cache.c): whoever joins it with the top folder stays inside.
 */
function checkName(
  names: Buffer,
  start: number,
  end: number,
  before: number,
  beforeEnd: number,
  entry: number,
  data: Buffer,
  starts: Uint32Array,
): void {
  if (start === end) return;
  let same = 0;
  const most = Math.min(end - start, beforeEnd - before);
  while (same < most && names[start + same] === names[before + same]) same += 1;
  if (entry > 0) {
    const order =
      same < most
        ? (names[start + same] ?? 0) - (names[before + same] ?? 0)
        : end - start - (beforeEnd - before);
    const stage = (number: number) => (data.readUInt16BE((starts[number] ?? 0) + fixedBytes) >> 12) & 3;
    if (order < 0 || (order === 0 && stage(entry) <= stage(entry - 1)))
      damaged('Its entries are not in order.');
    if (order === 0) return;
  }
  // What is shared with the name before was checked with it.
  let part = same === 0 ? start : names.lastIndexOf(0x2f, start + same - 1) + 1;
  if (part < start) part = start;
  for (let at = part; ; at += 1) {
    if (at < end && names[at] !== 0x2f) continue;
    if (unsafePart(names, part, at)) damaged('A path in it leads where git writes nothing.');
    if (at >= end) return;
    part = at + 1;
  }
}

function unsafePart(names: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return true;
  if (names[start] !== 0x2e) return false;
  if (length === 1 || (length === 2 && names[start + 1] === 0x2e)) return true;
  return length === 4 && names.toString('latin1', start + 1, end).toLowerCase() === 'git';
}

function damagedSparse(): never {
  return fail({
    kind: 'unsupported',
    what: 'a sparse index',
    reason:
      'The built-in engine cannot read it; install git, or run `git sparse-checkout reapply --no-sparse-index`.',
  });
}

/** Capital letters: may be left out. UNTR, FSMN, EOIE and IEOT are, and git makes them anew. */
function extensions(index: IndexFile, data: Buffer, start: number, end: number): void {
  for (let at = start; at < end; ) {
    if (at + 8 > end) damaged('It has bytes behind its end.');
    const name = data.toString('latin1', at, at + 4);
    const size = data.readUInt32BE(at + 4);
    at += 8;
    if (size > end - at) damaged('A part of it is longer than the file.');
    const content = data.subarray(at, at + size);
    at += size;
    if (name === 'TREE') index.tree = parseCacheTree(content);
    else if (name === 'REUC') index.resolveUndo = content;
    else if (name === 'sdir') damagedSparse();
    else if (name === 'link')
      fail({
        kind: 'unsupported',
        what: 'a split index',
        reason:
          'The built-in engine cannot read it; install git, or run `git update-index --no-split-index`.',
      });
    else if (!/^[A-Z]/.test(name))
      fail({
        kind: 'unsupported',
        what: 'this index',
        reason: 'It has a part the built-in engine does not know; install git.',
      });
  }
}
