import path from 'node:path';
import { checkCancelled } from './cancellation';
import { readCommit } from './commit-object';
import { readIfFile } from './disk-path';
import type { ObjectStore } from './objects/store';

/** The commits of a repository with what is needed to walk them. */
export interface History {
  parents(oid: string): string[];
  /** Seconds, by the committer. */
  date(oid: string): number;
}

export function openHistory(store: ObjectStore, gitdir: string): History {
  const shallow = new Set(readIfFile(path.join(gitdir, 'shallow'))?.toString('latin1').split('\n'));
  const known = new Map<string, { parents: string[]; date: number }>();
  const commit = (oid: string) => {
    const found = known.get(oid);
    if (found) return found;
    checkCancelled();
    const read = readCommit(store, oid);
    const made = {
      parents: shallow.has(oid) ? [] : read.parents,
      date: Number(/ (\d+) [+-]\d+$/.exec(read.committer)?.[1] ?? 0),
    };
    known.set(oid, made);
    return made;
  };
  return { parents: (oid) => commit(oid).parents, date: (oid) => commit(oid).date };
}

const ofOne = 1;
const ofTwo = 2;
const stale = 4;

/** Newest first: a heap. */
class Waiting {
  private readonly rows: { oid: string; date: number }[] = [];
  add(row: { oid: string; date: number }): void {
    const { rows } = this;
    let at = rows.length;
    for (rows.push(row); at > 0; ) {
      const up = (at - 1) >> 1;
      const parent = rows[up];
      if (!parent || parent.date >= row.date) break;
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
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= rows.length) break;
      if ((rows[down + 1]?.date ?? -1) > (rows[down]?.date ?? -1)) down += 1;
      const child = rows[down];
      if (!child || child.date <= last.date) break;
      rows[at] = child;
      at = down;
    }
    rows[at] = last;
    return first.oid;
  }
}

/** commit-reach.c, paint_down_to_common(): colours run down from both until only what is below a common commit is left. */
function painted(history: History, one: string, two: string): Map<string, number> {
  const flags = new Map<string, number>();
  const waiting = new Waiting();
  const isWaiting = new Set<string>();
  let open = 0;
  const paint = (oid: string, more: number) => {
    const had = flags.get(oid) ?? 0;
    const has = had | more;
    if (has === had) return;
    flags.set(oid, has);
    const opened = (has & stale) === 0;
    if (isWaiting.has(oid)) {
      if (!opened && (had & stale) === 0) open -= 1;
      return;
    }
    isWaiting.add(oid);
    waiting.add({ oid, date: history.date(oid) });
    if (opened) open += 1;
  };
  paint(one, ofOne);
  paint(two, ofTwo);
  while (open > 0) {
    const oid = waiting.take();
    if (oid === null) break;
    isWaiting.delete(oid);
    const has = flags.get(oid) ?? 0;
    if ((has & stale) === 0) open -= 1;
    const below = (has & (ofOne | ofTwo)) === (ofOne | ofTwo) ? has | stale : has;
    for (const parent of history.parents(oid)) paint(parent, below);
  }
  return flags;
}

/** The best common ancestors, git-merge-base(1) `--all`, newest first. */
export function mergeBases(history: History, one: string, two: string): string[] {
  if (one === two) return [one];
  const flags = painted(history, one, two);
  const common = [...flags]
    .filter(([, has]) => (has & (ofOne | ofTwo)) === (ofOne | ofTwo) && (has & stale) === 0)
    .map(([oid]) => oid)
    .sort((a, b) => history.date(b) - history.date(a));
  // Commit dates may lie: one that another reaches is none.
  return common.filter((oid) => !common.some((other) => other !== oid && isAncestor(history, oid, other)));
}

/** Whether `two` has `one` in its history, or is it. */
export function isAncestor(history: History, one: string, two: string): boolean {
  if (one === two) return true;
  const seen = new Set([two]);
  const waiting = new Waiting();
  waiting.add({ oid: two, date: history.date(two) });
  for (let oid = waiting.take(); oid !== null; oid = waiting.take())
    for (const parent of history.parents(oid)) {
      if (parent === one) return true;
      if (seen.has(parent)) continue;
      seen.add(parent);
      waiting.add({ oid: parent, date: history.date(parent) });
    }
  return false;
}
