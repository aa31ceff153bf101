import { fail } from '../../../shared/errors';
import type { ObjectStore } from './objects/store';
import { leastAlike, similarity } from './similarity';
import { isBinary } from './text-lines';
import type { Leaf } from './tree-walk';

/** One side's change of a path against the base; null: not there. */
export interface ThreeLeaves {
  base: Leaf | null;
  ours: Leaf | null;
  theirs: Leaf | null;
}

type SideName = 'ours' | 'theirs';
const otherOf = { ours: 'theirs', theirs: 'ours' } as const;

export interface Rename {
  side: SideName;
  from: string;
  to: string;
}

/** Comparing more pairs than this would take long; git has a limit as well (merge.renameLimit). */
const mostPairs = 250_000;
/** Larger files are compared by their ids alone. */
const largestFile = 8 * 1024 ** 2;

const isFile = (leaf: Leaf) => (leaf.mode & 0o170000) === 0o100000;
const sameKind = (one: Leaf, other: Leaf) => (one.mode & 0o170000) === (other.mode & 0o170000);
const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

export function refuseRename(path: string): never {
  return fail({
    kind: 'unsupported',
    what: 'this merge',
    reason: `The file ${path} was moved on one side and changed on the other in a way the built-in engine does not merge. Install git to merge it.`,
  });
}

/**
 * Renames that matter to a merge: of files the other side changed. Where what
 * git would find is not beyond doubt, the merge is refused: a wrong guess would
 * look like a clean merge.
 */
export function findRenames(
  store: ObjectStore,
  paths: ReadonlyMap<string, ThreeLeaves>,
  folders: FolderQuestions,
): Rename[] {
  return [...renamesOf('ours'), ...renamesOf('theirs')];

  function renamesOf(side: SideName): Rename[] {
    const other = otherOf[side];
    const gone: [string, Leaf][] = [];
    const added: [string, Leaf][] = [];
    const touched = new Set<string>();
    for (const [path, leaves] of paths) {
      const mine = leaves[side];
      if (leaves.base && !mine && leaves.base.oid !== emptyBlob) {
        gone.push([path, leaves.base]);
        const theirs = leaves[other];
        if (!theirs || theirs.oid !== leaves.base.oid || theirs.mode !== leaves.base.mode) touched.add(path);
      } else if (!leaves.base && mine && mine.oid !== emptyBlob) added.push([path, mine]);
    }
    if (gone.length === 0 || added.length === 0) return [];
    const compare = comparer(store);
    refuseMovedFolders(side, gone, added, compare);
    if (touched.size === 0) return [];

    const exactTargets = new Set<string>();
    const exactSources = new Map<string, string[]>();
    const addedByOid = new Map<string, [string, Leaf][]>();
    for (const row of added) addedByOid.set(row[1].oid, [...(addedByOid.get(row[1].oid) ?? []), row]);
    for (const [source, base] of gone)
      for (const [target, leaf] of addedByOid.get(base.oid) ?? [])
        if (sameKind(leaf, base)) {
          exactTargets.add(target);
          exactSources.set(source, [...(exactSources.get(source) ?? []), target]);
        }
    const found: Rename[] = [];
    const left = added.filter(([target]) => !exactTargets.has(target));
    for (const [source, base] of gone) {
      if (!touched.has(source)) continue;
      const exact = exactSources.get(source);
      const targets =
        exact ?? left.filter(([, leaf]) => compare(base, leaf) >= leastAlike).map(([path]) => path);
      const [target] = targets;
      if (target === undefined) continue;
      const rivals = gone.filter(([path, one]) => {
        if (path === source) return false;
        if (exact) return exactSources.get(path)?.includes(target);
        const leaf = added.find(([name]) => name === target)?.[1];
        return leaf !== undefined && compare(one, leaf) >= leastAlike;
      });
      const theirs = paths.get(source)?.[other] ?? null;
      // Moved by both, moved and deleted, moved onto another's new file: git has conflicts of its own for each.
      if (targets.length > 1 || rivals.length > 0 || !theirs || paths.get(target)?.[other])
        return refuseRename(source);
      found.push({ side, from: source, to: target });
    }
    return found;
  }

  /** git moves what one side adds in a folder along with the folder the other side moved, and asks: merge.directoryRenames. */
  function refuseMovedFolders(
    side: SideName,
    gone: readonly [string, Leaf][],
    added: readonly [string, Leaf][],
    compare: Compare,
  ): void {
    const other = otherOf[side];
    const checked = new Set<string>();
    for (const [path, leaves] of paths) {
      if (leaves.base || !leaves[other]) continue;
      for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        const folder = path.slice(0, slash);
        if (checked.has(folder)) break;
        checked.add(folder);
        if (!folders.isFolder('base', folder) || folders.isFolder(side, folder)) continue;
        const from = gone.filter(([name]) => name.startsWith(`${folder}/`));
        if (from.some(([, base]) => added.some(([, leaf]) => compare(base, leaf) >= leastAlike)))
          refuseRename(path);
      }
    }
  }
}

/** Whether a path is a folder in one of the trees. */
export interface FolderQuestions {
  isFolder(tree: 'base' | SideName, path: string): boolean;
}

type Compare = (from: Leaf, to: Leaf) => number;

function comparer(store: ObjectStore): Compare {
  const known = new Map<string, number>();
  let pairs = 0;
  return (from, to) => {
    if (!sameKind(from, to)) return 0;
    if (from.oid === to.oid) return 60_000;
    if (!isFile(from)) return 0;
    const key = `${from.oid} ${to.oid}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    pairs += 1;
    if (pairs > mostPairs)
      fail({
        kind: 'unsupported',
        what: 'this merge',
        reason: 'Too many files were moved. Install git to merge it.',
      });
    const sizes = [from, to].map(({ oid }) => store.header(oid)?.size ?? Number.POSITIVE_INFINITY);
    const [one = 0, two = 0] = sizes;
    // Sizes this different settle it; two files this large are not compared by guesses.
    const tooDifferent = Math.min(one, two) * 2 < Math.max(one, two);
    const like = tooDifferent
      ? 0
      : Math.max(one, two) > largestFile
        ? leastAlike
        : similarity(store.read(from.oid).data, store.read(to.oid).data, isBinary);
    known.set(key, like);
    return like;
  };
}
