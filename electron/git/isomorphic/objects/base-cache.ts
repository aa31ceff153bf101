import type { ObjectType } from './store';

/** An object in memory: content from `headroom` on in its buffer. */
export interface Unpacked {
  type: ObjectType;
  buffer: Buffer;
  size: number;
}

/** The objects unpacked last, at most `limit` bytes: what others are made from is mostly read again soon. */
export interface BaseCache {
  get(key: number): Unpacked | undefined;
  put(key: number, object: Unpacked): void;
  clear(): void;
}

/** One object above this part of the whole would drive out all others. */
const largestPart = 1 / 4;
/** What a row costs beside its bytes. */
const overhead = 200;

export function createBaseCache(limit: number): BaseCache {
  const rows = new Map<number, Unpacked>();
  let bytes = 0;
  const cost = (object: Unpacked) => object.buffer.length + overhead;
  return {
    get(key) {
      const found = rows.get(key);
      if (found === undefined) return undefined;
      rows.delete(key);
      rows.set(key, found);
      return found;
    },
    put(key, object) {
      if (cost(object) > limit * largestPart || rows.has(key)) return;
      rows.set(key, object);
      bytes += cost(object);
      for (const [oldest, row] of rows) {
        if (bytes <= limit) break;
        rows.delete(oldest);
        bytes -= cost(row);
      }
    },
    clear() {
      rows.clear();
      bytes = 0;
    },
  };
}
