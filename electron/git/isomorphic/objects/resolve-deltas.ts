import { fail } from '../../../../shared/errors';
import { applyDelta, deltaSizes } from './delta';
import { hashInPlace, headroom, putId } from './hash';
import { createInflater } from './inflate';
import { largestReceived, longestChain, tooLarge } from './limits';
import { addLinks, LinkSet, type Links } from './link-set';
import { type Columns, kinds, openTable } from './object-table';
import { createWindows } from './windows';

/** Deltas that tell their base by its id, sorted by it. */
export interface NamedDeltas {
  count: number;
  ids: SharedArrayBuffer;
  objects: SharedArrayBuffer;
  /** 1: its base was found. */
  claimed: SharedArrayBuffer;
}

export interface ResolveInput {
  /** The pack, all of it on disk. */
  file: string;
  /** Of the server, for failures. */
  host: string;
  columns: Columns;
  named: NamedDeltas;
  /** Objects that are no deltas and others are made from. */
  roots: SharedArrayBuffer;
  /** The next of them nobody has taken; how many objects are known. */
  counter: SharedArrayBuffer;
}

const windowBytes = 8 * 1024 ** 2;
/** What of the objects above the one at work is kept; the others are made again. */
const keptBytes = 32 * 1024 ** 2;
const chunk = 32;

/**
 * Finds out what every object is that is made from the roots: each chain of
 * deltas is walked once, downwards, with the object above at hand. For any
 * number of threads side by side. Returns what the objects name.
 */
export function resolveDeltas(input: ResolveInput, progress: (known: number) => void = () => {}): Links {
  const table = openTable(input.columns);
  const roots = new Int32Array(input.roots);
  const counter = new Int32Array(input.counter);
  const windows = createWindows(windowBytes);
  const file = windows.file(input.file);
  const inflater = createInflater();
  const links = new LinkSet();
  const wrong = (detail: string) => fail({ kind: 'unexpected-answer', host: input.host, detail });
  const claim = claimer(input.named, table);

  let delta = Buffer.allocUnsafe(1 << 16);
  const buffers: (Buffer | null)[] = [];
  const sizes: number[] = [];
  const isValid: boolean[] = [];
  const path: number[] = [];
  const cursor: number[] = [];
  let kept = 0;

  function unpack(object: number, out: Buffer, start: number): void {
    const size = table.size[object] as number;
    let position = (table.offset[object] as number) + (table.head[object] as number);
    let at = start;
    inflater.start();
    do {
      const part = file.window(position);
      inflater.step(part.buffer, part.at, part.end, out, at, start + size + 1);
      at += inflater.made;
      position += inflater.taken;
    } while (!inflater.ended);
    if (at !== start + size) wrong('an object has changed while it was read');
  }

  /** A buffer for a level; those of the levels above the one before are given up where it gets too much. */
  function room(level: number, size: number): Buffer {
    const need = headroom + size + 1;
    let buffer = buffers[level] ?? null;
    if (buffer === null || buffer.length < need) {
      kept -= buffer?.length ?? 0;
      buffer = Buffer.allocUnsafeSlow(Math.max(1 << 12, Math.ceil(need * 1.25)));
      buffers[level] = buffer;
      kept += buffer.length;
      for (let other = 0; kept > keptBytes && other < buffers.length; other += 1) {
        if (other === level || other === level - 1) continue;
        kept -= buffers[other]?.length ?? 0;
        buffers[other] = null;
        isValid[other] = false;
      }
    }
    sizes[level] = size;
    return buffer;
  }

  function build(level: number): Buffer {
    const object = path[level] as number;
    const size = table.size[object] as number;
    if (level === 0) {
      const out = room(0, size);
      unpack(object, out, headroom);
      isValid[0] = true;
      return out;
    }
    if (delta.length <= size) delta = Buffer.allocUnsafeSlow(Math.ceil((size + 1) * 1.25));
    unpack(object, delta, 0);
    try {
      const { result } = deltaSizes(delta, size);
      if (result > largestReceived) tooLarge(largestReceived);
      const out = room(level, result);
      const base = {
        buffer: buffers[level - 1] as Buffer,
        start: headroom,
        size: sizes[level - 1] as number,
      };
      applyDelta(delta, size, base, { buffer: out, start: headroom, size: result });
      isValid[level] = true;
      return out;
    } catch (error) {
      if (error instanceof Error && error.name !== 'AppFailure') wrong(error.message);
      throw error;
    }
  }

  /** What was given up on the way is made again. */
  function require(level: number): void {
    let from = level;
    while (from >= 0 && !isValid[from]) from -= 1;
    for (let at = from + 1; at <= level; at += 1) build(at);
  }

  function known(object: number, kind: number, level: number, out: Buffer): void {
    const size = sizes[level] as number;
    const type = kinds[kind] ?? wrong('an object is of no known type');
    putId(table.ids, object * 20, hashInPlace(out, headroom, size, type));
    table.kind[object] = kind;
    const problem = addLinks(links, kind, out, headroom, headroom + size);
    if (problem !== null) wrong(problem);
    claim(object);
  }

  function walk(root: number): void {
    const kind = table.kind[root] as number;
    path[0] = root;
    isValid[0] = false;
    cursor[0] = table.first[root] as number;
    for (let level = 0; level >= 0; ) {
      const child = cursor[level] as number;
      if (child < 0) {
        level -= 1;
        continue;
      }
      cursor[level] = table.next[child] as number;
      require(level);
      if (level + 1 > longestChain) wrong('a chain of deltas has no end');
      path[level + 1] = child;
      known(child, kind, level + 1, build(level + 1));
      const below = table.first[child] as number;
      if (below >= 0) {
        level += 1;
        cursor[level] = below;
      }
      Atomics.add(counter, 1, 1);
    }
  }

  try {
    for (;;) {
      const from = Atomics.add(counter, 0, chunk);
      if (from >= roots.length) break;
      for (let at = from; at < Math.min(from + chunk, roots.length); at += 1) walk(roots[at] as number);
      progress(Atomics.load(counter, 1));
    }
    return links.links();
  } finally {
    windows.close();
  }
}

/** Once an object's id is known, deltas that name it become its children: each of them once, whichever thread comes first. */
export function claimer(
  named: NamedDeltas,
  table: { ids: Uint8Array; first: Int32Array; next: Int32Array },
): (object: number) => void {
  const { count } = named;
  if (count === 0) return () => {};
  const ids = Buffer.from(named.ids);
  const objects = new Int32Array(named.objects);
  const claimed = new Int32Array(named.claimed);
  const known = Buffer.from(table.ids.buffer, table.ids.byteOffset, table.ids.byteLength);
  const order = (place: number, object: number) =>
    ids.compare(known, object * 20, object * 20 + 20, place * 20, place * 20 + 20);
  return (object) => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (order(middle, object) < 0) low = middle + 1;
      else high = middle;
    }
    for (; low < count && order(low, object) === 0; low += 1) {
      if (Atomics.exchange(claimed, low, 1) !== 0) continue;
      const child = objects[low] as number;
      table.next[child] = table.first[object] as number;
      table.first[object] = child;
    }
  };
}
