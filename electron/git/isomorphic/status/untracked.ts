import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { IgnoreRules } from '../patterns/ignore';
import { fromLatin1, inFolder } from '../patterns/pattern-file';

/** What is below a folder the index knows nothing of. Paths are one character a byte. */
export interface UntrackedFiles {
  /** A folder's path with `/` at its end where it is shown as one; nothing where all of it is ignored or there is nothing. */
  inFolderOf(folder: string): Generator<string>;
}

export function untrackedFiles(
  worktree: string,
  rules: IgnoreRules,
  untracked: 'normal' | 'all',
): UntrackedFiles {
  function* files(folder: string): Generator<string> {
    for (const row of rowsOf(inFolder(worktree, folder, ''))) {
      if (row.name === '.git') continue;
      const file = folder + row.name;
      if (row.isDirectory()) {
        if (!rules.isIgnored(file, true)) yield* below(`${file}/`);
      } else if ((row.isFile() || row.isSymbolicLink()) && !rules.isIgnored(file, false)) yield file;
    }
  }
  /** A repository in a folder is shown as that folder. */
  function* below(folder: string): Generator<string> {
    if (gitDirectoryIn(worktree, folder) !== null) yield folder;
    else yield* files(folder);
  }
  return {
    *inFolderOf(folder) {
      if (rules.isIgnored(folder.slice(0, -1), true)) return;
      if (untracked === 'all') yield* below(folder);
      else if (!below(folder).next().done) yield folder;
    },
  };
}

function rowsOf(place: string | Buffer): Dirent[] {
  try {
    return readdirSync(place, { withFileTypes: true, encoding: 'latin1' });
  } catch {
    // As git: what cannot be opened is passed over.
    return [];
  }
}

/** The `.git` of a repository in a folder, or what its file names; null: the folder holds none. */
export function gitDirectoryIn(worktree: string, folder: string): string | Buffer | null {
  try {
    const place = inFolder(worktree, folder, '.git');
    const found = statSync(place);
    const at = found.isFile() && found.size < 65_536 ? linked(place, worktree, folder) : place;
    const inside = (name: string) =>
      typeof at === 'string' ? path.join(at, name) : inFolder(worktree, `${folder}.git/`, name);
    const isOne =
      at !== null &&
      statSync(inside('HEAD')).isFile() &&
      statSync(inside('objects')).isDirectory() &&
      statSync(inside('refs')).isDirectory();
    return isOne ? at : null;
  } catch {
    return null;
  }
}

function linked(file: string | Buffer, worktree: string, folder: string): string | null {
  const named = /^gitdir: (.+?)\r?\n?$/.exec(readFileSync(file, 'utf8'))?.[1];
  return named === undefined ? null : path.resolve(worktree, fromLatin1(folder), named);
}
