/** Of 60,000: half of the larger file is found in the other, diffcore.h. */
export const leastAlike = 30_000;
const wholly = 60_000;
const longestPiece = 64;

/** Bytes of each piece of a file, a line or 64 bytes, by its hash: diffcore-delta.c. */
export function pieces(data: Buffer, binary: boolean): Map<number, number> {
  const found = new Map<number, number>();
  let one = 0;
  let two = 0;
  let length = 0;
  const end = () => {
    const hash = (one + Math.imul(two, 0x61)) >>> 0;
    const key = hash % 107_927;
    found.set(key, (found.get(key) ?? 0) + length);
    one = 0;
    two = 0;
    length = 0;
  };
  for (let at = 0; at < data.length; at += 1) {
    const byte = data[at] ?? 0;
    // CRLF counts as LF in text.
    if (!binary && byte === 0x0d && data[at + 1] === 0x0a) continue;
    const before = one;
    one = ((one << 7) ^ (two >>> 25)) >>> 0;
    two = ((two << 7) ^ (before >>> 25)) >>> 0;
    one = (one + byte) >>> 0;
    length += 1;
    if (length >= longestPiece || byte === 0x0a) end();
  }
  if (length > 0) end();
  return found;
}

/** How much of one file is found in the other, of 60,000, as git's rename detection counts it: diffcore-rename.c. */
export function similarity(from: Buffer, to: Buffer, isBinary: (data: Buffer) => boolean): number {
  const largest = Math.max(from.length, to.length);
  if (from.length === 0 || to.length === 0) return 0;
  if (largest * (wholly - leastAlike) < Math.abs(from.length - to.length) * wholly) return 0;
  return shared(pieces(from, isBinary(from)), pieces(to, isBinary(to)), largest);
}

/** The same of files whose pieces are known. */
export function shared(
  from: ReadonlyMap<number, number>,
  to: ReadonlyMap<number, number>,
  largest: number,
): number {
  let copied = 0;
  for (const [key, bytes] of from) copied += Math.min(bytes, to.get(key) ?? 0);
  return Math.floor((copied * wholly) / largest);
}
