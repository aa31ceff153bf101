import { fail } from '../../../shared/errors';
import { pathFromBytes } from '../path-bytes';
import { checkCancelled } from './cancellation';
import type { ObjectStore } from './objects/store';
import { isTree, parseTree, refuseTree, unsafeTree } from './tree-entry';

/** What stands at a path of a tree: a file, a link or a submodule. */
export interface Leaf {
  mode: number;
  oid: string;
}

export const sameLeaf = (one: Leaf | null, other: Leaf | null): boolean =>
  one === other || (one !== null && other !== null && one.mode === other.mode && one.oid === other.oid);

/** Deeper than any folder that can be checked out. */
const deepest = 2048;

interface Folder {
  leaves: Map<string, Leaf>;
  folders: Map<string, string>;
}

const nothing: Folder = { leaves: new Map(), folders: new Map() };

function folderOf(store: ObjectStore, oid: string | null, isWritten = false): Folder {
  if (oid === null) return nothing;
  const object = store.read(oid);
  const entries = object.type === 'tree' ? parseTree(object.data) : null;
  if (!entries)
    return fail({ kind: 'repository-damaged', path: '', detail: `The object ${oid} is no tree.` });
  const unsafe = isWritten ? unsafeTree(entries) : null;
  if (unsafe !== null) refuseTree(unsafe);
  const folder: Folder = { leaves: new Map(), folders: new Map() };
  for (const { mode, name, oid: id } of entries) {
    const text = pathFromBytes(name);
    if (isTree(mode)) folder.folders.set(text, id);
    else folder.leaves.set(text, { mode: canonicalMode(Number.parseInt(mode, 8)), oid: id });
  }
  return folder;
}

/** As the index has them: git knows no other permissions than the execute bit. */
export function canonicalMode(mode: number): number {
  const type = mode & 0o170000;
  if (type === 0o120000 || type === 0o160000) return type;
  return mode & 0o100 ? 0o100755 : 0o100644;
}

/** A path at which trees are not all the same, and what each of them has there. */
interface Difference {
  path: string;
  leaves: (Leaf | null)[];
}

/**
 * Every path at which the trees (null: none) are not all the same, in no order
 * that means anything. Folders that are the same in all of them are not read.
 * `written`: which of the trees are to be written to index and disk; one that
 * is not safe there (tree-entry.ts) is refused.
 */
export function walkTrees(
  store: ObjectStore,
  trees: readonly (string | null)[],
  written: readonly number[] = [],
): Generator<Difference> {
  return walk(store, trees, written, '', 0);
}

function* walk(
  store: ObjectStore,
  trees: readonly (string | null)[],
  written: readonly number[],
  prefix: string,
  depth: number,
): Generator<Difference> {
  if (trees.every((tree) => tree === trees[0])) return;
  checkCancelled();
  if (depth > deepest)
    fail({ kind: 'repository-damaged', path: '', detail: 'Its folders lie too deep in each other.' });
  const read = new Map<string, Folder>();
  const sides = trees.map((tree, side) => {
    const isWritten = written.includes(side);
    const key = `${tree} ${isWritten}`;
    const folder = read.get(key) ?? folderOf(store, tree, isWritten);
    read.set(key, folder);
    return folder;
  });
  const names = new Set(sides.flatMap((side) => [...side.leaves.keys()]));
  for (const name of names) {
    const leaves = sides.map((side) => side.leaves.get(name) ?? null);
    if (!leaves.every((leaf) => sameLeaf(leaf, leaves[0] ?? null))) yield { path: prefix + name, leaves };
  }
  const folders = new Set(sides.flatMap((side) => [...side.folders.keys()]));
  for (const name of folders) {
    const below = sides.map((side) => side.folders.get(name) ?? null);
    yield* walk(store, below, written, `${prefix}${name}/`, depth + 1);
  }
}

export interface TreeChange {
  path: string;
  from: Leaf | null;
  to: Leaf | null;
}

/** What differs from one tree to another, by path. `isWritten`: `to` is to be written, and refused where that is not safe. */
export function treeChanges(
  store: ObjectStore,
  from: string | null,
  to: string | null,
  isWritten = false,
): Map<string, TreeChange> {
  const changes = new Map<string, TreeChange>();
  for (const { path, leaves } of walkTrees(store, [from, to], isWritten ? [1] : []))
    changes.set(path, { path, from: leaves[0] ?? null, to: leaves[1] ?? null });
  return changes;
}

/** The tree of a folder in a tree; null: there is none. */
export function treeAt(store: ObjectStore, tree: string | null, path: string): string | null {
  let at = tree;
  for (const part of path.split('/')) {
    if (at === null) return null;
    at = folderOf(store, at).folders.get(part) ?? null;
  }
  return at;
}

/** What stands at one path of a tree; null: nothing, or a folder. */
export function leafAt(store: ObjectStore, tree: string | null, path: string): Leaf | null {
  const slash = path.lastIndexOf('/');
  const folder = slash < 0 ? tree : treeAt(store, tree, path.slice(0, slash));
  return folder === null ? null : (folderOf(store, folder).leaves.get(path.slice(slash + 1)) ?? null);
}
