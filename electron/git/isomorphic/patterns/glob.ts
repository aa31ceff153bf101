/**
 * git's file name patterns, gitignore(5): matched byte by byte, so patterns and
 * paths are text of one character a byte. Matching takes at most the product
 * of both lengths: a pattern that is made to take forever does not.
 */
export type Glob = (text: string) => boolean;

type Item =
  | { kind: 'byte'; code: number }
  | { kind: 'any' }
  | { kind: 'set'; bytes: Uint8Array }
  | { kind: 'stars'; count: number }
  | { kind: 'slash' };

interface GlobOptions {
  /** `*` and `?` stop at `/`, and `**` between two of them does not. */
  paths: boolean;
  /** Letters of either case are the same. */
  ignoreCase: boolean;
}

export function compileGlob(pattern: string, { paths, ignoreCase }: GlobOptions): Glob {
  const items = parse(ignoreCase ? lower(pattern) : pattern, ignoreCase);
  if (!items) return () => false;
  const prepare = ignoreCase ? lower : (text: string) => text;
  if (!paths) {
    const all = items.map((item): Item => (item.kind === 'slash' ? { kind: 'byte', code: 0x2f } : item));
    return (text) => matchesPart(all, prepare(text));
  }
  const segments: Item[][] = [[]];
  for (const item of items)
    if (item.kind === 'slash') segments.push([]);
    else segments.at(-1)?.push(item);
  return (text) => matchesSegments(segments, prepare(text).split('/'));
}

const isDeep = (segment: readonly Item[] | undefined) =>
  segment?.length === 1 && segment[0]?.kind === 'stars' && segment[0].count > 1;

/** From behind: whether the segments from one on match the parts from each place on. */
function matchesSegments(segments: readonly Item[][], parts: readonly string[]): boolean {
  let behind = new Uint8Array(parts.length + 2);
  behind[parts.length] = 1;
  for (let at = segments.length - 1; at >= 0; at -= 1) {
    const segment = segments[at] ?? [];
    const here = new Uint8Array(parts.length + 2);
    if (!isDeep(segment)) {
      for (let part = parts.length - 1; part >= 0; part -= 1)
        if (behind[part + 1] === 1 && matchesPart(segment, parts[part] ?? '')) here[part] = 1;
    } else if (at === segments.length - 1) here.fill(1, 0, parts.length);
    else
      for (let part = parts.length - 1; part >= 0; part -= 1)
        here[part] = (behind[part] ?? 0) | (here[part + 1] ?? 0);
    behind = here;
  }
  return behind[0] === 1;
}

/** Stars take as little as they can, and one byte more each time what follows does not fit. */
function matchesPart(items: readonly Item[], text: string): boolean {
  let item = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const now = items[item];
    if (now?.kind === 'stars') {
      star = item;
      starAt = at;
      item += 1;
    } else if (now && takes(now, text.charCodeAt(at))) {
      item += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      item = star + 1;
      at = starAt;
    } else return false;
  }
  while (items[item]?.kind === 'stars') item += 1;
  return item === items.length;
}

function takes(item: Item, code: number): boolean {
  if (item.kind === 'byte') return item.code === code;
  return item.kind === 'any' || (item.kind === 'set' && item.bytes[code] === 1);
}

function lower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Null: it matches nothing at all. */
function parse(pattern: string, ignoreCase: boolean): Item[] | null {
  const items: Item[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '*') {
      let count = 1;
      while (pattern[at + 1] === '*') {
        at += 1;
        count += 1;
      }
      items.push({ kind: 'stars', count });
    } else if (character === '?') items.push({ kind: 'any' });
    else if (character === '[') {
      const set = parseSet(pattern, at + 1, ignoreCase);
      if (!set) return null;
      items.push({ kind: 'set', bytes: set.bytes });
      at = set.end;
    } else {
      if (character === '\\') at += 1;
      if (at >= pattern.length) return null;
      items.push(pattern[at] === '/' ? { kind: 'slash' } : { kind: 'byte', code: pattern.charCodeAt(at) });
    }
  }
  return items;
}

const classes: Record<string, (code: number) => boolean> = {
  alnum: (code) => /[0-9A-Za-z]/.test(String.fromCharCode(code)),
  alpha: (code) => /[A-Za-z]/.test(String.fromCharCode(code)),
  blank: (code) => code === 0x20 || code === 0x09,
  cntrl: (code) => code < 0x20 || code === 0x7f,
  digit: (code) => code >= 0x30 && code <= 0x39,
  graph: (code) => code > 0x20 && code < 0x7f,
  lower: (code) => code >= 0x61 && code <= 0x7a,
  print: (code) => code >= 0x20 && code < 0x7f,
  punct: (code) => code > 0x20 && code < 0x7f && !/[0-9A-Za-z]/.test(String.fromCharCode(code)),
  space: (code) => code === 0x20 || (code >= 0x09 && code <= 0x0d),
  upper: (code) => code >= 0x41 && code <= 0x5a,
  xdigit: (code) => /[0-9A-Fa-f]/.test(String.fromCharCode(code)),
};

/** What stands in brackets, from behind the first; `end`: the place of the last. Null: it has no end, or a class nobody knows. */
function parseSet(
  pattern: string,
  start: number,
  ignoreCase: boolean,
): { bytes: Uint8Array; end: number } | null {
  const bytes = new Uint8Array(256);
  let at = start;
  const inverted = pattern[at] === '!' || pattern[at] === '^';
  if (inverted) at += 1;
  const first = at;
  let before = -1;
  for (; pattern[at] !== ']' || at === first; at += 1) {
    if (at >= pattern.length) return null;
    const character = pattern[at];
    const next = pattern[at + 1];
    if (character === '-' && before >= 0 && next !== undefined && next !== ']') {
      at += next === '\\' ? 2 : 1;
      if (at >= pattern.length) return null;
      bytes.fill(1, before, pattern.charCodeAt(at) + 1);
      before = -1;
      continue;
    }
    if (character === '[' && next === ':') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) return null;
      if (end - 1 >= at + 2 && pattern[end - 1] === ':') {
        const test = classes[pattern.slice(at + 2, end - 1)];
        if (!test) return null;
        for (let code = 0; code < 256; code += 1) if (test(code)) bytes[code] = 1;
        at = end;
        before = -1;
        continue;
      }
    }
    if (character === '\\') at += 1;
    if (at >= pattern.length) return null;
    before = pattern.charCodeAt(at);
    bytes[before] = 1;
  }
  if (ignoreCase)
    for (let code = 0x41; code <= 0x5a; code += 1) if (bytes[code] === 1) bytes[code + 0x20] = 1;
  if (inverted) for (let code = 0; code < 256; code += 1) bytes[code] = bytes[code] === 1 ? 0 : 1;
  // Where paths are matched a slash stands for itself alone; elsewhere there is none.
  bytes[0x2f] = 0;
  return { bytes, end: at };
}
