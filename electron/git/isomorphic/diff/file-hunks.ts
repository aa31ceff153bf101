import type { DiffHunk, DiffLine, FileDiff } from '../../operations/comparison';
import type { Hunk } from '../text-diff';
import { countLines, createLineNumbers, type Lines } from '../text-lines';
import { lineChanges, withoutSharedEnd } from './line-diff';

/** Larger texts, in bytes or lines of both together, are not compared: they would fill the memory. */
export const largestText = 64 * 1024 ** 2;
const mostLines = 2_000_000;

export function isComparable(from: Buffer, to: Buffer): boolean {
  return from.length + to.length <= largestText && countLines(from) + countLines(to) <= mostLines;
}

/** What changed between two texts, with lines around it, or that it is too much to tell. */
export function textContent(
  from: Buffer,
  to: Buffer,
  { context, maximumBytes }: { context: number; maximumBytes: number },
): FileDiff['content'] {
  if (from.equals(to)) return { kind: 'text', hunks: [] };
  if (!isComparable(from, to)) return { kind: 'too-large' };
  // Of a text that only goes or comes every line is in the patch.
  if ((from.length === 0 || to.length === 0) && from.length + to.length > maximumBytes)
    return { kind: 'too-large' };
  const number = createLineNumbers();
  const [before, after] = context === 0 ? withoutSharedEnd(from, to) : [from, to];
  const a = number(before);
  const b = number(after);
  const hunks: DiffHunk[] = [];
  let left = maximumBytes;
  for (const group of near(lineChanges(a, b), context)) {
    // Before anything is built: a change may be all of both texts.
    left -= patchBytes(a, b, group, context);
    if (left < 0) return { kind: 'too-large' };
    hunks.push(hunkOf(a, b, group, context));
  }
  return { kind: 'text', hunks };
}

/** Changes whose surroundings touch are shown as one. */
function* near(changes: readonly Hunk[], context: number): Generator<Hunk[]> {
  let group: Hunk[] = [];
  for (const change of changes) {
    const last = group.at(-1);
    if (last && change.from - (last.from + last.fromCount) > 2 * context) {
      yield group;
      group = [];
    }
    group.push(change);
  }
  if (group.length > 0) yield group;
}

function patchBytes(a: Lines, b: Lines, group: readonly Hunk[], context: number): number {
  const [begin, end] = around(a, group, context);
  let bytes = 0;
  // Each with the sign before it.
  for (let at = begin; at < end; at += 1) bytes += (a.text[at] ?? '').length + 1;
  for (const { to, toCount } of group)
    for (let at = to; at < to + toCount; at += 1) bytes += (b.text[at] ?? '').length + 1;
  return bytes;
}

/** Lines of the first text that are shown. */
function around(a: Lines, group: readonly Hunk[], context: number): [begin: number, end: number] {
  const [first] = group;
  const last = group.at(-1);
  return [
    Math.max(0, (first?.from ?? 0) - context),
    Math.min(a.text.length, (last ? last.from + last.fromCount : 0) + context),
  ];
}

function hunkOf(a: Lines, b: Lines, group: readonly Hunk[], context: number): DiffHunk {
  const [begin, end] = around(a, group, context);
  const first = group[0] ?? { from: 0, to: 0 };
  const lines: DiffLine[] = [];
  let added = 0;
  let removed = 0;
  let at = begin;
  const keep = (until: number) => {
    for (; at < until; at += 1) lines.push(diffLine('context', a.text[at]));
  };
  for (const { from, fromCount, to, toCount } of group) {
    keep(from);
    for (; at < from + fromCount; at += 1) lines.push(diffLine('removed', a.text[at]));
    for (let row = to; row < to + toCount; row += 1) lines.push(diffLine('added', b.text[row]));
    removed += fromCount;
    added += toCount;
  }
  keep(end);
  const fromLines = end - begin;
  const toLines = fromLines - removed + added;
  // Lines count from 1; a side without any starts at the line before.
  return {
    fromStart: begin + (fromLines > 0 ? 1 : 0),
    fromLines,
    toStart: begin - first.from + first.to + (toLines > 0 ? 1 : 0),
    toLines,
    lines,
  };
}

/** `text`: one character a byte. */
function diffLine(kind: DiffLine['kind'], text = ''): DiffLine {
  const ends = text.endsWith('\n');
  const shown = Buffer.from(ends ? text.slice(0, -1) : text, 'latin1').toString('utf8');
  return ends ? { kind, text: shown } : { kind, text: shown, noNewline: true };
}
