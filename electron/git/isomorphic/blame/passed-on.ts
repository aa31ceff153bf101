import { fail } from '../../../../shared/errors';
import { isComparable } from '../diff/file-hunks';
import { lineChanges, withoutSharedEnd } from '../diff/line-diff';
import { createLineNumbers } from '../text-lines';
import type { Origin } from './origins';

/** Lines whose origin is looked for. Counted from 0. */
export interface Lines {
  /** In the file as it is asked for. */
  start: number;
  /** In the file that is looked at. */
  at: number;
  count: number;
}

/** Which of the lines of a file its parent has too, as they stand there, and which are left. */
export function passedOn(
  parent: Origin,
  child: Origin,
  lines: readonly Lines[],
): { taken: Lines[]; left: Lines[] } {
  if (parent.blob !== null && parent.blob === child.blob) return { taken: [...lines], left: [] };
  const [from, to] = [parent.read(), child.read()];
  if (!isComparable(from, to))
    fail({
      kind: 'unsupported',
      what: 'The origin of the lines of a file this large',
      reason: 'The built-in engine would need too much memory for it; install git.',
    });
  const same = sameRuns(from, to);
  const taken: Lines[] = [];
  const left: Lines[] = [];
  for (const { start, at, count } of lines) {
    let place = at;
    const keep = (until: number) => {
      if (until > place) left.push({ start: start + place - at, at: place, count: until - place });
    };
    for (let row = firstBehind(same, at); place < at + count; row += 1) {
      const run = same[row];
      const begin = Math.max(run?.from ?? Number.POSITIVE_INFINITY, at);
      if (!run || begin >= at + count) break;
      keep(begin);
      place = Math.min(run.until, at + count);
      taken.push({ start: start + begin - at, at: begin + run.shift, count: place - begin });
    }
    keep(at + count);
  }
  return { taken, left };
}

interface Run {
  from: number;
  until: number;
  /** So many lines further down they stand in the parent. */
  shift: number;
}

/** What stands between two changes is the same. */
function sameRuns(from: Buffer, to: Buffer): Run[] {
  const [before, after] = withoutSharedEnd(from, to);
  const number = createLineNumbers();
  const runs: Run[] = [];
  let at = 0;
  let shift = 0;
  for (const change of lineChanges(number(before), number(after))) {
    if (change.to > at) runs.push({ from: at, until: change.to, shift });
    at = change.to + change.toCount;
    shift = change.from + change.fromCount - at;
  }
  // To the end, however many lines that is.
  runs.push({ from: at, until: Number.POSITIVE_INFINITY, shift });
  return runs;
}

/** The first run that ends behind a line. */
function firstBehind(runs: readonly Run[], line: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle]?.until ?? 0) > line) high = middle;
    else low = middle + 1;
  }
  return low;
}
