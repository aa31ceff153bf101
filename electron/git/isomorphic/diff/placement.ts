/** Where a run of lines begins or ends best, by how much lines are indented and which are blank: git's "indent heuristic". */

/** Blanks that are looked past, and columns that are counted. */
const mostBlank = 20;
const mostIndent = 200;
/** Places that are looked at. */
const farthest = 100;

/** What weighs how much: measured by git's developers on real code, github.com/mhagger/diff-slider-tools. */
const weight = {
  startOfFile: 1,
  endOfFile: 21,
  blank: -30,
  blankBehind: 6,
  deeper: [-4, 10],
  opens: [24, 17],
  closes: [23, 17],
  indent: 60,
} as const;

/** Of lines with their ends, one character a byte. -1: blank. */
function indentOf(line: string): number {
  let columns = 0;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charCodeAt(at);
    if (character === 0x20) columns += 1;
    else if (character === 0x09) columns += 8 - (columns % 8);
    else if (character !== 0x0a && character !== 0x0d) return columns;
    if (columns >= mostIndent) return mostIndent;
  }
  return -1;
}

/** The first line from `at` on, in one direction, that is not blank: how many are before it, and its indent (-1: none). */
function nearest(lines: readonly string[], start: number, step: 1 | -1): { blank: number; indent: number } {
  let blank = 0;
  for (let at = start; ; at += step) {
    const line = lines[at];
    if (line === undefined) return { blank, indent: -1 };
    const indent = indentOf(line);
    if (indent !== -1) return { blank, indent };
    blank += 1;
    if (blank === mostBlank) return { blank, indent: 0 };
  }
}

/** How little a text should be cut above line `at`. */
function cut(lines: readonly string[], at: number): { indent: number; penalty: number } {
  const line = lines[at];
  const own = line === undefined ? -1 : indentOf(line);
  const before = nearest(lines, at - 1, -1);
  const behind = nearest(lines, at + 1, 1);
  const blankBehind = own === -1 ? 1 + behind.blank : 0;
  const blank = before.blank + blankBehind;
  let penalty = weight.blank * blank + weight.blankBehind * blankBehind;
  if (before.indent === -1 && before.blank === 0) penalty += weight.startOfFile;
  if (line === undefined) penalty += weight.endOfFile;
  const indent = own === -1 ? behind.indent : own;
  const among = blank === 0 ? 0 : 1;
  if (indent !== -1 && before.indent !== -1)
    if (indent > before.indent) penalty += weight.deeper[among];
    else if (indent < before.indent)
      penalty += (behind.indent !== -1 && behind.indent > indent ? weight.opens : weight.closes)[among];
  return { indent, penalty };
}

/** The end a run of `size` lines should have, which could end anywhere from `earliest` to `latest`. */
export function bestEnd(lines: readonly string[], size: number, earliest: number, latest: number): number {
  let best: { end: number; indent: number; penalty: number } | null = null;
  for (let end = Math.max(earliest, latest - size - 1, latest - farthest); end <= latest; end += 1) {
    const one = cut(lines, end);
    const two = cut(lines, end - size);
    const now = { end, indent: one.indent + two.indent, penalty: one.penalty + two.penalty };
    if (
      best === null ||
      weight.indent * Math.sign(now.indent - best.indent) + now.penalty - best.penalty <= 0
    )
      best = now;
  }
  return best?.end ?? latest;
}
