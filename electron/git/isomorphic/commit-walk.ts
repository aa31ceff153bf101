import type { History } from './history';

/** What comes first is taken first; among equals, what was added first. */
class Waiting {
  private readonly rows: { oid: string; rank: number; date: number; added: number }[] = [];
  private count = 0;

  get size(): number {
    return this.rows.length;
  }
  add(oid: string, rank: number, date: number): void {
    const row = { oid, rank, date, added: (this.count += 1) };
    const { rows } = this;
    let at = rows.length;
    rows.push(row);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = rows[up];
      if (!parent || !isBefore(row, parent)) break;
      rows[at] = parent;
      at = up;
    }
    rows[at] = row;
  }
  take(): string | null {
    const { rows } = this;
    const first = rows[0];
    const last = rows.pop();
    if (!first || !last) return null;
    if (rows.length === 0) return first.oid;
    for (let at = 0; ; ) {
      let down = 2 * at + 1;
      const left = rows[down];
      const right = rows[down + 1];
      if (left && right && isBefore(right, left)) down += 1;
      const child = rows[down];
      if (!child || !isBefore(child, last)) {
        rows[at] = last;
        return first.oid;
      }
      rows[at] = child;
      at = down;
    }
  }
}

interface Rank {
  rank: number;
  date: number;
  added: number;
}

function isBefore(one: Rank, other: Rank): boolean {
  if (one.rank !== other.rank) return one.rank > other.rank;
  if (one.date !== other.date) return one.date > other.date;
  return one.added < other.added;
}

/** Every commit reachable from these, newest first by committer date, as git-log(1) without an order. */
export function* newestFirst(history: History, starts: readonly string[]): Generator<string> {
  const waiting = new Waiting();
  const seen = new Set<string>();
  const add = (oid: string) => {
    if (seen.has(oid)) return;
    seen.add(oid);
    waiting.add(oid, 0, history.node(oid).date);
  };
  for (const oid of starts) add(oid);
  for (let oid = waiting.take(); oid !== null; oid = waiting.take()) {
    yield oid;
    for (const parent of history.node(oid).parents) add(parent);
  }
}

const ofOne = 1;
const ofTwo = 2;

/**
 * How many commits each of two has that the other has not. Walks down from
 * both, by generation where it is known, until nothing is left that only one
 * has: what lies below is common.
 */
export function commitsApart(history: History, one: string, two: string): { one: number; two: number } {
  const counts = { one: 0, two: 0 };
  if (one === two) return counts;
  const sides = new Map<string, number>();
  const waiting = new Waiting();
  const isWaiting = new Set<string>();
  /** Of those that wait, how many only one side has. */
  let open = 0;
  const count = (side: number, by: number) => {
    if (side === ofOne) counts.one += by;
    else if (side === ofTwo) counts.two += by;
  };
  const reach = (oid: string, side: number) => {
    const had = sides.get(oid) ?? 0;
    const has = had | side;
    if (had === has) return;
    // Dates may lie: one that was counted for a side turns out to be common.
    count(had, -1);
    count(has, 1);
    sides.set(oid, has);
    if (isWaiting.has(oid)) {
      if (had !== 0 && has === (ofOne | ofTwo)) open -= 1;
      return;
    }
    const { generation, date } = history.node(oid);
    isWaiting.add(oid);
    waiting.add(oid, generation, date);
    if (has !== (ofOne | ofTwo)) open += 1;
  };
  reach(one, ofOne);
  reach(two, ofTwo);
  while (open > 0) {
    const oid = waiting.take();
    if (oid === null) break;
    isWaiting.delete(oid);
    const side = sides.get(oid) ?? 0;
    if (side !== (ofOne | ofTwo)) open -= 1;
    for (const parent of history.node(oid).parents) reach(parent, side);
  }
  return counts;
}
