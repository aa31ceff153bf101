import { diffLines } from './text-diff';
import { createLineNumbers, type Lines } from './text-lines';

export interface TextMerge {
  data: Buffer;
  conflicts: number;
}

/** Both sides from here to there, and which of them is taken. */
interface Change {
  /** `same`: both sides turned out equal. */
  take: 'ours' | 'theirs' | 'neither' | 'same';
  baseAt: number;
  baseCount: number;
  oursAt: number;
  oursCount: number;
  theirsAt: number;
  theirsCount: number;
}

/**
 * Three texts put together as git does (its "zealous" level, the usual style of
 * conflicts): changes of one side are taken, equal ones once, and only lines
 * that really differ stand between the markers.
 */
export function mergeText(
  base: Uint8Array,
  ours: Uint8Array,
  theirs: Uint8Array,
  labels: { ours: string; theirs: string },
  markerSize = 7,
): TextMerge {
  const number = createLineNumbers();
  const sides = { base: number(base), ours: number(ours), theirs: number(theirs) };
  const changes = joined(refined(changesOf(sides), sides));
  return written(changes, sides, labels, markerSize);
}

interface Sides {
  base: Lines;
  ours: Lines;
  theirs: Lines;
}

function changesOf({ base, ours, theirs }: Sides): Change[] {
  const mine = diffLines(base.ids, ours.ids);
  const other = diffLines(base.ids, theirs.ids);
  const changes: Change[] = [];
  const add = (change: Change) => {
    const last = changes.at(-1);
    if (
      !last ||
      (change.oursAt > last.oursAt + last.oursCount && change.theirsAt > last.theirsAt + last.theirsCount)
    ) {
      changes.push(change);
      return;
    }
    if (change.take !== last.take) last.take = 'neither';
    last.baseCount = change.baseAt + change.baseCount - last.baseAt;
    last.oursCount = change.oursAt + change.oursCount - last.oursAt;
    last.theirsCount = change.theirsAt + change.theirsCount - last.theirsAt;
  };
  let x = 0;
  let y = 0;
  for (;;) {
    const one = mine[x];
    const two = other[y];
    if (one && (!two || one.from + one.fromCount < two.from)) {
      // Behind the last change of the other side the texts differ in length by what it changed.
      const shift = shiftBefore(other, y);
      add({
        take: 'ours',
        baseAt: one.from,
        baseCount: one.fromCount,
        oursAt: one.to,
        oursCount: one.toCount,
        theirsAt: one.from + shift,
        theirsCount: one.fromCount,
      });
      x += 1;
    } else if (two && (!one || two.from + two.fromCount < one.from)) {
      const shift = shiftBefore(mine, x);
      add({
        take: 'theirs',
        baseAt: two.from,
        baseCount: two.fromCount,
        oursAt: two.from + shift,
        oursCount: two.fromCount,
        theirsAt: two.to,
        theirsCount: two.toCount,
      });
      y += 1;
    } else if (one && two) {
      const equal =
        one.from === two.from &&
        one.fromCount === two.fromCount &&
        one.toCount === two.toCount &&
        ours.ids.subarray(one.to, one.to + one.toCount).every((id, at) => id === theirs.ids[two.to + at]);
      if (!equal) {
        const start = Math.min(one.from, two.from);
        const oneEnd = one.from + one.fromCount;
        const twoEnd = two.from + two.fromCount;
        const end = Math.max(oneEnd, twoEnd);
        const oursAt = one.to - (one.from - start);
        const theirsAt = two.to - (two.from - start);
        add({
          take: 'neither',
          baseAt: start,
          baseCount: end - start,
          oursAt,
          oursCount: one.to + one.toCount + (end - oneEnd) - oursAt,
          theirsAt,
          theirsCount: two.to + two.toCount + (end - twoEnd) - theirsAt,
        });
      }
      const oneEnd = one.from + one.fromCount;
      const twoEnd = two.from + two.fromCount;
      if (oneEnd >= twoEnd) y += 1;
      if (twoEnd >= oneEnd) x += 1;
    } else return changes;
  }
}

/** How much further down lines stand before the hunk `at`. */
function shiftBefore(hunks: ReturnType<typeof diffLines>, at: number): number {
  const next = hunks[at];
  if (next) return next.to - next.from;
  const last = hunks.at(-1);
  return last ? last.to + last.toCount - (last.from + last.fromCount) : 0;
}

/** Lines both sides have within a conflict stand outside of it. */
function refined(changes: readonly Change[], { ours, theirs }: Sides): Change[] {
  return changes.flatMap((change): Change[] => {
    if (change.take !== 'neither' || change.oursCount === 0 || change.theirsCount === 0) return [change];
    const hunks = diffLines(
      ours.ids.subarray(change.oursAt, change.oursAt + change.oursCount),
      theirs.ids.subarray(change.theirsAt, change.theirsAt + change.theirsCount),
    );
    if (hunks.length === 0) return [{ ...change, take: 'same' }];
    return hunks.map((hunk) => ({
      ...change,
      oursAt: change.oursAt + hunk.from,
      oursCount: hunk.fromCount,
      theirsAt: change.theirsAt + hunk.to,
      theirsCount: hunk.toCount,
    }));
  });
}

/** Two conflicts with at most three lines between them are one. */
function joined(changes: readonly Change[]): Change[] {
  const out: Change[] = [];
  for (const change of changes) {
    const last = out.at(-1);
    if (
      last?.take === 'neither' &&
      change.take === 'neither' &&
      change.oursAt - (last.oursAt + last.oursCount) <= 3
    ) {
      last.oursCount = change.oursAt + change.oursCount - last.oursAt;
      last.theirsCount = change.theirsAt + change.theirsCount - last.theirsAt;
    } else out.push({ ...change });
  }
  return out;
}

function written(
  changes: readonly Change[],
  { base, ours, theirs }: Sides,
  labels: { ours: string; theirs: string },
  markerSize: number,
): TextMerge {
  const out: string[] = [];
  const push = (lines: readonly string[]) => {
    for (const line of lines) out.push(line);
  };
  let at = 0;
  let conflicts = 0;
  for (const change of changes) {
    if (change.take === 'same') continue;
    push(ours.text.slice(at, change.oursAt));
    at = change.oursAt + change.oursCount;
    const mine = ours.text.slice(change.oursAt, at);
    const other = theirs.text.slice(change.theirsAt, change.theirsAt + change.theirsCount);
    if (change.take === 'ours') push(mine);
    else if (change.take === 'theirs') push(other);
    else {
      conflicts += 1;
      const end = wantsReturn(change, { base, ours, theirs }) ? '\r\n' : '\n';
      const mark = (sign: string, label: string) =>
        `${sign.repeat(markerSize)}${label === '' ? '' : ` ${Buffer.from(label).toString('latin1')}`}${end}`;
      push([
        mark('<', labels.ours),
        ...ended(mine, end),
        mark('=', ''),
        ...ended(other, end),
        mark('>', labels.theirs),
      ]);
    }
  }
  push(ours.text.slice(at));
  return { data: Buffer.from(out.join(''), 'latin1'), conflicts };
}

function ended(lines: readonly string[], end: string): string[] {
  return lines.map((line) => (line.endsWith('\n') ? line : line + end));
}

/** The markers' line ends are those of the lines around them: xmerge.c, is_cr_needed(). */
function wantsReturn(change: Change, { base, ours, theirs }: Sides): boolean {
  let answer = returnAt(ours, Math.max(change.oursAt - 1, 0));
  if (answer !== false) answer = returnAt(theirs, Math.max(change.theirsAt - 1, 0));
  if (answer !== false) answer = returnAt(base, 0);
  return answer === true;
}

/** Null: it cannot be told. */
function returnAt({ text }: Lines, at: number): boolean | null {
  const line = text[at];
  if (line === undefined) return text.length === 0 ? null : false;
  if (line.endsWith('\n')) return line.endsWith('\r\n');
  if (at === 0) return null;
  return text[at - 1]?.endsWith('\r\n') ?? false;
}
