import { pathToBytes } from '../path-bytes';

/** Paths that fit into the arguments of one call: git diff and its likes take none from their input. */
export interface PathGroup {
  pathspecs: string[];
  env: Record<string, string>;
  /** Whether a path was asked for. */
  holds(path: string | null): boolean;
}

/** The shortest limit there is: 32,767 characters for a whole command line on Windows. */
const longest = 20_000;
const hasBytes = /\p{Surrogate}/u;

function compareBytes(a: string, b: string): number {
  return Buffer.compare(pathToBytes(a), pathToBytes(b));
}

/**
 * In git's order. An argument is UTF-8: for a byte that is none stands a
 * pattern's `?`, and what it finds besides is left out by `holds`.
 */
export function groupsOf(paths: readonly string[]): PathGroup[] {
  const groups: string[][] = [];
  let length = longest;
  for (const path of [...new Set(paths)].sort(compareBytes)) {
    length += path.length + 20;
    if (length > longest) {
      groups.push([]);
      length = path.length + 20;
    }
    groups.at(-1)?.push(path);
  }
  return groups.map(group);
}

function group(paths: string[]): PathGroup {
  const exact = new Set(paths.map((path) => path.replace(/\/$/, '')));
  const asPatterns = paths.some((path) => hasBytes.test(path));
  return {
    pathspecs: asPatterns ? paths.map(pathspec) : paths,
    env: asPatterns ? { GIT_LITERAL_PATHSPECS: '0' } : {},
    holds(path) {
      if (path === null) return false;
      for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1))
        if (exact.has(path.slice(0, at))) return true;
      return false;
    },
  };
}

function pathspec(path: string): string {
  if (!hasBytes.test(path)) return `:(top,literal)${path}`;
  return `:(top,glob)${path.replaceAll(/[*?[\\]/g, String.raw`\$&`).replaceAll(/\p{Surrogate}/gu, '?')}`;
}
