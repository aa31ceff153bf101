import { bestEnd } from './diff/placement';
import { markShortest, type Texts } from './diff/shortest';

/** A run of lines that stand in the place of others. Lines count from 0. */
export interface Hunk {
  from: number;
  fromCount: number;
  to: number;
  toCount: number;
}

/** Lines that occur more often say nothing about where two texts meet. */
const mostOften = 64;

/**
 * What differs between two texts, as git's merge sees it: by the rarest lines
 * they have in common ("histogram"), runs moved to where both sides change.
 */
export function diffLines(a: Int32Array, b: Int32Array): Hunk[] {
  const changedA = new Uint8Array(a.length + 2);
  const changedB = new Uint8Array(b.length + 2);
  const texts = { a, b, changedA, changedB };
  histogram(texts, 0, a.length, 0, b.length);
  const sideA = { ids: a, changed: changedA };
  const sideB = { ids: b, changed: changedB };
  compact(sideA, sideB);
  compact(sideB, sideA);
  return hunksOf(texts);
}

/** The runs that are marked. */
export function hunksOf({ a, b, changedA, changedB }: Texts): Hunk[] {
  const hunks: Hunk[] = [];
  for (let x = 0, y = 0; x < a.length || y < b.length; ) {
    if (changedA[x + 1] || changedB[y + 1]) {
      const hunk = { from: x, fromCount: 0, to: y, toCount: 0 };
      while (changedA[x + 1]) x += 1;
      while (changedB[y + 1]) y += 1;
      hunk.fromCount = x - hunk.from;
      hunk.toCount = y - hunk.to;
      hunks.push(hunk);
    } else {
      x += 1;
      y += 1;
    }
  }
  return hunks;
}

function histogram(both: Texts, aStart: number, aEnd: number, bStart: number, bEnd: number): void {
  const waiting: [number, number, number, number][] = [[aStart, aEnd, bStart, bEnd]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [a0, a1, b0, b1] = next;
    if (a0 >= a1 || b0 >= b1) {
      both.changedA.fill(1, a0 + 1, a1 + 1);
      both.changedB.fill(1, b0 + 1, b1 + 1);
      continue;
    }
    const found = rarestCommon(both, a0, a1, b0, b1);
    if (found === 'too often') {
      markShortest(both, a0, a1, b0, b1);
    } else if (found === null) {
      both.changedA.fill(1, a0 + 1, a1 + 1);
      both.changedB.fill(1, b0 + 1, b1 + 1);
    } else {
      waiting.push([a0, found.a, b0, found.b]);
      waiting.push([found.a + found.count, a1, found.b + found.count, b1]);
    }
  }
}

/** The common run whose rarest line is the rarest, the longest among such. */
function rarestCommon(
  { a, b }: Texts,
  a0: number,
  a1: number,
  b0: number,
  b1: number,
): { a: number; b: number; count: number } | 'too often' | null {
  /** First place of a line in `a`, the next place of the same line behind each, and how many there are. */
  const first = new Map<number, number>();
  const behind = new Int32Array(a1 - a0).fill(-1);
  const counts = new Map<number, number>();
  for (let at = a1 - 1; at >= a0; at -= 1) {
    const id = a[at] ?? -1;
    behind[at - a0] = first.get(id) ?? -1;
    first.set(id, at);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const countAt = (at: number) => counts.get(a[at] ?? -1) ?? 0;
  let rarest = mostOften + 1;
  let common = false;
  let best = { a: 0, b: 0, count: 0 };
  for (let at = b0; at < b1; ) {
    let next = at + 1;
    const start = first.get(b[at] ?? -1);
    if (start === undefined) {
      at = next;
      continue;
    }
    common = true;
    if (countAt(start) <= rarest) {
      for (let place = start; place !== -1; ) {
        let count = countAt(start);
        let beginA = place;
        let beginB = at;
        while (beginA > a0 && beginB > b0 && a[beginA - 1] === b[beginB - 1]) {
          beginA -= 1;
          beginB -= 1;
          if (count > 1) count = Math.min(count, countAt(beginA));
        }
        let endA = place + 1;
        let endB = at + 1;
        while (endA < a1 && endB < b1 && a[endA] === b[endB]) {
          if (count > 1) count = Math.min(count, countAt(endA));
          endA += 1;
          endB += 1;
        }
        next = Math.max(next, endB);
        if (best.count < endA - beginA || count < rarest) {
          best = { a: beginA, b: beginB, count: endA - beginA };
          rarest = count;
        }
        do place = behind[place - a0] ?? -1;
        while (place !== -1 && place < endA);
      }
    }
    at = next;
  }
  if (common && rarest > mostOften) return 'too often';
  return best.count === 0 ? null : best;
}

interface Side {
  ids: Int32Array;
  changed: Uint8Array;
  /** Each line with its end: runs are put where a reader would. */
  text?: readonly string[];
}

/** A run of changed lines, empty between any two unchanged ones; each has its like on the other side. */
interface Run {
  start: number;
  end: number;
}

const isChanged = (side: Side, line: number) => side.changed[line + 1] === 1;

function firstRun(side: Side): Run {
  const run = { start: 0, end: 0 };
  while (isChanged(side, run.end)) run.end += 1;
  return run;
}

/** False: it is the last one. */
function nextRun(side: Side, run: Run): boolean {
  if (run.end === side.ids.length) return false;
  run.start = run.end + 1;
  run.end = run.start;
  while (isChanged(side, run.end)) run.end += 1;
  return true;
}

function previousRun(side: Side, run: Run): void {
  if (run.start === 0) return;
  run.end = run.start - 1;
  run.start = run.end;
  while (isChanged(side, run.start - 1)) run.start -= 1;
}

function slideUp({ ids, changed }: Side, run: Run): boolean {
  if (run.start === 0 || ids[run.start - 1] !== ids[run.end - 1]) return false;
  run.start -= 1;
  changed[run.start + 1] = 1;
  run.end -= 1;
  changed[run.end + 1] = 0;
  while (changed[run.start] === 1) run.start -= 1;
  return true;
}

function slideDown({ ids, changed }: Side, run: Run): boolean {
  if (run.end >= ids.length || ids[run.start] !== ids[run.end]) return false;
  changed[run.start + 1] = 0;
  run.start += 1;
  changed[run.end + 1] = 1;
  run.end += 1;
  while (changed[run.end + 1] === 1) run.end += 1;
  return true;
}

/**
 * A run whose first line is also the one behind it could as well begin one
 * later: each is joined with those it reaches so, and put where the other side
 * changes too, or else where it reads best, or as far down as it goes.
 */
export function compact(side: Side, other: Side): void {
  const run = firstRun(side);
  const theirs = firstRun(other);
  do {
    if (run.end > run.start) {
      let earliest: number;
      let matching: boolean;
      let size: number;
      do {
        size = run.end - run.start;
        matching = false;
        while (slideUp(side, run)) previousRun(other, theirs);
        earliest = run.end;
        if (theirs.end > theirs.start) matching = true;
        while (slideDown(side, run)) {
          nextRun(other, theirs);
          if (theirs.end > theirs.start) matching = true;
        }
      } while (size !== run.end - run.start);
      if (run.end !== earliest && matching) {
        while (theirs.end === theirs.start && slideUp(side, run)) previousRun(other, theirs);
      } else if (run.end !== earliest && side.text) {
        const end = bestEnd(side.text, size, earliest, run.end);
        while (run.end > end && slideUp(side, run)) previousRun(other, theirs);
      }
    }
  } while (nextRun(side, run) && nextRun(other, theirs));
}
