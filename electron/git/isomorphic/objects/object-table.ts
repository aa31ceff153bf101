import type { ObjectType } from './store';

/** Numbers of the kinds in a pack: gitformat-pack(5). */
export const kinds = [null, 'commit', 'tree', 'blob', 'tag'] as const;
export const kindOf: Record<ObjectType, number> = { commit: 1, tree: 2, blob: 3, tag: 4 };
export const offsetDelta = 6;
export const namedDelta = 7;

/**
 * What is known of each object of a pack while it is indexed, in the order of
 * the pack: columns in shared memory, about 50 bytes an object, for all
 * threads. Everything but what `resolve-deltas.ts` finds out is written before
 * other threads see it.
 */
export interface ObjectTable {
  count: number;
  offset: Float64Array;
  /** Bytes from the offset to the packed content. */
  head: Uint8Array;
  /** As in the pack: `offsetDelta` and `namedDelta` included. */
  packed: Uint8Array;
  /** Of the packed content, unpacked. */
  size: Uint32Array;
  crc: Uint32Array;
  /** Number of the kind, once the id is known; before, 0. */
  kind: Uint8Array;
  ids: Uint8Array;
  /** The object a delta by offset is made from; -1: none. */
  base: Int32Array;
  /** First and next of the objects made from one; -1: none. */
  first: Int32Array;
  next: Int32Array;
}

const widths = {
  offset: 8,
  head: 1,
  packed: 1,
  size: 4,
  crc: 4,
  kind: 1,
  ids: 20,
  base: 4,
  first: 4,
  next: 4,
};
type Column = keyof typeof widths;

export type Columns = Record<Column, SharedArrayBuffer> & { count: number };

function viewOf(columns: Columns): ObjectTable {
  return {
    count: columns.count,
    offset: new Float64Array(columns.offset),
    head: new Uint8Array(columns.head),
    packed: new Uint8Array(columns.packed),
    size: new Uint32Array(columns.size),
    crc: new Uint32Array(columns.crc),
    kind: new Uint8Array(columns.kind),
    ids: new Uint8Array(columns.ids),
    base: new Int32Array(columns.base),
    first: new Int32Array(columns.first),
    next: new Int32Array(columns.next),
  };
}

export function openTable(columns: Columns): ObjectTable {
  return viewOf(columns);
}

/** So many rows are made room for where a pack announces them: untouched they cost nothing. */
const mostAtOnce = 1 << 20;

/** A table that grows with what arrives: what a server announces (`expected`) is not believed beyond a limit. */
export function createTable(expected: () => number): {
  table: ObjectTable;
  add: () => number;
  columns: () => Columns;
} {
  let room = 0;
  let columns = grown(null, 1024);
  const table = viewOf(columns);

  function grown(from: Columns | null, rows: number): Columns {
    room = rows;
    const made = { count: from?.count ?? 0 } as Columns;
    for (const name of Object.keys(widths) as Column[]) {
      const buffer = new SharedArrayBuffer(rows * widths[name]);
      if (from) new Uint8Array(buffer).set(new Uint8Array(from[name]));
      made[name] = buffer;
    }
    return made;
  }

  return {
    table,
    add() {
      if (table.count === room) {
        const { count } = table;
        columns = grown(columns, Math.max(room * 2, Math.min(expected(), mostAtOnce)));
        Object.assign(table, viewOf(columns), { count });
      }
      table.count += 1;
      return table.count - 1;
    },
    columns: () => ({ ...columns, count: table.count }),
  };
}

/** The object that begins at an offset; -1: none. */
export function objectAt({ offset }: ObjectTable, wanted: number, count: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = offset[middle] as number;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
