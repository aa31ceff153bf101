import { fail } from '../../../../shared/errors';
import type { Links } from './link-set';
import { kindOf, kinds, type ObjectTable } from './object-table';
import type { ObjectStore } from './store';
import type { Sorted } from './write-index';

/** What may be missing of what a pack names. */
export interface Missing {
  /** Commits the history is cut at, those of earlier fetches too: their parents are not here. */
  shallow: readonly string[];
  /** What a promisor remote gives later: git-rev-list(1), `--filter`. */
  promised: 'nothing' | 'contents' | 'everything';
}

export interface Arrived {
  host: string;
  table: ObjectTable;
  sorted: Sorted;
  /** What was here before; null: nothing. */
  store: ObjectStore | null;
  /** A commit of the pack, or of before; null: it is nowhere. */
  readCommit(oid: string): Buffer | null;
}

/**
 * Proves that everything is there: the tips, and whatever any object of the
 * pack names, each of the kind it is named as. Objects from before count as
 * they are: nothing becomes part of a repository before this was shown for it.
 */
export function checkLinks(arrived: Arrived, sets: Links[], tips: readonly string[], missing: Missing): void {
  const { host, table, sorted, store } = arrived;
  const incomplete = (detail: string) => fail({ kind: 'transfer-incomplete', host, detail });
  let cut: Set<string> | null = null;

  function isBehindCut(oid: string): boolean {
    if (missing.shallow.length === 0) return false;
    cut ??= new Set(missing.shallow.flatMap((commit) => parentsOf(arrived.readCommit(commit))));
    return cut.has(oid);
  }

  for (const tip of tips)
    if (sorted.find(Buffer.from(tip, 'hex'), 0) < 0 && store?.has(tip) !== true)
      incomplete('a commit is missing');
  for (const { count, ids: shared, kinds: named } of sets) {
    const ids = new Uint8Array(shared);
    const wanted = new Uint8Array(named);
    for (let at = 0; at < count; at += 1) {
      const kind = wanted[at] as number;
      const object = sorted.find(ids, at * 20);
      const found = object >= 0 ? (table.kind[object] as number) : 0;
      if (found === kind) continue;
      const oid = Buffer.from(ids.subarray(at * 20, at * 20 + 20)).toString('hex');
      const here = found > 0 ? kinds[found] : store?.header(oid)?.type;
      if (here === kinds[kind]) continue;
      if (here) fail({ kind: 'unexpected-answer', host, detail: 'an object is named as two kinds' });
      if (missing.promised === 'everything' || (missing.promised === 'contents' && kind === kindOf.blob))
        continue;
      if (kind !== kindOf.commit) incomplete('a file or folder is missing');
      if (!isBehindCut(oid)) incomplete('a commit is missing');
    }
  }
}

function parentsOf(commit: Buffer | null): string[] {
  const head = commit?.toString('latin1').split('\n\n', 1)[0] ?? '';
  return [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] ?? '');
}
