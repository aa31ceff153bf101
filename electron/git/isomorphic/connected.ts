import { type CommitLinks, createDateQueue, openHistory, parseLinks, tagged } from './commit-links';
import type { ObjectStore } from './objects/store';
import { isSubmodule, isTree, parseTree } from './tree-entry';

/** What is known before a proof. */
export interface Ground {
  store: ObjectStore;
  /** Commits all of whose history was here before: refs of ours. */
  ours: readonly string[];
  /** Commits whose parents were not here before, and those whose are not here now. */
  cutBefore: ReadonlySet<string>;
  cut: ReadonlySet<string>;
  /** Contents may be missing: the server promised to keep them. */
  promised: boolean;
}

/** Deeper than any project, shallower than what breaks stacks. */
const deepest = 2048;

/**
 * Whether everything the tips lead to is here, as `git rev-list --objects
 * <tips> --not <ours>` walks it: every commit not in our history yet, and of
 * its folders what is not the same in a parent. Returns what is missing; null:
 * nothing. Objects in nobody's history prove nothing: they are walked as well.
 */
export function missingOf(ground: Ground, tips: readonly string[]): string | null {
  const { store } = ground;
  const commits: string[] = [];
  const trees: string[] = [];
  for (const tip of tips) {
    const found = behindTags(store, tip);
    if (found === null) return tip;
    if (found.type === 'commit') commits.push(found.oid);
    else if (found.type === 'tree') trees.push(found.oid);
  }
  const walk = newCommits(ground, commits);
  if (typeof walk === 'string') return walk;
  const checkTree = createTreeCheck(store, ground.promised);
  for (const tree of trees) {
    const missing = checkTree(tree, []);
    if (missing !== null) return missing;
  }
  // The oldest first: what a parent has, its child need not be asked about.
  for (const { tree, parents } of walk.reverse()) {
    const known = parents.flatMap((parent) => treeOf(store, parent) ?? []);
    const missing = checkTree(tree, known);
    if (missing !== null) return missing;
  }
  return null;
}

/** The same of commits alone: one of the tips' history, ours aside, that is not here. */
export function missingCommit(ground: Ground, tips: readonly string[]): string | null {
  const found = tips.map((tip) => behindTags(ground.store, tip));
  if (found.includes(null)) return tips[found.indexOf(null)] ?? null;
  const commits = found.flatMap((one) => (one?.type === 'commit' ? [one.oid] : []));
  const walk = newCommits(ground, commits);
  return typeof walk === 'string' ? walk : null;
}

function behindTags(store: ObjectStore, tip: string): { type: string; oid: string } | null {
  for (let oid = tip, depth = 0; depth < 100; depth += 1) {
    const header = store.header(oid);
    if (header?.type !== 'tag') return header === null ? null : { type: header.type, oid };
    const next = tagged(store.read(oid).data);
    if (next === null) return null;
    oid = next;
  }
  return null;
}

/** Commits of the tips' history that are not in ours, children before their parents; a text: the id of one that is missing. */
function newCommits(
  { store, ours, cutBefore, cut }: Ground,
  tips: readonly string[],
): CommitLinks[] | string {
  const state = new Map<string, { isOurs: boolean; isDone: boolean }>();
  const queue = createDateQueue();
  const found: CommitLinks[] = [];
  const history = openHistory(store, new Set());
  let open = 0;

  function reach(oid: string, isOurs: boolean): boolean {
    const known = state.get(oid);
    if (known === undefined) {
      const links = history.links(oid);
      // A history of ours that ends early is not for this proof to find.
      if (links === null) return isOurs;
      state.set(oid, { isOurs, isDone: false });
      queue.push(oid, links.date);
      if (!isOurs) open += 1;
    } else if (isOurs && !known.isOurs) {
      known.isOurs = true;
      if (!known.isDone) open -= 1;
      // Clocks that go wrong: it was taken for new, which costs time only.
    }
    return true;
  }

  for (const oid of ours) reach(oid, true);
  for (const oid of tips) if (!reach(oid, false)) return oid;
  while (open > 0) {
    const oid = queue.pop();
    const row = oid === null ? undefined : state.get(oid);
    const links = oid === null ? null : history.links(oid);
    if (oid === null || !row || !links) break;
    row.isDone = true;
    if (!row.isOurs) open -= 1;
    const ends = row.isOurs ? cutBefore : cut;
    const parents = ends.has(oid) ? [] : links.parents;
    if (!row.isOurs) found.push({ ...links, parents });
    for (const parent of parents) if (!reach(parent, row.isOurs)) return parent;
    // Behind a cut that is gone lies what came now.
    if (row.isOurs && cutBefore.has(oid) && !cut.has(oid))
      for (const parent of links.parents) if (!reach(parent, false)) return parent;
  }
  return found;
}

function linksOf(store: ObjectStore, oid: string): CommitLinks | null {
  const object = store.find(oid);
  return object?.type === 'commit' ? parseLinks(object.data) : null;
}

function treeOf(store: ObjectStore, commit: string): string | null {
  return linksOf(store, commit)?.tree ?? null;
}

/** Checks a folder against folders that are known to be whole. Returns what is missing. */
function createTreeCheck(store: ObjectStore, promised: boolean) {
  const whole = new Set<string>();
  const names = (tree: string): Map<string, string> => {
    const object = store.find(tree);
    const entries = object?.type === 'tree' ? (parseTree(object.data) ?? []) : [];
    return new Map(entries.map(({ name, oid }) => [name.toString('latin1'), oid]));
  };

  return function check(tree: string, known: readonly string[], depth = 0): string | null {
    if (whole.has(tree) || known.includes(tree)) return null;
    const object = store.find(tree);
    if (object === null && promised) return null;
    const entries = object?.type === 'tree' ? parseTree(object.data) : null;
    if (entries === null || depth > deepest) return tree;
    const others = known.map(names);
    for (const { mode, name, oid } of entries) {
      const same = others.flatMap((other) => other.get(name.toString('latin1')) ?? []);
      if (isSubmodule(mode) || same.includes(oid)) continue;
      if (isTree(mode)) {
        const missing = check(oid, same, depth + 1);
        if (missing !== null) return missing;
      } else if (!whole.has(oid)) {
        if (!promised && !store.has(oid)) return oid;
        whole.add(oid);
      }
    }
    whole.add(tree);
    return null;
  };
}
