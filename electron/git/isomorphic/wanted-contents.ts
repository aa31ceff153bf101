import type { WantedContents } from '../operations/transfer';
import { type History, openHistory } from './commit-links';
import { commitNamed } from './revision';
import { readShallow } from './shallow-file';
import { heldFolders } from './sparse-folders';
import { leafAt, type TreeChange, treeChanges } from './tree-walk';
import type { Workplace } from './workplace';

const submodule = 0o160000;

/** Ids of contents something needs; whether they are here is looked at afterwards. */
export function wantedOids(place: Workplace, wanted: WantedContents): string[] {
  const history = openHistory(place.store, readShallow(place.gitdir));
  switch (wanted.kind) {
    case 'objects':
      return wanted.oids.filter((oid) => /^[0-9a-f]{40}$/.test(oid));
    case 'checkout': {
      const now = place.refs.resolve('HEAD').oid;
      if (now === null) return [];
      const held = heldFolders(place.gitdir, place.config);
      const then = commitNamed(place, wanted.ref);
      return oidsOf(changes(place, history, now, then).filter(({ path }) => held(path)));
    }
    case 'changes': {
      const to = commitNamed(place, wanted.to);
      const from =
        wanted.from === null ? (history.links(to)?.parents[0] ?? null) : commitNamed(place, wanted.from);
      const { paths } = wanted;
      const isMeant = (path: string) =>
        paths === null || paths.some((one) => path === one || path.startsWith(`${one}/`));
      return oidsOf(changes(place, history, from, to).filter(({ path }) => isMeant(path)));
    }
    default:
      return historyOids(place, history, commitNamed(place, wanted.ref), wanted.path);
  }
}

function changes(place: Workplace, history: History, from: string | null, to: string): TreeChange[] {
  const treeOf = (commit: string | null) => (commit === null ? null : (history.links(commit)?.tree ?? null));
  return [...treeChanges(place.store, treeOf(from), treeOf(to)).values()];
}

function oidsOf(found: readonly TreeChange[]): string[] {
  return found.flatMap(({ from, to }) =>
    [from, to].flatMap((leaf) => (leaf === null || leaf.mode === submodule ? [] : [leaf.oid])),
  );
}

/** Each content one file had, followed through renames that changed nothing: others could be seen only with the contents. */
function historyOids(place: Workplace, history: History, ref: string, path: string): string[] {
  const { store } = place;
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = [{ commit: ref, path }];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const key = `${one.commit} ${one.path}`;
    const links = seen.has(key) ? null : history.links(one.commit);
    seen.add(key);
    const leaf = links === null ? null : leafAt(store, links.tree, one.path);
    if (links === null || leaf === null) continue;
    if (leaf.mode !== submodule) found.add(leaf.oid);
    for (const parent of links.parents) {
      const before = history.links(parent)?.tree ?? null;
      if (before === null) continue;
      if (leafAt(store, before, one.path) !== null) {
        open.push({ commit: parent, path: one.path });
        continue;
      }
      for (const change of treeChanges(store, before, links.tree).values())
        if (change.to === null && change.from?.oid === leaf.oid)
          open.push({ commit: parent, path: change.path });
    }
  }
  return [...found];
}
