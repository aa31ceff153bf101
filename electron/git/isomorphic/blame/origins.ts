import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../../shared/errors';
import { historyOf } from '../history';
import type { Opened } from '../opened';
import { fromLatin1 } from '../patterns/pattern-file';
import { type RenameCandidate, renamePairs } from '../rename-pairs';
import { stagedChanges } from '../status/head-changes';
import { type Leaf, leafAt, type TreeChange, treeChanges } from '../tree-walk';
import { latin1Path } from '../working-content';

/** A file as it is in a commit. */
export interface Origin {
  /** Null: not committed. */
  oid: string | null;
  path: string;
  /** Id of its content; null: it has no object. */
  blob: string | null;
  read: () => Buffer;
}

/** Where lines of a file may be from. */
export interface BlameOrigins {
  inCommit(oid: string, path: string, leaf: Leaf): Origin;
  /** The file in each parent, under another name where it had one; only that which is all the same, if one is. */
  parents(origin: Origin): Origin[];
}

const kindOf = (mode: number) => mode & 0o170000;
const submodule = 0o160000;

export function blameOrigins(opened: Opened): BlameOrigins {
  const { store, gitdir } = opened;
  const history = historyOf(opened);
  const inCommit = (oid: string, name: string, leaf: Leaf): Origin => ({
    oid,
    path: name,
    blob: leaf.oid,
    read: () => (store.find(leaf.oid) ?? fail({ kind: 'contents-missing', oid: leaf.oid })).data,
  });

  function parentsOf(oid: string | null): readonly string[] {
    if (oid !== null) return history.node(oid).parents;
    const head = opened.refs.resolve('HEAD').oid;
    return head === null ? [] : [head, ...merging(gitdir)];
  }

  function sameName(parent: string, { oid, path: name }: Origin): Origin | null {
    const { tree } = history.node(parent);
    const leaf = leafAt(store, tree, name);
    if (leaf === null || leaf.mode === submodule) return null;
    const own = oid === null ? leaf : leafAt(store, history.node(oid).tree, name);
    // Another kind of file is another file.
    return own && kindOf(own.mode) === kindOf(leaf.mode) ? inCommit(parent, name, leaf) : null;
  }

  function otherName(parent: string, { oid, path: name }: Origin): Origin | null {
    const { tree } = history.node(parent);
    const changes =
      oid === null ? staged(opened, tree) : treeChanges(store, tree, history.node(oid).tree).values();
    const candidate = (at: string, leaf: Leaf): RenameCandidate & { name: string } => ({
      ...leaf,
      name: at,
      path: latin1Path(at),
      size: () => store.header(leaf.oid)?.size ?? 0,
      content: () => store.find(leaf.oid)?.data ?? null,
    });
    const gone: ReturnType<typeof candidate>[] = [];
    const added: ReturnType<typeof candidate>[] = [];
    for (const one of changes)
      if (one.from && !one.to) gone.push(candidate(one.path, one.from));
      else if (one.to && !one.from) added.push(candidate(one.path, one.to));
    if (!added.some((one) => one.name === name)) return null;
    const byPath = (one: RenameCandidate, other: RenameCandidate) => (one.path < other.path ? -1 : 1);
    const pair = renamePairs(gone.sort(byPath), added.sort(byPath)).find(({ to }) => to.name === name);
    return pair ? inCommit(parent, pair.from.name, pair.from) : null;
  }

  return {
    inCommit,
    parents(origin) {
      const parents = parentsOf(origin.oid);
      const found = new Map<string, Origin>();
      const seen = new Set<string | null>();
      // Names that stayed come before others, whichever parent has them.
      for (const find of [sameName, otherName])
        for (const parent of parents) {
          if (found.has(parent)) continue;
          const one = find(parent, origin);
          if (one === null) continue;
          if (one.blob === origin.blob) return [one];
          // The same content once more tells nothing.
          if (seen.has(one.blob)) continue;
          seen.add(one.blob);
          found.set(parent, one);
        }
      return parents.flatMap((parent) => found.get(parent) ?? []);
    },
  };
}

function staged(opened: Opened, tree: string): TreeChange[] {
  const { index, tree: cached } = opened.index();
  return stagedChanges(opened.store, index, cached, tree).map((one) => ({
    ...one,
    path: fromLatin1(one.path),
  }));
}

/** The other commits of a merge that is not committed yet. */
function merging(gitdir: string): string[] {
  try {
    return readFileSync(path.join(gitdir, 'MERGE_HEAD'), 'latin1').match(/^[0-9a-f]{40}$/gm) ?? [];
  } catch {
    return [];
  }
}
