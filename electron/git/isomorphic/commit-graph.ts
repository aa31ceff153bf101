import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';

/** A commit as the commit-graph has it. */
export interface GraphCommit {
  parents: string[];
  tree: string;
  /** Seconds, by the committer. */
  date: number;
  /** Topological level: greater than that of every parent; 0: not computed. */
  generation: number;
}

/**
 * The commit-graph files of a repository, gitformat-commit-graph(5), read in
 * pages. It is a cache: one that is damaged is as good as none.
 */
export interface CommitGraph {
  /** Null: it is not in here. */
  find(oid: string): GraphCommit | null;
  close(): void;
}

class NotUsable extends Error {}

function unusable(): never {
  throw new NotUsable();
}

const pageBytes = 65_536;
/** 32 MiB of a file at a time. */
const mostPages = 512;
const noParent = 0x7000_0000;
const moreParents = 0x8000_0000;

interface Layer {
  count: number;
  bytes(at: number, length: number): Buffer;
  number(at: number): number;
  chunks: Map<string, { at: number; length: number }>;
  /** Of the layers before it. */
  base: number;
  close(): void;
}

/** Null: there is none that can be used. */
export function openCommitGraph(gitdir: string): CommitGraph | null {
  const folder = path.join(gitdir, 'objects/info');
  const layers: Layer[] = [];
  const close = () => {
    for (const layer of layers) layer.close();
  };
  try {
    const files = filesOf(folder);
    if (files.length === 0) return null;
    for (const file of files)
      layers.push(
        openLayer(
          file,
          layers.reduce((sum, { count }) => sum + count, 0),
        ),
      );
  } catch {
    close();
    return null;
  }
  let isUsable = true;
  return {
    find(oid) {
      if (!isUsable) return null;
      try {
        const id = Buffer.from(oid, 'hex');
        for (const layer of layers.toReversed()) {
          const place = placeOf(layer, id);
          if (place >= 0) return commitAt(layers, layer, place);
        }
        return null;
      } catch (error) {
        if (!(error instanceof NotUsable)) throw error;
        isUsable = false;
        return null;
      }
    },
    close,
  };
}

/** What tells whether the files are still the same. */
export function commitGraphStamp(gitdir: string): string {
  const folder = path.join(gitdir, 'objects/info');
  return ['commit-graph', 'commit-graphs/commit-graph-chain']
    .map((name) => {
      const found = statSync(path.join(folder, name), { throwIfNoEntry: false, bigint: true });
      return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : '';
    })
    .join(' ');
}

function filesOf(folder: string): string[] {
  const one = path.join(folder, 'commit-graph');
  if (statSync(one, { throwIfNoEntry: false })?.isFile()) return [one];
  const chain = path.join(folder, 'commit-graphs/commit-graph-chain');
  const found = statSync(chain, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > 65_536) return [];
  const names = readFileSync(chain, 'latin1')
    .split('\n')
    .filter((line) => line !== '');
  if (!names.every((name) => /^[0-9a-f]{40}$/.test(name))) unusable();
  return names.map((name) => path.join(folder, `commit-graphs/graph-${name}.graph`));
}

function openLayer(file: string, base: number): Layer {
  if (!statSync(file).isFile()) unusable();
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const pages = new Map<number, Buffer>();
    const page = (number: number): Buffer => {
      const known = pages.get(number);
      if (known) return known;
      const buffer = Buffer.allocUnsafe(Math.min(pageBytes, size - number * pageBytes));
      let read = 0;
      while (read < buffer.length) {
        const more = readSync(descriptor, buffer, read, buffer.length - read, number * pageBytes + read);
        if (more === 0) unusable();
        read += more;
      }
      // The oldest goes: walks read on from place to place.
      const [oldest] = pages.keys();
      if (pages.size >= mostPages && oldest !== undefined) pages.delete(oldest);
      pages.set(number, buffer);
      return buffer;
    };
    const bytes = (at: number, length: number): Buffer => {
      if (at < 0 || length < 0 || at + length > size) unusable();
      const number = Math.floor(at / pageBytes);
      const from = at - number * pageBytes;
      const first = page(number);
      if (from + length <= first.length) return first.subarray(from, from + length);
      return Buffer.concat([
        first.subarray(from),
        bytes((number + 1) * pageBytes, length - (first.length - from)),
      ]);
    };
    const head = bytes(0, 8);
    if (head.toString('latin1', 0, 4) !== 'CGPH' || head[4] !== 1 || head[5] !== 1) unusable();
    const chunks = chunksOf(bytes, head[6] ?? 0, size);
    const fan = chunks.get('OIDF');
    if (fan?.length !== 1024) unusable();
    const number = (at: number) => bytes(at, 4).readUInt32BE(0);
    const count = number(fan.at + 1020);
    if (chunks.get('OIDL')?.length !== count * 20 || chunks.get('CDAT')?.length !== count * 36) unusable();
    let before = 0;
    for (let byte = 0; byte < 256; byte += 1) {
      const now = number(fan.at + byte * 4);
      if (now < before) unusable();
      before = now;
    }
    return { count, bytes, number, chunks, base, close: () => closeSync(descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function chunksOf(bytes: Layer['bytes'], count: number, size: number): Layer['chunks'] {
  const chunks: Layer['chunks'] = new Map();
  for (let chunk = 0; chunk < count; chunk += 1) {
    const row = bytes(8 + chunk * 12, 24);
    const at = Number(row.readBigUInt64BE(4));
    const end = Number(row.readBigUInt64BE(16));
    if (at < 8 || end < at || end > size - 20) unusable();
    chunks.set(row.toString('latin1', 0, 4), { at, length: end - at });
  }
  return chunks;
}

function chunk(layer: Layer, name: string): { at: number; length: number } {
  return layer.chunks.get(name) ?? unusable();
}

function placeOf(layer: Layer, id: Buffer): number {
  const fan = chunk(layer, 'OIDF').at;
  const ids = chunk(layer, 'OIDL').at;
  const first = id[0] ?? 0;
  let low = first === 0 ? 0 : layer.number(fan + (first - 1) * 4);
  let high = layer.number(fan + first * 4);
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = id.compare(layer.bytes(ids + middle * 20, 20));
    if (order === 0) return middle;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return -1;
}

function commitAt(layers: readonly Layer[], layer: Layer, place: number): GraphCommit {
  const row = layer.bytes(chunk(layer, 'CDAT').at + place * 36, 36);
  const parents: string[] = [];
  const add = (position: number) => parents.push(idAt(layers, position, layer));
  const first = row.readUInt32BE(20);
  const second = row.readUInt32BE(24);
  if (first !== noParent) add(first);
  if (second >= moreParents) {
    const edges = chunk(layer, 'EDGE');
    for (let at = (second - moreParents) * 4; ; at += 4) {
      if (at + 4 > edges.length) unusable();
      const edge = layer.number(edges.at + at);
      add(edge & 0x7fff_ffff);
      if (edge >= moreParents) break;
    }
  } else if (second !== noParent) add(second);
  const generation = row.readUInt32BE(28);
  return {
    parents,
    tree: row.toString('hex', 0, 20),
    date: (generation & 3) * 2 ** 32 + row.readUInt32BE(32),
    generation: generation >>> 2,
  };
}

/** Positions count through all layers; a commit's parents are in its own or those before it. */
function idAt(layers: readonly Layer[], position: number, from: Layer): string {
  const layer = layers.findLast((one) => one.base <= position && one.base <= from.base);
  if (!layer || position - layer.base >= layer.count) return unusable();
  return layer.bytes(chunk(layer, 'OIDL').at + (position - layer.base) * 20, 20).toString('hex');
}
