/** One line of a configuration file that sets something. */
export interface Entry {
  /** Section and key in lower case, the subsection as it stands: `filter.LFS.clean`. */
  name: string;
  /** Null: no value stands there, which reads as true. */
  value: string | null;
  /** From 1. */
  line: number;
}

const isSpace = (char: string) => char === ' ' || char === '\t' || char === '\n' || char === '\r';
const isKeyCharacter = (char: string) => /^[A-Za-z0-9-]$/.test(char);
const end = '';

/** What git sees of a C string. */
const upToNull = (text: string) => text.split('\0', 1)[0] ?? '';

/** Text character by character as git reads it (config.c, get_next_char): CRLF is LF, the end is a last LF. */
class Source {
  private at = 0;
  /** Line of the character read last. */
  line = 1;
  private ended = false;
  isAtEnd = false;
  constructor(private readonly text: string) {}

  next(): string {
    let char = this.text[this.at] ?? end;
    this.at += 1;
    if (char === '\r' && this.text[this.at] === '\n') {
      char = '\n';
      this.at += 1;
    }
    if (this.ended) this.line += 1;
    this.ended = char === '\n';
    if (char !== end) return char;
    this.isAtEnd = true;
    return '\n';
  }
}

class Damaged extends Error {}

/** Behind the name of a section: ` "subsection"]`. */
function subsection(source: Source, first: string): string {
  let char = first;
  while (isSpace(char)) {
    if (char === '\n') throw new Damaged();
    char = source.next();
  }
  if (char !== '"') throw new Damaged();
  let name = '';
  for (char = source.next(); char !== '"'; char = source.next()) {
    if (char === '\\') char = source.next();
    if (char === '\n') throw new Damaged();
    name += char;
  }
  if (source.next() !== ']') throw new Damaged();
  return name;
}

function section(source: Source): string {
  let name = '';
  for (;;) {
    const char = source.next();
    if (source.isAtEnd) throw new Damaged();
    if (char === ']') {
      if (name === '') throw new Damaged();
      return `${name}.`;
    }
    if (isSpace(char)) return `${name}.${subsection(source, char)}.`;
    if (!isKeyCharacter(char) && char !== '.') throw new Damaged();
    name += char.toLowerCase();
  }
}

const escapes: Record<string, string> = { t: '\t', b: '\b', n: '\n', '\\': '\\', '"': '"' };

function valueOf(source: Source): string {
  let value = '';
  let kept = 0;
  let isQuoted = false;
  let isComment = false;
  for (;;) {
    const char = source.next();
    if (char === '\n') {
      if (isQuoted) throw new Damaged();
      return value.slice(0, kept);
    }
    if (isComment) continue;
    if (isSpace(char) && !isQuoted) {
      if (value !== '') value += char;
      continue;
    }
    if (!isQuoted && (char === ';' || char === '#')) {
      isComment = true;
      continue;
    }
    if (char === '\\') {
      const escaped = source.next();
      if (escaped === '\n') continue;
      const meant = escapes[escaped];
      if (meant === undefined) throw new Damaged();
      value += meant;
    } else if (char === '"') isQuoted = !isQuoted;
    else value += char;
    kept = value.length;
  }
}

function entry(source: Source, stem: string, first: string): Entry {
  let name = stem + first.toLowerCase();
  let char = source.next();
  while (!source.isAtEnd && isKeyCharacter(char)) {
    name += char.toLowerCase();
    char = source.next();
  }
  while (char === ' ' || char === '\t') char = source.next();
  if (char !== '\n' && char !== '=') throw new Damaged();
  const { line } = source;
  const value = char === '=' ? valueOf(source) : null;
  return { name: upToNull(name), value: value === null ? null : upToNull(value), line };
}

/**
 * The entries of a configuration file, read as git's own parser reads it
 * (config.c, git_parse_source), one character a byte. `damagedAt`: the line git
 * would stop at; what stands before it counts all the same.
 */
export function parseConfiguration(text: string): { entries: Entry[]; damagedAt: number | null } {
  const entries: Entry[] = [];
  const source = new Source(text.startsWith('\u00ef\u00bb\u00bf') ? text.slice(3) : text);
  let stem = '';
  let isComment = false;
  try {
    for (;;) {
      const char = source.next();
      if (char === '\n') {
        if (source.isAtEnd) return { entries, damagedAt: null };
        isComment = false;
      } else if (isComment || isSpace(char)) continue;
      else if (char === '#' || char === ';') isComment = true;
      else if (char === '[') stem = section(source);
      else if (/^[A-Za-z]$/.test(char)) entries.push(entry(source, stem, char));
      else throw new Damaged();
    }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return { entries, damagedAt: source.line };
  }
}
