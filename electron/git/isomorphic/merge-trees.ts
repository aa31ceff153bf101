import { fail } from '../../../shared/errors';
import type { ObjectStore } from './objects/store';
import { findRenames, type Rename, type ThreeLeaves } from './renames';
import { mergeText } from './text-merge';
import { isBinary } from './text-lines';
import { type Leaf, leafAt, sameLeaf, treeAt, walkTrees } from './tree-walk';

/** How the sides of a conflict are called in its markers. */
export interface MergeLabels {
  ours: string;
  theirs: string;
}

/** What stands at a path after the merge, and what the index keeps of a conflict there. */
export interface MergedPath {
  ours: Leaf | null;
  /** In the working tree; null: nothing. */
  result: Leaf | null;
  /** Null: no conflict. Stages 1 to 3. */
  stages: ThreeLeaves | null;
}

export interface MergedTrees {
  /** Only paths that are not as `ours` has them, and conflicts. */
  paths: Map<string, MergedPath>;
  conflicts: string[];
}

/**
 * Merges two trees with their base, as git's ort does, one path after the
 * other; contents that are made on the way are written as objects. What it
 * does not do as git would rejects `unsupported`: never a wrong clean result.
 */
export function mergeTrees(
  store: ObjectStore,
  trees: { base: string | null; ours: string | null; theirs: string | null },
  labels: MergeLabels,
  mergesDifferently: (path: string) => boolean = () => false,
): MergedTrees {
  const paths = new Map<string, ThreeLeaves>();
  for (const { path, leaves } of walkTrees(store, [trees.base, trees.ours, trees.theirs], [0, 2]))
    paths.set(path, { base: leaves[0] ?? null, ours: leaves[1] ?? null, theirs: leaves[2] ?? null });
  const renames = findRenames(store, paths, {
    isFolder: (tree, path) => treeAt(store, trees[tree], path) !== null,
  });
  const merged = new Map<string, MergedPath>();
  const moved = new Set<string>();
  for (const rename of renames) {
    const { from, to } = rename;
    moved.add(from).add(to);
    const leaves = alongRename(paths, rename);
    const atOurs = rename.side === 'ours' ? to : from;
    const atTheirs = rename.side === 'theirs' ? to : from;
    const named = { ours: `${labels.ours}:${atOurs}`, theirs: `${labels.theirs}:${atTheirs}` };
    merged.set(to, {
      ...mergePath(store, to, leaves, named, mergesDifferently),
      ours: paths.get(to)?.ours ?? null,
    });
    const before = paths.get(from)?.ours ?? null;
    if (before) merged.set(from, { ours: before, result: null, stages: null });
  }
  for (const [path, leaves] of paths) {
    if (moved.has(path)) continue;
    const outcome = mergePath(store, path, leaves, labels, mergesDifferently);
    if (outcome.stages || !sameLeaf(outcome.result, leaves.ours))
      merged.set(path, { ...outcome, ours: leaves.ours });
  }
  requireRoom(store, trees.ours, merged);
  return {
    paths: merged,
    conflicts: [...merged].filter(([, { stages }]) => stages !== null).map(([path]) => path),
  };
}

function alongRename(paths: ReadonlyMap<string, ThreeLeaves>, { side, from, to }: Rename): ThreeLeaves {
  const before = paths.get(from);
  const after = paths.get(to);
  return {
    base: before?.base ?? null,
    ours: (side === 'ours' ? after?.ours : before?.ours) ?? null,
    theirs: (side === 'theirs' ? after?.theirs : before?.theirs) ?? null,
  };
}

const kindOf = (leaf: Leaf) => leaf.mode & 0o170000;

function mergePath(
  store: ObjectStore,
  path: string,
  leaves: ThreeLeaves,
  labels: MergeLabels,
  mergesDifferently: (path: string) => boolean,
): Omit<MergedPath, 'ours'> {
  const { base, ours, theirs } = leaves;
  if (sameLeaf(ours, theirs) || sameLeaf(base, theirs)) return { result: ours, stages: null };
  if (sameLeaf(base, ours)) return { result: theirs, stages: null };
  // Deleted on one side and changed on the other: what is left stays in the working tree.
  if (!ours || !theirs) return { result: ours ?? theirs, stages: leaves };
  if (kindOf(ours) !== kindOf(theirs))
    return fail({
      kind: 'unsupported',
      what: 'this merge',
      reason: `${path} became a file on one side and a link or submodule on the other. Install git to merge it.`,
    });
  const mode = mergedMode(base, ours, theirs);
  const before = base && kindOf(base) === kindOf(ours) ? base : null;
  const content = mergeContent(store, path, { base: before, ours, theirs }, labels, mergesDifferently);
  const result = { mode: mode.mode, oid: content.oid };
  return { result, stages: mode.clean && content.clean ? null : leaves };
}

function mergedMode(base: Leaf | null, ours: Leaf, theirs: Leaf): { mode: number; clean: boolean } {
  if (ours.mode === theirs.mode || base?.mode === ours.mode) return { mode: theirs.mode, clean: true };
  // Without a base two modes that differ are a conflict, and the executable one is taken.
  return { mode: ours.mode, clean: base?.mode === theirs.mode };
}

function mergeContent(
  store: ObjectStore,
  path: string,
  { base, ours, theirs }: { base: Leaf | null; ours: Leaf; theirs: Leaf },
  labels: MergeLabels,
  mergesDifferently: (path: string) => boolean,
): { oid: string; clean: boolean } {
  if (ours.oid === theirs.oid || base?.oid === theirs.oid) return { oid: ours.oid, clean: true };
  if (base?.oid === ours.oid) return { oid: theirs.oid, clean: true };
  // Links and submodules are not put together; git takes a submodule forward by itself where it can, here it is asked about.
  if (kindOf(ours) !== 0o100000) return { oid: ours.oid, clean: false };
  if (mergesDifferently(path))
    fail({
      kind: 'unsupported',
      what: 'this merge',
      reason: `The repository's attributes say how ${path} is merged, which the built-in engine does not do. Install git to merge it.`,
    });
  const read = (leaf: Leaf | null) => (leaf ? store.read(leaf.oid).data : Buffer.alloc(0));
  const [before, mine, other] = [read(base), read(ours), read(theirs)];
  if ([before, mine, other].some(isBinary)) return { oid: ours.oid, clean: false };
  const { data, conflicts } = mergeText(before, mine, other, labels);
  return { oid: store.write('blob', data), clean: conflicts === 0 };
}

/** A file cannot stand where the result has a folder; git then gives the file another name. */
function requireRoom(store: ObjectStore, ours: string | null, merged: ReadonlyMap<string, MergedPath>): void {
  const refuse = (path: string) =>
    fail({
      kind: 'unsupported',
      what: 'this merge',
      reason: `${path} is a file on one side and a folder on the other. Install git to merge it.`,
    });
  const stands = (path: string) => {
    const change = merged.get(path);
    return change ? change.result !== null : leafAt(store, ours, path) !== null;
  };
  const checked = new Set<string>();
  for (const [path, { result }] of merged) {
    if (!result) continue;
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (checked.has(folder)) break;
      checked.add(folder);
      if (stands(folder)) refuse(folder);
    }
    const below = treeAt(store, ours, path);
    if (below === null) continue;
    for (const { path: inside } of walkTrees(store, [below, null]))
      if (stands(`${path}/${inside}`)) refuse(path);
  }
}
