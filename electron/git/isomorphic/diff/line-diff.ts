import { compact, type Hunk, hunksOf } from '../text-diff';
import type { Lines } from '../text-lines';
import { markShortest } from './shortest';

/** What differs between two texts, as git-diff(1) shows it. */
export function lineChanges(a: Lines, b: Lines): Hunk[] {
  const texts = {
    a: a.ids,
    b: b.ids,
    changedA: new Uint8Array(a.ids.length + 2),
    changedB: new Uint8Array(b.ids.length + 2),
  };
  markShortest(texts, 0, a.ids.length, 0, b.ids.length);
  const from = { ids: a.ids, changed: texts.changedA, text: a.text };
  const to = { ids: b.ids, changed: texts.changedB, text: b.text };
  compact(from, to);
  compact(to, from);
  return hunksOf(texts);
}

const piece = 1024;

/** Both without the end they share, in whole pieces: where no lines around a change are wanted git looks at no more (xdiff-interface.c). */
export function withoutSharedEnd(from: Buffer, to: Buffer): [Buffer, Buffer] {
  let shared = 0;
  const smaller = Math.min(from.length, to.length);
  while (
    shared + piece <= smaller &&
    from.compare(
      to,
      to.length - shared - piece,
      to.length - shared,
      from.length - shared - piece,
      from.length - shared,
    ) === 0
  )
    shared += piece;
  if (shared === 0) return [from, to];
  // The line it begins in stays whole.
  const end = from.indexOf(0x0a, from.length - shared);
  const left = end === -1 ? 0 : from.length - end - 1;
  return [from.subarray(0, from.length - left), to.subarray(0, to.length - left)];
}
