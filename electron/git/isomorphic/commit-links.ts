import type { ObjectStore } from './objects/store';

/** What a commit leads to, and when it was made. */
export interface CommitLinks {
  tree: string;
  parents: readonly string[];
  /** Of the committer, seconds. */
  date: number;
}

/** Null: it is no commit git would read. */
export function parseLinks(data: Buffer): CommitLinks | null {
  if (data.length < 46 || data.toString('latin1', 0, 5) !== 'tree ' || data[45] !== 0x0a) return null;
  const tree = data.toString('latin1', 5, 45);
  const parents: string[] = [];
  let at = 46;
  while (data.toString('latin1', at, at + 7) === 'parent ') {
    parents.push(data.toString('latin1', at + 7, at + 47));
    at += 48;
  }
  const committer = data.indexOf('\ncommitter ', at - 1);
  const end = committer < 0 ? -1 : data.indexOf(0x0a, committer + 1);
  const line = end < 0 ? '' : data.toString('latin1', Math.max(committer, end - 60), end);
  const date = Number(/> (\d{1,15})(?: [+-]\d+)?$/.exec(line)?.[1] ?? 0);
  if (![tree, ...parents].every((oid) => /^[0-9a-f]{40}$/.test(oid))) return null;
  return { tree, parents, date };
}

/** The commits of a repository by what they lead to. Those of `cut` have no parents here. */
export interface History {
  /** Null: it is not here, or no commit. */
  links(oid: string): CommitLinks | null;
  /** The commit behind a tag; null: there is none. */
  commitOf(oid: string): string | null;
  /** What a tag, or a tag of tags, is about in the end; what is no tag is itself. */
  peeled(oid: string): string;
  /** Whether `old` is in the history of `tip`, or the same. */
  isAncestor(old: string, tip: string): boolean;
}

/** As many as a million commits need; then it begins anew. */
const mostKept = 400_000;
/** Clocks of those who commit differ. */
const skew = 86_400;

export function openHistory(store: ObjectStore, cut: ReadonlySet<string>): History {
  const kept = new Map<string, CommitLinks | null>();
  function links(oid: string): CommitLinks | null {
    const known = kept.get(oid);
    if (known !== undefined) return known;
    const object = store.find(oid);
    const parsed = object?.type === 'commit' ? parseLinks(object.data) : null;
    const found = parsed && cut.has(oid) ? { ...parsed, parents: [] } : parsed;
    if (kept.size >= mostKept) kept.clear();
    kept.set(oid, found);
    return found;
  }
  function peeled(oid: string): string {
    let at = oid;
    for (let depth = 0; depth < 100 && store.header(at)?.type === 'tag'; depth += 1)
      at = tagged(store.read(at).data) ?? at;
    return at;
  }
  return {
    links,
    commitOf(oid) {
      if (kept.get(oid)) return oid;
      const found = peeled(oid);
      return links(found) === null ? null : found;
    },
    peeled,
    isAncestor(old, tip) {
      const target = links(old);
      if (target === null) return false;
      const queue = createDateQueue();
      const seen = new Set<string>();
      const push = (oid: string) => {
        const found = seen.has(oid) ? null : links(oid);
        seen.add(oid);
        if (found && found.date >= target.date - skew) queue.push(oid, found.date);
      };
      push(tip);
      for (let oid = queue.pop(); oid !== null; oid = queue.pop()) {
        if (oid === old) return true;
        for (const parent of links(oid)?.parents ?? []) push(parent);
      }
      return false;
    },
  };
}

/** The object a tag is about; null: it is no tag. */
export function tagged(data: Buffer): string | null {
  return /^object ([0-9a-f]{40})\n/.exec(data.toString('latin1', 0, 48))?.[1] ?? null;
}

export interface DateQueue {
  push(oid: string, date: number): void;
  /** The newest; null: there is none left. */
  pop(): string | null;
  size(): number;
}

/** A binary heap. */
export function createDateQueue(): DateQueue {
  const rows: { oid: string; date: number }[] = [];
  const at = (index: number) => rows[index] ?? { oid: '', date: Number.NEGATIVE_INFINITY };
  const swap = (one: number, other: number) => {
    const row = at(one);
    rows[one] = at(other);
    rows[other] = row;
  };
  return {
    push(oid, date) {
      rows.push({ oid, date });
      for (let child = rows.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (at(parent).date >= at(child).date) break;
        swap(parent, child);
        child = parent;
      }
    },
    pop() {
      const first = rows[0];
      const last = rows.pop();
      if (first === undefined || last === undefined) return null;
      if (rows.length > 0) {
        rows[0] = last;
        for (let parent = 0; ; ) {
          const left = 2 * parent + 1;
          const child = at(left + 1).date > at(left).date ? left + 1 : left;
          if (at(child).date <= at(parent).date) break;
          swap(parent, child);
          parent = child;
        }
      }
      return first.oid;
    },
    size: () => rows.length,
  };
}
