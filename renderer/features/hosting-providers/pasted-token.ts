const quotes: Record<string, string> = { '"': '"', "'": "'", '`': '`', '“': '”', '‘': '’', '«': '»' };

/** A token as pasted, without the quotes, line ends, blanks and "Bearer " that come along with it. */
export function cleanToken(pasted: string): string {
  let text = pasted;
  for (;;) {
    const before = text;
    // Terminals wrap long tokens; no token has a line end, a tab or an invisible mark in it.
    text = text.replace(/[\r\n\t\u200B-\u200D\u2060\uFEFF]+/g, '').trim();
    text = text.replace(/^(authorization\s*:\s*)?bearer\s+/i, '');
    const closing = quotes[text.charAt(0)];
    if (closing && text.length > 1 && text.endsWith(closing)) text = text.slice(1, -1);
    if (text === before) return text;
  }
}

/** "3 lines" of a key, for showing that it is there without showing it. */
export function lineCount(text: string): number {
  return text.trim() === '' ? 0 : text.trim().split(/\r\n|\r|\n/).length;
}
