import { createHash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { kindOf, type ObjectTable } from './object-table';
import { claimer, type NamedDeltas } from './resolve-deltas';
import type { ObjectStore } from './store';

interface Thin {
  store: ObjectStore;
  /** Of the pack, for reading and writing. */
  handle: number;
  /** Where its checksum is. */
  end: number;
  table: ObjectTable;
  add: () => number;
  deltas: NamedDeltas;
}

/** Size and kind as a pack has them. */
function headOf(kind: number, size: number): Buffer {
  const head = [(kind << 4) | (size % 16)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head[head.length - 1] = (head.at(-1) ?? 0) | 0x80;
    head.push(rest % 128);
  }
  return Buffer.from(head);
}

/**
 * A thin pack has deltas to objects that are here and not in it. A pack in a
 * repository stands for itself, so these are appended, as `git index-pack
 * --fix-thin` does. Null: nothing is missing that is here.
 */
export function completeThinPack(thin: Thin): { roots: Int32Array; checksum: Buffer } | null {
  const { store, handle, table, add, deltas } = thin;
  const ids = Buffer.from(deltas.ids);
  const claimed = new Int32Array(deltas.claimed);
  const roots: number[] = [];
  let end = thin.end;
  for (let at = 0; at < deltas.count; at += 1) {
    if (claimed[at] !== 0) continue;
    const id = ids.subarray(at * 20, at * 20 + 20);
    const base = store.find(id);
    if (base === null) continue;
    const head = headOf(kindOf[base.type], base.data.length);
    const bytes = Buffer.concat([head, deflateSync(base.data)]);
    for (let done = 0; done < bytes.length; )
      done += writeSync(handle, bytes, done, bytes.length - done, end + done);
    const object = add();
    table.offset[object] = end;
    table.head[object] = head.length;
    table.packed[object] = kindOf[base.type];
    table.size[object] = base.data.length;
    table.crc[object] = crc32(bytes);
    table.kind[object] = kindOf[base.type];
    table.ids.set(id, object * 20);
    table.base[object] = -1;
    table.first[object] = -1;
    table.next[object] = -1;
    end += bytes.length;
    claimer(deltas, table)(object);
    roots.push(object);
  }
  if (roots.length === 0) return null;
  const count = Buffer.alloc(4);
  count.writeUInt32BE(table.count);
  writeSync(handle, count, 0, 4, 8);
  const hash = createHash('sha1');
  const piece = Buffer.allocUnsafe(1 << 20);
  for (let at = 0; at < end; ) {
    const read = readSync(handle, piece, 0, Math.min(piece.length, end - at), at);
    if (read === 0) throw new Error('The pack ends too early.');
    hash.update(piece.subarray(0, read));
    at += read;
  }
  const checksum = hash.digest();
  for (let done = 0; done < 20; ) done += writeSync(handle, checksum, done, 20 - done, end + done);
  return { roots: Int32Array.from(roots), checksum };
}
