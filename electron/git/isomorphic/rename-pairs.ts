import { leastAlike, pieces, shared } from './similarity';
import { isBinary } from './text-lines';

/** One side of a rename that may be. `path`: one character a byte. */
export interface RenameCandidate {
  path: string;
  mode: number;
  oid: string;
  /** Asked only where ids do not tell. */
  size(): number;
  /** Null: too large to be compared. */
  content(): Buffer | null;
}

export interface RenamePair<From, To> {
  from: From;
  to: To;
  /** Of 60,000. */
  score: number;
}

const wholly = 60_000;
/** git's own limit, diff.renameLimit: with more, only what is wholly the same is found. */
const mostEach = 1000;
/** What files consist of is remembered up to so many pieces: each is compared with many. */
const mostPieces = 2_000_000;
/** Of the best sources of each file so many are remembered. */
const candidatesEach = 4;

const isFile = (mode: number) => (mode & 0o170000) === 0o100000;
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/**
 * Which of the new files is one of the old ones under another name, as git's
 * rename detection finds it at 50 %: what is wholly the same first, then what
 * kept a name only it has, then by how much is the same. Both in git's order.
 */
export function renamePairs<From extends RenameCandidate, To extends RenameCandidate>(
  gone: readonly From[],
  added: readonly To[],
): RenamePair<From, To>[] {
  const pairs: RenamePair<From, To>[] = [];
  const usedFrom = new Set<From>();
  const usedTo = new Set<To>();
  const pair = (from: From, to: To, score: number) => {
    usedFrom.add(from);
    usedTo.add(to);
    pairs.push({ from, to, score });
  };

  const byOid = new Map<string, From[]>();
  for (const from of gone) byOid.set(from.oid, [...(byOid.get(from.oid) ?? []), from]);
  for (const to of added) {
    const same = (byOid.get(to.oid) ?? []).filter(
      (from) => !usedFrom.has(from) && (from.mode === to.mode || (isFile(from.mode) && isFile(to.mode))),
    );
    const best = same.find((from) => nameOf(from.path) === nameOf(to.path)) ?? same[0];
    if (best) pair(best, to, wholly);
  }

  const known = new Map<RenameCandidate, ReadonlyMap<number, number>>();
  let remembered = 0;
  const piecesOf = (candidate: RenameCandidate): ReadonlyMap<number, number> | null => {
    const before = known.get(candidate);
    if (before) return before;
    const data = candidate.content();
    if (data === null) return null;
    const found = pieces(data, isBinary(data));
    if (remembered + found.size <= mostPieces) {
      remembered += found.size;
      known.set(candidate, found);
    }
    return found;
  };

  const score = (from: From, to: To): number => {
    if (!isFile(from.mode) || !isFile(to.mode)) return 0;
    const sizes = [from.size(), to.size()] as const;
    const largest = Math.max(...sizes);
    if (Math.min(...sizes) === 0 || largest * (wholly - leastAlike) < Math.abs(sizes[0] - sizes[1]) * wholly)
      return 0;
    const before = piecesOf(from);
    const after = before === null ? null : piecesOf(to);
    return before === null || after === null ? 0 : shared(before, after, largest);
  };

  const left = () => gone.filter((from) => !usedFrom.has(from));
  const open = () => added.filter((to) => !usedTo.has(to));
  const froms = onlyOnes(left());
  const tos = onlyOnes(open());
  for (const [name, from] of froms) {
    const to = tos.get(name);
    if (!from || !to) continue;
    // A name alone is less of a proof: half-way to the whole must be the same.
    const found = score(from, to);
    if (found >= leastAlike + (wholly - leastAlike) / 2) pair(from, to, found);
  }

  const sources = left();
  const targets = open();
  if (sources.length * targets.length > mostEach * mostEach) return pairs;
  const matrix: { from: From; to: To; score: number; sameName: boolean }[] = [];
  for (const to of targets) {
    const rows = sources
      .map((from) => ({ from, to, score: score(from, to), sameName: nameOf(from.path) === nameOf(to.path) }))
      .filter((one) => one.score >= leastAlike)
      .sort(better);
    matrix.push(...rows.slice(0, candidatesEach));
  }
  for (const one of matrix.sort(better))
    if (!usedFrom.has(one.from) && !usedTo.has(one.to)) pair(one.from, one.to, one.score);
  return pairs;
}

function better(
  one: { score: number; sameName: boolean },
  other: { score: number; sameName: boolean },
): number {
  return other.score - one.score || Number(other.sameName) - Number(one.sameName);
}

/** By the last part of their paths; null where several have it. */
function onlyOnes<Row extends RenameCandidate>(rows: readonly Row[]): Map<string, Row | null> {
  const found = new Map<string, Row | null>();
  for (const row of rows) {
    const name = nameOf(row.path);
    found.set(name, found.has(name) ? null : row);
  }
  return found;
}
