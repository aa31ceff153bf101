import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where a repository keeps what, gitrepository-layout(5). Absolute paths. */
export interface GitDirectories {
  /** Null: a bare repository. */
  worktree: string | null;
  /** The file `.git` where it is one: in linked working trees and submodules. */
  gitFile: string | null;
  gitDirectory: string;
  /** The same, but for a linked working tree. Holds configuration and hooks. */
  common: string;
}

async function kindOf(file: string): Promise<'file' | 'folder' | 'other' | null> {
  const found = await stat(file).catch(() => null);
  if (found === null) return null;
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
}

/** What a small file names, relative to its own folder. */
async function namedIn(file: string, pattern: RegExp): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size > 65_536) return null;
  const name = pattern.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
  return name === undefined ? null : path.resolve(path.dirname(file), name);
}

async function commonOf(gitDirectory: string): Promise<string> {
  const common = await namedIn(path.join(gitDirectory, 'commondir'), /^([^\0]+?)\r?\n?$/);
  return common ?? gitDirectory;
}

/** Those of the repository whose top folder this is; null: there is none, whatever lies further up. */
export async function gitDirectoriesOf(directory: string): Promise<GitDirectories | null> {
  const entry = path.join(directory, '.git');
  const kind = await kindOf(entry);
  if (kind === 'folder')
    return { worktree: directory, gitFile: null, gitDirectory: entry, common: await commonOf(entry) };
  if (kind === 'file') {
    const named = await namedIn(entry, /^gitdir: ([^\0]+?)\r?\n?$/);
    if (named === null) return null;
    return { worktree: directory, gitFile: entry, gitDirectory: named, common: await commonOf(named) };
  }
  const parts = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => kindOf(path.join(directory, name))),
  );
  if (parts.includes(null)) return null;
  return { worktree: null, gitFile: null, gitDirectory: directory, common: await commonOf(directory) };
}

/** The folder without links; itself where there is none. */
export async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => path.resolve(folder));
}
