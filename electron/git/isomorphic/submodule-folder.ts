import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { onDisk } from './disk-path';

/** The repository of a folder below the top folder, also where `.git` is a file that names it; null: it has none. */
export function gitDirectoryBelow(directory: string, folder: string): string | null {
  const at = onDisk(directory, `${folder}/.git`);
  // Inside folders whose names are no text nobody looks for one.
  if (typeof at !== 'string') return null;
  try {
    const found = statSync(at);
    const named =
      found.isFile() && found.size < 65_536
        ? /^gitdir: (.+?)\r?\n?$/.exec(readFileSync(at, 'utf8'))?.[1]
        : null;
    const gitdir = found.isDirectory() ? at : named ? path.resolve(directory, folder, named) : null;
    if (gitdir === null) return null;
    return statSync(path.join(gitdir, 'HEAD')).isFile() &&
      statSync(path.join(gitdir, 'objects')).isDirectory()
      ? gitdir
      : null;
  } catch {
    return null;
  }
}
