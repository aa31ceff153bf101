/** Shown at first; the rest on demand. */
const firstPart = 20_000;
/** GitHub's own limit for a description is 65,536 characters; longer text is shown as it is, without markup. */
const markupLimit = 70_000;
/** Runs of these cost the parser time with the square of their number (half a second from about here on). */
const emphasisLimit = 4_000;
const nestingLimit = 150;

export interface ShownText {
  text: string;
  /** `plain`: the parser would take too long or too deep; the text is shown as written. */
  as: 'markdown' | 'plain';
  /** Characters left out. */
  hidden: number;
}

/** How much of an untrusted text is shown, and whether it may go through the Markdown parser. */
export function limitMarkdown(source: string, all: boolean): ShownText {
  const cut = all || source.length <= firstPart ? source : source.slice(0, wholeLine(source));
  const emphasis = cut.match(/[*_~]/g)?.length ?? 0;
  const plain = cut.length > markupLimit || emphasis > emphasisLimit || deep(cut);
  return { text: cut, as: plain ? 'plain' : 'markdown', hidden: source.length - cut.length };
}

/** Cuts at the end of a line where one is near. */
function wholeLine(source: string): number {
  const end = source.lastIndexOf('\n', firstPart);
  return end > firstPart / 2 ? end : firstPart;
}

/** Quotes in quotes, or HTML tags in thousands: the tree would be deeper than the stack. */
function deep(text: string): boolean {
  if (new RegExp(`^(?:[ \\t]*>){${nestingLimit}}`, 'm').test(text)) return true;
  if (new RegExp(`(?:[-*+] ){${nestingLimit}}`).test(text)) return true;
  return (text.match(/<[a-z][^>]*>/gi)?.length ?? 0) > 1_500;
}

const blockLength = 4_000;

/** Long text in pieces with their offsets, cut at line ends where there are any. */
export function inBlocks(text: string): [at: number, block: string][] {
  const blocks: [number, string][] = [];
  let at = 0;
  while (at < text.length) {
    const lineEnd = text.lastIndexOf('\n', at + blockLength);
    const hasLine = lineEnd > at;
    const end = at + blockLength >= text.length ? text.length : hasLine ? lineEnd : at + blockLength;
    blocks.push([at, text.slice(at, end)]);
    // The line end itself is the border between two blocks.
    at = end < text.length && hasLine && end === lineEnd ? end + 1 : end;
  }
  return blocks;
}
