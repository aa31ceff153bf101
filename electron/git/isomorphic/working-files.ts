import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { pathFromBytes } from '../path-bytes';
import { onDisk } from './disk-path';

export const linkMode = 0o120000;
export const submoduleMode = 0o160000;

/**
 * The files below a working tree's top folder. A symbolic link is never
 * followed, in the place of a folder neither: what lies behind one is not there.
 */
export interface WorkingFiles {
  /** Null: nothing is there, or only behind something that is no folder. */
  stats(file: string): BigIntStats | null;
  /** What stands in the place of one of the folders above a path; null: nothing does. */
  inTheWay(file: string): string | null;
  /** Of a file or a link; null: it is neither. */
  read(file: string, stats: BigIntStats): Buffer | null;
  /** Writes a file or link old-or-new, with the folders above it; for a submodule its empty folder. */
  write(file: string, mode: number, content: Buffer): BigIntStats;
  /** Removes a file or link, and the folders that are empty then. */
  remove(file: string): void;
  /** Names in a folder, those of git's own folder left out. */
  names(folder: string): string[];
  /** Removes a folder with nothing but empty folders in it. */
  removeEmpty(folder: string): void;
}

export function openWorkingFiles(directory: string, gitdir: string): WorkingFiles {
  /** Folders that were seen to be folders, and not removed since. */
  const folders = new Set<string>(['']);

  const parentOf = (file: string) => (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '');
  const status = (file: string) =>
    lstatSync(onDisk(directory, file), { bigint: true, throwIfNoEntry: false });

  function inTheWay(file: string): string | null {
    for (let slash = file.indexOf('/'); slash !== -1; slash = file.indexOf('/', slash + 1)) {
      const folder = file.slice(0, slash);
      if (folders.has(folder)) continue;
      const found = status(folder);
      if (!found) return null;
      if (!found.isDirectory()) return folder;
      folders.add(folder);
    }
    return null;
  }

  function stats(file: string): BigIntStats | null {
    if (inTheWay(file) !== null) return null;
    return status(file) ?? null;
  }

  function makeFolder(folder: string): void {
    if (folder === '' || folders.has(folder)) return;
    makeFolder(parentOf(folder));
    try {
      mkdirSync(onDisk(directory, folder));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !status(folder)?.isDirectory()) throw error;
    }
    folders.add(folder);
  }

  function forget(folder: string): void {
    for (const known of folders)
      if (known === folder || known.startsWith(`${folder}/`)) folders.delete(known);
  }

  /** In git's own folder, so that nothing lies among the user's files after a kill. */
  function temporary(mode: number, content: Buffer): string {
    const file = path.join(gitdir, `polyforge-${randomBytes(8).toString('hex')}.tmp`);
    if (mode === linkMode) {
      symlinkSync(content, file);
      return file;
    }
    const descriptor = openSync(file, 'wx', mode === 0o100755 ? 0o777 : 0o666);
    try {
      for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at);
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    return file;
  }

  return {
    stats,
    inTheWay,
    read(file, found) {
      if (found.isSymbolicLink()) return readlinkSync(onDisk(directory, file), { encoding: 'buffer' });
      return found.isFile() ? readFileSync(onDisk(directory, file)) : null;
    },
    write(file, mode, content) {
      makeFolder(parentOf(file));
      const place = onDisk(directory, file);
      if (mode === submoduleMode) makeFolder(file);
      else {
        const made = temporary(mode, content);
        try {
          try {
            renameSync(made, place);
          } catch (error) {
            // git's own folder may be on another disk.
            if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
            copyBeside(made, place, mode, content);
          }
        } finally {
          rmSync(made, { force: true });
        }
      }
      return lstatSync(place, { bigint: true });
    },
    remove(file) {
      if (inTheWay(file) !== null) return;
      const found = status(file);
      if (!found) return;
      if (found.isDirectory()) {
        // A submodule's folder: with something in it, it stays.
        try {
          rmdirSync(onDisk(directory, file));
        } catch {
          return;
        }
        forget(file);
      } else unlinkSync(onDisk(directory, file));
      for (let folder = parentOf(file); folder !== ''; folder = parentOf(folder)) {
        try {
          rmdirSync(onDisk(directory, folder));
        } catch {
          return;
        }
        forget(folder);
      }
    },
    names(folder) {
      const names = readdirSync(onDisk(directory, folder), { encoding: 'buffer' }).map((name) =>
        pathFromBytes(name),
      );
      return folder === '' ? names.filter((name) => name !== '.git') : names;
    },
    removeEmpty(folder) {
      const empty = (at: string) => {
        for (const name of readdirSync(onDisk(directory, at), { encoding: 'buffer' }))
          empty(`${at}/${pathFromBytes(name)}`);
        rmdirSync(onDisk(directory, at));
      };
      empty(folder);
      forget(folder);
    },
  };
}

function copyBeside(made: string, place: string | Buffer, mode: number, content: Buffer): void {
  const there = Buffer.from(place as string);
  const folder = there.subarray(0, there.lastIndexOf(path.sep) + 1);
  const beside = Buffer.concat([folder, Buffer.from(path.basename(made))]);
  if (mode === linkMode) symlinkSync(content, beside);
  else copyFileSync(made, beside);
  renameSync(beside, place);
}

/** The mode git gives a file of the working tree. `before`: the index's, where the file system tells no execute bit. */
export function modeOnDisk(stats: BigIntStats, fileMode: boolean, before: number | null): number {
  if (stats.isSymbolicLink()) return linkMode;
  if (stats.isDirectory()) return submoduleMode;
  if (!fileMode) return before === 0o100755 ? 0o100755 : 0o100644;
  return (Number(stats.mode) & 0o100) !== 0 ? 0o100755 : 0o100644;
}
