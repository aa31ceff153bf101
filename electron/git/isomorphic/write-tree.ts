import { pathToBytes } from '../path-bytes';
import type { CacheTree } from './cache-tree';
import type { IndexDraft } from './index-draft';
import type { ObjectStore } from './objects/store';
import type { Leaf } from './tree-walk';

export const isEmptyTree = (tree: string): boolean => tree === '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** A folder while its tree is made: leaves, folders, and folders whose trees are known. */
interface Folder {
  leaves: Map<string, Leaf>;
  folders: Map<string, Folder>;
  known: Map<string, string>;
}

const emptyFolder = (): Folder => ({ leaves: new Map(), folders: new Map(), known: new Map() });

/** Writes the trees of what an index holds (its merged entries); folders the index knows the tree of are not read. */
export function writeTree(store: ObjectStore, draft: IndexDraft): string {
  const { base } = draft;
  const known = draft.startedAnew ? null : usable(base.tree, new Set(draft.changedPaths()));
  if (known?.oid && store.has(known.oid)) return known.oid;
  const root = emptyFolder();
  let skipped = '';
  for (const row of draft.merged()) {
    const isBase = typeof row === 'number';
    const path = isBase ? base.path(row) : row.entry.path;
    if (isBase && skipped !== '' && path.startsWith(skipped)) continue;
    skipped = '';
    const stage = isBase ? base.stage(row) : row.entry.stage;
    const later = isBase ? base.intentToAdd(row) : row.entry.intentToAdd;
    if (stage !== 0 || later) continue;
    if (isBase && known) {
      const folder = knownFolder(store, known, path);
      if (folder) {
        folderFor(root, folder.path.split('/').slice(0, -1)).known.set(
          folder.path.split('/').at(-1) ?? '',
          folder.oid,
        );
        skipped = `${folder.path}/`;
        continue;
      }
    }
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const leaf = isBase
      ? { mode: base.mode(row), oid: base.oid(row) }
      : { mode: row.entry.mode, oid: row.entry.oid };
    folderFor(root, parts).leaves.set(name, leaf);
  }
  return writeFolder(store, root) ?? store.write('tree', Buffer.alloc(0));
}

/** The tree of a set of paths. */
export function treeOfLeaves(
  store: ObjectStore,
  leaves: Iterable<readonly [path: string, leaf: Leaf]>,
): string {
  const root = emptyFolder();
  for (const [path, leaf] of leaves) {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    folderFor(root, parts).leaves.set(name, leaf);
  }
  return writeFolder(store, root) ?? store.write('tree', Buffer.alloc(0));
}

function folderFor(root: Folder, parts: readonly string[]): Folder {
  let at = root;
  for (const part of parts) {
    let next = at.folders.get(part);
    if (!next) {
      next = emptyFolder();
      at.folders.set(part, next);
    }
    at = next;
  }
  return at;
}

/** Null: it holds nothing, and git knows no empty folders. */
function writeFolder(store: ObjectStore, folder: Folder): string | null {
  const rows: { key: Buffer; name: Buffer; mode: string; oid: string }[] = [];
  const add = (text: string, mode: string, oid: string) => {
    const name = Buffer.from(pathToBytes(text));
    // A folder sorts as if its name ended with a slash.
    rows.push({ key: mode === '40000' ? Buffer.concat([name, Buffer.from('/')]) : name, name, mode, oid });
  };
  for (const [name, { mode, oid }] of folder.leaves) add(name, mode.toString(8), oid);
  for (const [name, oid] of folder.known) add(name, '40000', oid);
  for (const [name, below] of folder.folders) {
    const oid = writeFolder(store, below);
    if (oid !== null) add(name, '40000', oid);
  }
  if (rows.length === 0) return null;
  rows.sort((a, b) => Buffer.compare(a.key, b.key));
  return store.write(
    'tree',
    Buffer.concat(
      rows.flatMap(({ name, mode, oid }) => [
        Buffer.from(`${mode} `),
        name,
        Buffer.from([0]),
        Buffer.from(oid, 'hex'),
      ]),
    ),
  );
}

/** The trees an index knows, without those of folders in which something changed. */
function usable(tree: CacheTree | null, changed: ReadonlySet<string>): CacheTree | null {
  if (!tree) return null;
  const copy = (one: CacheTree): CacheTree => ({
    ...one,
    folders: new Map([...one.folders].map(([name, below]) => [name, copy(below)])),
  });
  const root = copy(tree);
  for (const path of changed) {
    let at: CacheTree | undefined = root;
    for (const part of path.split('/')) {
      if (!at) break;
      at.oid = null;
      at = at.folders.get(part);
    }
    // Where a folder was, there may be a file now.
    if (at) at.oid = null;
  }
  return root;
}

/** The highest folder of a path whose tree is known and here. */
function knownFolder(
  store: ObjectStore,
  root: CacheTree,
  path: string,
): { path: string; oid: string } | null {
  let at: CacheTree | undefined = root;
  for (let slash = path.indexOf('/'), start = 0; slash !== -1; ) {
    at = at.folders.get(path.slice(start, slash));
    if (!at) return null;
    if (at.oid !== null && at.entries > 0 && store.has(at.oid))
      return { path: path.slice(0, slash), oid: at.oid };
    start = slash + 1;
    slash = path.indexOf('/', start);
  }
  return null;
}
