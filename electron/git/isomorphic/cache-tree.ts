import { pathFromBytes, pathToBytes } from '../path-bytes';

/**
 * The TREE extension of an index, gitformat-index(5): for each folder the tree
 * object its entries make, where it is known. With a folder that is equal in
 * HEAD's tree nothing below has to be compared.
 */
export interface CacheTree {
  /** How many entries the folder holds, those below included; -1: its tree is not known any more. */
  entries: number;
  /** Null where `entries` is -1. */
  oid: string | null;
  /** By name; git writes them by length first. */
  folders: Map<string, CacheTree>;
}

const deepest = 4096;

/** Null where it is damaged: git goes on without one as well. */
export function parseCacheTree(data: Buffer): CacheTree | null {
  let at = 0;
  const node = (depth: number): { name: string; tree: CacheTree } | null => {
    const nul = data.indexOf(0, at);
    const newline = data.indexOf(0x0a, nul + 1);
    if (depth > deepest || nul < 0 || newline < 0 || newline - nul > 40) return null;
    const name = pathFromBytes(data.subarray(at, nul));
    const numbers = /^(-1|\d{1,10}) (\d{1,10})$/.exec(data.toString('latin1', nul + 1, newline));
    if (!numbers) return null;
    const entries = Number(numbers[1]);
    const count = Number(numbers[2]);
    at = newline + 1;
    let oid: string | null = null;
    if (entries >= 0) {
      if (at + 20 > data.length) return null;
      oid = data.toString('hex', at, at + 20);
      at += 20;
    }
    const tree: CacheTree = { entries, oid, folders: new Map() };
    for (let folder = 0; folder < count; folder += 1) {
      const below = node(depth + 1);
      if (!below || below.name === '' || below.name.includes('/')) return null;
      tree.folders.set(below.name, below.tree);
    }
    return { name, tree };
  };
  const root = node(0);
  return root === null || root.name !== '' || at !== data.length ? null : root.tree;
}

/** Forgets the trees of all folders a path lies in, and of the path itself where it was one. */
export function invalidate(root: CacheTree, path: string): void {
  const parts = path.split('/');
  const last = parts.pop() ?? '';
  let at: CacheTree | undefined = root;
  for (const part of parts) {
    at.entries = -1;
    at.oid = null;
    const next: CacheTree | undefined = at.folders.get(part);
    if (!next) return;
    at = next;
  }
  at.entries = -1;
  at.oid = null;
  at.folders.delete(last);
}

export function cacheTreeBytes(root: CacheTree): Buffer {
  const parts: Uint8Array[] = [];
  const add = (name: string, tree: CacheTree) => {
    parts.push(pathToBytes(name), Buffer.from(`\0${tree.entries} ${tree.folders.size}\n`));
    if (tree.oid !== null) parts.push(Buffer.from(tree.oid, 'hex'));
    for (const [folder, below] of tree.folders) add(folder, below);
  };
  add('', root);
  return Buffer.concat(parts);
}
