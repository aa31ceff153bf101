import { isTreeFolder } from '../../../shared/clone-plan';
import type { TreeFolder } from '../../../shared/contract/clone-plan';
import type { AppError } from '../../../shared/errors';

/** The folders directly in one, as far as they are here. */
export interface Level {
  folders: readonly TreeFolder[];
  state: 'loading' | 'loaded' | 'failed';
  /** There are more files than were looked through. */
  cut: boolean;
  error: AppError | null;
}

/** By path; the top folder's is empty. */
export type Levels = ReadonlyMap<string, Level>;

export type Line =
  | { kind: 'folder'; folder: TreeFolder; name: string; depth: number; expanded: boolean | null }
  | { kind: 'loading' | 'none' | 'cut'; path: string; depth: number }
  | { kind: 'failed'; path: string; depth: number; error: AppError }
  /** A folder nobody has listed, named by hand. */
  | { kind: 'typed'; path: string; depth: 0 };

/** What stands in for a level keeps its place while it changes. No path begins with a slash. */
export function lineKey(line: Line): string {
  return line.kind === 'folder' ? line.folder.path : `/${line.path}`;
}

const byName = (left: TreeFolder, right: TreeFolder) => left.path.localeCompare(right.path);

/** The lines of the tree: one level under each open folder. */
export function treeLines(levels: Levels, expanded: ReadonlySet<string>, path = '', depth = 0): Line[] {
  const level = levels.get(path);
  if (level === undefined) return [];
  const lines: Line[] = [];
  for (const folder of [...level.folders].sort(byName)) {
    const isOpen = expanded.has(folder.path);
    const name = path === '' ? folder.path : folder.path.slice(path.length + 1);
    lines.push({ kind: 'folder', folder, name, depth, expanded: isOpen });
    if (isOpen) for (const line of treeLines(levels, expanded, folder.path, depth + 1)) lines.push(line);
  }
  if (level.state === 'loading') lines.push({ kind: 'loading', path, depth });
  else if (level.error) lines.push({ kind: 'failed', path, depth, error: level.error });
  else if (level.cut) lines.push({ kind: 'cut', path, depth });
  else if (level.folders.length === 0) lines.push({ kind: 'none', path, depth });
  return lines;
}

/** Folders read so far in whose path every word stands, and what was typed itself where it may be one. */
export function foundLines(levels: Levels, search: string): Line[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...levels.values()].flatMap((level) => level.folders);
  const found = all
    .filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)))
    .sort(byName)
    .map((folder): Line => ({ kind: 'folder', folder, name: folder.path, depth: 0, expanded: null }));
  const typed = search.trim().replace(/^\/+|\/+$/g, '');
  const isKnown = all.some(({ path }) => path === typed);
  const isMeant = found.length === 0 || typed.includes('/');
  return isTreeFolder(typed) && !isKnown && isMeant
    ? [...found, { kind: 'typed', path: typed, depth: 0 }]
    : found;
}

/** `within`: a folder above it is chosen; `partly`: one inside it. */
export function choiceOf(chosen: readonly string[], path: string): 'chosen' | 'within' | 'partly' | 'none' {
  if (chosen.includes(path)) return 'chosen';
  if (chosen.some((each) => path.startsWith(`${each}/`))) return 'within';
  return chosen.some((each) => each.startsWith(`${path}/`)) ? 'partly' : 'none';
}

/** A folder comes with all that is in it, so a choice inside it is none of its own any more. */
export function toggled(chosen: readonly string[], path: string): string[] {
  const choice = choiceOf(chosen, path);
  if (choice === 'within') return [...chosen];
  if (choice === 'chosen') return chosen.filter((each) => each !== path);
  return [...chosen.filter((each) => !each.startsWith(`${path}/`)), path];
}
