/**
 * git's configuration format, git-config(1) SYNTAX, read line by line with the
 * place of everything, so that a change leaves all other bytes as they are.
 * Text is one character a byte.
 */

export interface ConfigEntry {
  /** Section and key in lower case, the subsection as it is: `branch.Main.remote`. */
  section: string;
  subsection: string | null;
  key: string;
  /** Null: the key alone, which is true. */
  value: string | null;
  /** Where it begins and ends in the text, its line end included. */
  start: number;
  end: number;
}

export interface ConfigHeader {
  section: string;
  subsection: string | null;
  /** The header alone, from its bracket to behind it. */
  start: number;
  end: number;
  /** Where the next header begins, or the text ends. */
  last: number;
}

export interface ParsedConfig {
  headers: ConfigHeader[];
  entries: ConfigEntry[];
}

/** Null: git would call it a bad configuration. */
export function parseConfig(text: string): ParsedConfig | null {
  const headers: ConfigHeader[] = [];
  const entries: ConfigEntry[] = [];
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (/\s/.test(character)) {
      at += 1;
    } else if (character === '#' || character === ';') {
      at = lineEnd(text, at);
    } else if (character === '[') {
      const match = /\[([\w.-]+)(?:[ \t]+"((?:\\[^\n]|[^"\\\n])*)")?\]/y;
      match.lastIndex = at;
      const found = match.exec(text);
      if (!found) return null;
      let section = (found[1] ?? '').toLowerCase();
      let subsection = found[2]?.replaceAll(/\\(.)/g, '$1') ?? null;
      const dot = section.indexOf('.');
      // The old form, `[branch.name]`: it does not keep the case.
      if (subsection === null && dot > 0) {
        subsection = section.slice(dot + 1);
        section = section.slice(0, dot);
      }
      const previous = headers.at(-1);
      if (previous) previous.last = at;
      headers.push({ section, subsection, start: at, end: match.lastIndex, last: text.length });
      at = match.lastIndex;
    } else {
      const header = headers.at(-1);
      const name = /[A-Za-z][\w-]*/y;
      name.lastIndex = at;
      const found = name.exec(text);
      if (!header || !found || /_/.test(found[0])) return null;
      const read = readValue(text, name.lastIndex);
      if (!read) return null;
      const { section, subsection } = header;
      entries.push({
        section,
        subsection,
        key: found[0].toLowerCase(),
        value: read.value,
        start: at,
        end: read.end,
      });
      at = read.end;
    }
  }
  return { headers, entries };
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** What follows a key: config.c, parse_value(). */
function readValue(text: string, from: number): { value: string | null; end: number } | null {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  if (at >= text.length) return { value: null, end: at };
  if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n'))
    return { value: null, end: lineEnd(text, at) };
  if (text[at] !== '=')
    return text[at] === '#' || text[at] === ';' ? { value: null, end: lineEnd(text, at) } : null;
  let value = '';
  let spaces = '';
  let quoted = false;
  for (at += 1; at < text.length; at += 1) {
    let character = text[at] ?? '';
    if (character === '\r' && text[at + 1] === '\n') continue;
    if (character === '\n') return quoted ? null : { value, end: at + 1 };
    if (!quoted && /[ \t\v\f\r]/.test(character)) {
      if (value !== '') spaces += character;
      continue;
    }
    if (!quoted && (character === '#' || character === ';')) return { value, end: lineEnd(text, at) };
    if (character === '"') {
      quoted = !quoted;
      value += spaces;
      spaces = '';
      continue;
    }
    if (character === '\\') {
      at += 1;
      const next = text[at] === '\r' && text[at + 1] === '\n' ? text[(at += 1)] : text[at];
      if (next === '\n') continue;
      const meaning = { t: '\t', b: '\b', n: '\n', '\\': '\\', '"': '"' }[next ?? ''];
      if (meaning === undefined) return null;
      character = meaning;
    }
    value += spaces + character;
    spaces = '';
  }
  return quoted ? null : { value, end: at };
}

const sameSection = (
  one: { section: string; subsection: string | null },
  section: string,
  subsection: string | null,
) => one.section === section && one.subsection === subsection;

export function headerLine(section: string, subsection: string | null): string {
  return subsection === null ? `[${section}]` : `[${section} "${subsection.replaceAll(/["\\]/g, '\\$&')}"]`;
}

function valueText(value: string): string {
  const escaped = value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return /^\s|\s$|[#;]/.test(value) ? `"${escaped}"` : escaped;
}

/** The text with a key set: in the place of its last value, or at the end of its section, which is made where there is none. */
export function withValue(
  text: string,
  parsed: ParsedConfig,
  { section, subsection, key }: Pick<ConfigEntry, 'section' | 'subsection' | 'key'>,
  value: string,
): string {
  const line = `\t${key} = ${valueText(value)}\n`;
  const same = parsed.entries.filter(
    (entry) => sameSection(entry, section, subsection) && entry.key === key.toLowerCase(),
  );
  const last = same.at(-1);
  if (last) {
    const before = text.slice(0, last.start);
    const alone = /(?:^|\n)[ \t]*$/.test(before);
    return (alone ? before.replace(/[ \t]*$/, '') : `${before}\n`) + line + text.slice(last.end);
  }
  const header = parsed.headers.findLast((one) => sameSection(one, section, subsection));
  if (!header) {
    const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return `${ended}${headerLine(section, subsection)}\n${line}`;
  }
  const behind =
    parsed.entries.findLast((one) => one.start > header.start && one.end <= header.last)?.end ?? header.end;
  const before = text.slice(0, behind);
  if (behind === header.end) {
    // A comment behind the header stays in its line.
    const end = lineEnd(text, behind);
    const head = text.slice(0, end);
    return (head.endsWith('\n') ? head : `${head}\n`) + line + text.slice(end);
  }
  return (before.endsWith('\n') ? before : `${before}\n`) + line + text.slice(behind);
}

/** The text without every value of the keys `which` picks; a section that holds nothing then goes too. */
export function withoutValues(
  text: string,
  parsed: ParsedConfig,
  which: (entry: ConfigEntry) => boolean,
): string {
  const cuts: [number, number][] = [];
  for (const header of parsed.headers) {
    const inside = parsed.entries.filter((one) => one.start > header.start && one.end <= header.last);
    const gone = inside.filter(which);
    if (gone.length === 0) continue;
    const rest = text.slice(header.end, header.last);
    if (gone.length === inside.length && !/^\s*[#;]/m.test(rest) && !/^[^\n]*[#;]/.test(rest))
      cuts.push([header.start, header.last]);
    else
      for (const { start, end } of gone) {
        const line = text.lastIndexOf('\n', start - 1) + 1;
        cuts.push([/^[ \t]*$/.test(text.slice(line, start)) ? line : start, end]);
      }
  }
  return cut(text, cuts);
}

/** The text without whole sections. */
export function withoutSection(
  text: string,
  parsed: ParsedConfig,
  section: string,
  subsection: string,
): string {
  return cut(
    text,
    parsed.headers
      .filter((one) => sameSection(one, section, subsection))
      .map(({ start, last }): [number, number] => [start, last]),
  );
}

function cut(text: string, cuts: readonly [number, number][]): string {
  let out = text;
  for (const [start, end] of [...cuts].sort((a, b) => b[0] - a[0]))
    out = out.slice(0, start) + out.slice(end);
  return out;
}

/** The text with the headers of a section named anew. */
export function withSectionRenamed(
  text: string,
  parsed: ParsedConfig,
  section: string,
  from: string,
  to: string,
): string {
  let out = text;
  for (const { start, end } of parsed.headers.filter((one) => sameSection(one, section, from)).reverse())
    out = out.slice(0, start) + headerLine(section, to) + out.slice(end);
  return out;
}
