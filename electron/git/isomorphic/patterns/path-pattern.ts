import { compileGlob } from './glob';

/** One pattern of a .gitignore or .gitattributes, gitignore(5). Text is one character a byte. */
export interface PathPattern {
  /** Takes back what a pattern before it said. */
  negative: boolean;
  onlyFolders: boolean;
  /** `path`: relative to the top folder; whether it is a folder is for the caller to compare. */
  matches(path: string): boolean;
}

const special = /[*?[\\]/;

/** `folder`: where the file of the pattern stands, with `/` at its end; empty: the top folder. */
export function parsePathPattern(line: string, folder: string, ignoreCase: boolean): PathPattern {
  const negative = line.startsWith('!');
  let text = negative ? line.slice(1) : line;
  const onlyFolders = text.endsWith('/');
  if (onlyFolders) text = text.slice(0, -1);
  const matches = text.includes('/')
    ? pathMatcher(text.startsWith('/') ? text.slice(1) : text, folder, ignoreCase)
    : nameMatcher(text, folder, ignoreCase);
  return { negative, onlyFolders, matches };
}

function comparable(text: string, ignoreCase: boolean): string {
  return ignoreCase ? text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
}

/** A pattern without a slash is about the last part of a path, at any depth. */
function nameMatcher(pattern: string, folder: string, ignoreCase: boolean): (path: string) => boolean {
  const test = nameTest(pattern, ignoreCase);
  return (path) => isBelow(path, folder, ignoreCase) && test(path.slice(path.lastIndexOf('/') + 1));
}

function nameTest(pattern: string, ignoreCase: boolean): (name: string) => boolean {
  const text = comparable(pattern, ignoreCase);
  if (!special.test(pattern)) return (name) => comparable(name, ignoreCase) === text;
  if (pattern.startsWith('*') && !special.test(pattern.slice(1)))
    return (name) => comparable(name, ignoreCase).endsWith(text.slice(1));
  return compileGlob(pattern, { paths: false, ignoreCase });
}

/**
 * A pattern with a slash is about the whole path below its folder. What it
 * begins with is compared as it is, and only the rest is a pattern: for git
 * stars right behind it stand at a beginning.
 */
function pathMatcher(pattern: string, folder: string, ignoreCase: boolean): (path: string) => boolean {
  const found = pattern.search(special);
  const plain = comparable(found < 0 ? pattern : pattern.slice(0, found), ignoreCase);
  const rest = found < 0 ? null : compileGlob(pattern.slice(found), { paths: true, ignoreCase });
  return (path) => {
    if (!isBelow(path, folder, ignoreCase)) return false;
    const name = path.slice(folder.length);
    if (rest === null) return comparable(name, ignoreCase) === plain;
    return comparable(name.slice(0, plain.length), ignoreCase) === plain && rest(name.slice(plain.length));
  };
}

function isBelow(path: string, folder: string, ignoreCase: boolean): boolean {
  if (folder === '') return true;
  return comparable(path.slice(0, folder.length), ignoreCase) === comparable(folder, ignoreCase);
}
