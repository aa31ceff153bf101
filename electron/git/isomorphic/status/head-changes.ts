import { fail } from '../../../../shared/errors';
import type { CacheTree } from '../cache-tree';
import type { IndexFile } from '../index-table';
import type { ObjectStore } from '../objects/store';
import { fromLatin1 } from '../patterns/pattern-file';
import { isTree, parseTree } from '../tree-entry';

/** What stands at a path in a tree or in the index. */
export interface Leaf {
  mode: number;
  oid: string;
}

/** A path that is other in the index than in a tree. Text is one character a byte. */
export interface StagedChange {
  path: string;
  /** Null: it is not there. */
  from: Leaf | null;
  to: Leaf | null;
}

interface Row extends Leaf {
  /** As git sorts: folders as if a `/` stood behind them. */
  key: string;
  isFolder: boolean;
}

const deepest = 2048;
const noRows: Row[] = [];

/** git knows no other permissions than the execute bit. */
export function plainMode(mode: number): number {
  const type = mode & 0o170000;
  if (type === 0o120000 || type === 0o160000) return type;
  return mode & 0o100 ? 0o100755 : 0o100644;
}

/**
 * HEAD's tree against the index, in git's order. Folders whose tree the index
 * remembers and finds again are not looked into. Paths in conflict are left out.
 */
export function stagedChanges(
  store: ObjectStore,
  index: IndexFile,
  tree: CacheTree | null,
  head: string | null,
): StagedChange[] {
  const changes: StagedChange[] = [];
  compare(head, '', 0, index.length, tree, 0);
  return changes;

  function compare(
    oid: string | null,
    prefix: string,
    from: number,
    to: number,
    cache: CacheTree | null,
    depth: number,
  ): void {
    if (oid !== null && cache?.oid === oid && cache.entries === to - from) return;
    if (depth > deepest)
      fail({ kind: 'repository-damaged', path: '', detail: 'Its folders lie too deep in each other.' });
    const rows = oid === null ? noRows : rowsOf(store, oid);
    let row = 0;
    let entry = from;
    while (row < rows.length || entry < to) {
      const there = rows[row];
      const here = entry < to ? keyAt(entry, prefix) : null;
      if (here !== null && (!there || here < there.key)) {
        if (here.endsWith('/')) {
          const end = endOf(prefix + here, entry, to, cacheOf(cache, here));
          compare(null, prefix + here, entry, end, null, depth + 1);
          entry = end;
        } else entry = file(entry, prefix + here, null, to);
      } else if (there && (here === null || there.key < here)) {
        gone(there, prefix, depth);
        row += 1;
      } else if (there && here !== null) {
        const path = prefix + here;
        if (there.isFolder) {
          const below = cacheOf(cache, here);
          const end = endOf(path, entry, to, below);
          compare(there.oid, path, entry, end, below, depth + 1);
          entry = end;
        } else entry = file(entry, path, there, to);
        row += 1;
      }
    }
  }

  function keyAt(entry: number, prefix: string): string {
    const { names, start, end } = index.pathSpan(entry);
    const slash = names.indexOf(0x2f, start + prefix.length);
    return names.toString('latin1', start + prefix.length, slash < 0 || slash >= end ? end : slash + 1);
  }

  /** Behind the entries below a folder; the index remembers how many there are. */
  function endOf(folder: string, from: number, to: number, cache: CacheTree | null): number {
    const isInside = (entry: number) => {
      const { names, start, end } = index.pathSpan(entry);
      return end - start > folder.length && names.toString('latin1', start, start + folder.length) === folder;
    };
    if (cache && cache.entries > 0) {
      const end = from + cache.entries;
      if (end <= to && isInside(end - 1) && (end === to || !isInside(end))) return end;
    }
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isInside(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** One path of the index, all its stages; returns the entry behind it. */
  function file(entry: number, path: string, there: Leaf | null, to: number): number {
    if (index.stage(entry) !== 0) {
      let end = entry + 1;
      while (
        end < to &&
        index.stage(end) > index.stage(end - 1) &&
        index.pathBytes(end).equals(index.pathBytes(entry))
      )
        end += 1;
      return end;
    }
    // What is only intended to be added is not in the index for anybody who compares it.
    const here = index.intentToAdd(entry)
      ? null
      : { mode: plainMode(index.mode(entry)), oid: index.oid(entry) };
    if (here?.oid !== there?.oid || here?.mode !== there?.mode) changes.push({ path, from: there, to: here });
    return entry + 1;
  }

  function gone(row: Row, prefix: string, depth: number): void {
    if (!row.isFolder) changes.push({ path: prefix + row.key, from: row, to: null });
    else compare(row.oid, prefix + row.key, 0, 0, null, depth + 1);
  }
}

function cacheOf(cache: CacheTree | null, key: string): CacheTree | null {
  return cache?.folders.get(fromLatin1(key.slice(0, -1))) ?? null;
}

function rowsOf(store: ObjectStore, oid: string): Row[] {
  const object = store.read(oid);
  const entries = object.type === 'tree' ? parseTree(object.data) : null;
  if (!entries)
    return fail({ kind: 'repository-damaged', path: '', detail: `The object ${oid} is no tree.` });
  return entries.map(({ mode, name, oid }) => {
    const isFolder = isTree(mode);
    const text = name.toString('latin1');
    return { key: isFolder ? `${text}/` : text, isFolder, mode: plainMode(Number.parseInt(mode, 8)), oid };
  });
}
