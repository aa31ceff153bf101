import os from 'node:os';
import path from 'node:path';

/** git's own spelling of a path: a backslash is a letter where it divides nothing. */
const slashed = (text: string) => (process.platform === 'win32' ? text.replaceAll('\\', '/') : text);

/** `[abc]`, `[!a-z]`, `[[:digit:]]` of git's wildmatch as a class of a regular expression; null: it is no class. */
function classAt(pattern: string, at: number): { source: string; next: number } | null {
  let index = at + 1;
  const isNegated = pattern[index] === '!' || pattern[index] === '^';
  if (isNegated) index += 1;
  let body = '';
  for (let isFirst = true; index < pattern.length; isFirst = false) {
    const character = pattern[index] ?? '';
    if (character === ']' && !isFirst)
      return { source: `(?!/)[${isNegated ? '^' : ''}${body}]`, next: index + 1 };
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(index));
    if (named) {
      const set = classes[named[1] ?? ''];
      if (set === undefined) return null;
      body += set;
      index += named[0].length;
      continue;
    }
    if (character === '\\') index += 1;
    const literal = pattern[index];
    if (literal === undefined) return null;
    const isRange = character === '-' && !isFirst && pattern[index + 1] !== ']';
    body += isRange ? '-' : literal.replace(/[\\\]^[-]/, String.raw`\$&`);
    index += 1;
  }
  return null;
}

const classes: Record<string, string> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  xdigit: '0-9A-Fa-f',
};

/** git's wildmatch with WM_PATHNAME (wildmatch.c) as a regular expression; null: a pattern that matches nothing. */
function expressionOf(pattern: string, ignoresCase: boolean): RegExp | null {
  let source = '';
  let at = 0;
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    const atStart = at === 0 || pattern[at - 1] === '/';
    if (atStart && rest.startsWith('**/')) {
      source += '(?:.*/)?';
      at += 3;
    } else if (atStart && rest === '**') {
      source += '.*';
      at += 2;
    } else if (rest.startsWith('*')) {
      source += '[^/]*';
      at += /^\*+/.exec(rest)?.[0].length ?? 1;
    } else if (rest.startsWith('?')) {
      source += '[^/]';
      at += 1;
    } else if (rest.startsWith('[')) {
      const found = classAt(pattern, at);
      if (!found) return null;
      source += found.source;
      at = found.next;
    } else {
      const isEscape = rest.startsWith('\\');
      const literal = isEscape ? rest[1] : rest[0];
      if (literal === undefined) return null;
      source += literal.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
      at += isEscape ? 2 : 1;
    }
  }
  try {
    return new RegExp(`^${source}$`, ignoresCase ? 'is' : 's');
  } catch {
    return null;
  }
}

/** The pattern of git-config(1), "Conditional includes", without its abbreviations. `file`: the one it stands in. */
function wholePattern(text: string, file: string): string {
  let pattern = text;
  if (/^~(?=\/|$)/.test(pattern)) pattern = slashed(os.homedir()) + pattern.slice(1);
  if (pattern.startsWith('./')) pattern = `${slashed(path.dirname(file))}${pattern.slice(1)}`;
  else if (!path.isAbsolute(pattern)) pattern = `**/${pattern}`;
  return pattern.endsWith('/') ? `${pattern}**` : pattern;
}

/** Whether an `includeIf` condition holds in any repository below a folder. Conditions on branches and remotes do not. */
export function holdsBelow(condition: string, file: string, folder: string): boolean {
  const match = /^gitdir(\/i)?:(.*)$/s.exec(condition);
  if (!match) return false;
  const expression = expressionOf(wholePattern(match[2] ?? '', file), match[1] !== undefined);
  return expression?.test(`${slashed(folder).replace(/\/$/, '')}/\u0001/.git`) ?? false;
}

/** The condition for repositories at or below exactly this folder, whatever characters are in its name. */
export function conditionFor(folder: string): string {
  const system = process.platform;
  const hasCase = system !== 'win32' && system !== 'darwin';
  const pattern = slashed(folder).replace(/[\\*?[]/g, String.raw`\$&`);
  return `gitdir${hasCase ? '' : '/i'}:${pattern.endsWith('/') ? pattern : `${pattern}/`}`;
}
