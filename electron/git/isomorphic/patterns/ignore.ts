import path from 'node:path';
import { parsePathPattern, type PathPattern } from './path-pattern';
import { inFolder, readPatternFile } from './pattern-file';

/** Which untracked paths git does not show: gitignore(5). Paths are text of one character a byte. */
export interface IgnoreRules {
  /** Also where a folder above it is ignored. */
  isIgnored(file: string, isFolder: boolean): boolean;
}

interface IgnorePlaces {
  worktree: string;
  gitdir: string;
  /** core.excludesFile; null: there is none. */
  excludesFile: string | null;
  ignoreCase: boolean;
  /** The content in the index of a .gitignore that is not checked out; null: there is none. */
  notCheckedOut?: (file: string) => Buffer | null;
}

export function createIgnoreRules(places: IgnorePlaces): IgnoreRules {
  const { worktree, gitdir, ignoreCase } = places;
  const lists = new Map<string, PathPattern[]>();
  const folders = new Map<string, boolean>([['', false]]);
  const patternsOf = (text: string | null, folder: string) =>
    text === null ? [] : ignoreLines(text).map((line) => parsePathPattern(line, folder, ignoreCase));
  const everywhere = [
    patternsOf(readPatternFile(path.join(gitdir, 'info/exclude'), true), ''),
    patternsOf(places.excludesFile === null ? null : readPatternFile(places.excludesFile, true), ''),
  ];

  function listOf(folder: string): PathPattern[] {
    const known = lists.get(folder);
    if (known) return known;
    const text =
      readPatternFile(inFolder(worktree, folder, '.gitignore'), false) ??
      places.notCheckedOut?.(`${folder}.gitignore`)?.toString('latin1') ??
      null;
    const list = patternsOf(text, folder);
    lists.set(folder, list);
    return list;
  }

  /** What the last pattern that fits says: the nearest folder's file first. */
  function decided(file: string, isFolder: boolean): boolean {
    for (let slash = file.lastIndexOf('/'); ; slash = file.lastIndexOf('/', slash - 1)) {
      const said = lastFit(listOf(file.slice(0, slash + 1)), file, isFolder);
      if (said !== null) return said;
      if (slash < 0) break;
    }
    for (const list of everywhere) {
      const said = lastFit(list, file, isFolder);
      if (said !== null) return said;
    }
    return false;
  }

  /** `folder` without `/` at its end. Nothing below an ignored one can be taken back. */
  function isFolderIgnored(folder: string): boolean {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const ignored = isFolderIgnored(parentOf(folder)) || decided(folder, true);
    folders.set(folder, ignored);
    return ignored;
  }

  return {
    isIgnored: (file, isFolder) =>
      isFolder ? isFolderIgnored(file) : isFolderIgnored(parentOf(file)) || decided(file, false),
  };
}

const parentOf = (file: string) => file.slice(0, Math.max(file.lastIndexOf('/'), 0));

function lastFit(list: readonly PathPattern[], file: string, isFolder: boolean): boolean | null {
  const fit = list.findLast((one) => (isFolder || !one.onlyFolders) && one.matches(file));
  return fit ? !fit.negative : null;
}

/** Spaces at an end count only behind a backslash; lines of `#` are comments. */
function ignoreLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => !line.startsWith('#'))
    .map(withoutTrailingSpaces)
    .filter((line) => line !== '');
}

function withoutTrailingSpaces(line: string): string {
  let end = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === ' ') continue;
    end = Math.min(at + 1, line.length);
  }
  return line.slice(0, end);
}
