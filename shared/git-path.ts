/**
 * Paths in a repository are bytes (git's index and trees know no encoding);
 * everywhere else they are strings, a byte that is no part of valid UTF-8 being
 * the lone surrogate U+DC00 + byte (electron/git/path-bytes.ts). Text with such
 * bytes as `\xNN`.
 */
export function shownBytes(path: string): string {
  // By code points: half of a pair is none of ours.
  return Array.from(path, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= 0xdc80 && code <= 0xdcff ? String.raw`\x${(code - 0xdc00).toString(16)}` : character;
  }).join('');
}

const signs: Record<string, string> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` };

/** A path as it may be shown, on one line: ends of lines and tabs, which are allowed in it, stand there as git writes them. */
export function shownPath(path: string): string {
  return shownBytes(path).replaceAll(/[\n\r\t]/g, (sign) => signs[sign] ?? '');
}
