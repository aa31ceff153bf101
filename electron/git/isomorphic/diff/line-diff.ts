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
