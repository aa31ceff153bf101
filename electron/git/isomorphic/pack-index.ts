import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Which objects the one pack of a fresh clone holds. */
export interface PackIndex {
  count: number;
  has(oid: string): boolean;
}

/** Null: there is none (nothing was fetched). Format: gitformat-pack(5), version 2. */
export async function readPackIndex(
  gitDirectory: string,
): Promise<(PackIndex & { announced: number }) | null> {
  const folder = path.join(gitDirectory, 'objects/pack');
  const files = await readdir(folder);
  const name = files.find((file) => file.endsWith('.idx'));
  if (name === undefined) return null;
  const index = await readFile(path.join(folder, name));
  const pack = await readFile(path.join(folder, name.replace(/\.idx$/, '.pack')));
  const fanout = 8;
  const names = fanout + 256 * 4;
  const count = index.readUInt32BE(fanout + 255 * 4);
  return {
    count,
    announced: pack.readUInt32BE(8),
    has(oid) {
      const wanted = Buffer.from(oid, 'hex');
      const first = wanted[0] ?? 0;
      let low = first === 0 ? 0 : index.readUInt32BE(fanout + (first - 1) * 4);
      let high = index.readUInt32BE(fanout + first * 4);
      while (low < high) {
        const middle = (low + high) >>> 1;
        const order = index.compare(wanted, 0, 20, names + middle * 20, names + middle * 20 + 20);
        if (order === 0) return true;
        if (order < 0) low = middle + 1;
        else high = middle;
      }
      return false;
    },
  };
}
