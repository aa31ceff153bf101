import { lstat, readFile, realpath, stat } from 'node:fs/promises';
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
  /** A file that names one of these in a way only git can follow; null: there is none. */
  unknown: string | null;
}

async function kindOf(file: string): Promise<'file' | 'folder' | 'other' | null> {
  const found = await stat(file).catch(() => null);
  if (found === null) return null;
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
}

/** What names a place and is not followed by us the way git follows it. */
const unknown = Symbol('unknown');
type Named = string | null | typeof unknown;

/** git reads no larger `.git` (setup.c, read_gitfile_gently). */
const longest = 1024 * 1024;

/**
 * The folder a small file names, relative to its own, read byte by byte as git
 * does (setup.c, read_gitfile_gently and get_common_dir_noenv): line ends
 * behind it do not count, it ends at a NUL, and `..` behind a link leads out of
 * the link's target. Null: the file is not there, or git takes nothing from it.
 */
async function namedIn(file: string, prefix: string): Promise<Named> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) return found.code === 'ENOENT' || found.code === 'ENOTDIR' ? null : unknown;
  if (!found.isFile() || found.size > longest) return unknown;
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return unknown;
  const text = bytes.toString('latin1').replace(/[\r\n]+$/, '');
  if (!text.startsWith(prefix)) return null;
  const name = text.slice(prefix.length).split('\0', 1)[0] ?? '';
  return name === '' ? null : ((await placeNamed(name, path.dirname(file))) ?? unknown);
}

async function commonOf(gitDirectory: string): Promise<string | typeof unknown> {
  return (await namedIn(path.join(gitDirectory, 'commondir'), '')) ?? gitDirectory;
}

/**
 * Those of the repository whose top folder this is; null: there is none,
 * whatever lies further up.
 */
export async function gitDirectoriesOf(directory: string): Promise<GitDirectories | null> {
  const entry = path.join(directory, '.git');
  const kind = await kindOf(entry);
  if (kind === 'folder') return withCommon({ worktree: directory, gitFile: null, gitDirectory: entry });
  if (kind === 'file') {
    const named = await namedIn(entry, 'gitdir: ');
    if (named === null) return null;
    const shared = { worktree: directory, gitFile: entry };
    if (named === unknown) return { ...shared, gitDirectory: entry, common: entry, unknown: entry };
    return withCommon({ ...shared, gitDirectory: named });
  }
  // HEAD may be a link to a branch that is not there yet (refs.c, validate_headref).
  const parts = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => lstat(path.join(directory, name)).catch(() => null)),
  );
  if (parts.includes(null)) return null;
  return withCommon({ worktree: null, gitFile: null, gitDirectory: directory });
}

async function withCommon(found: Omit<GitDirectories, 'common' | 'unknown'>): Promise<GitDirectories> {
  const common = await commonOf(found.gitDirectory);
  if (common !== unknown) return { ...found, common, unknown: null };
  const { gitDirectory } = found;
  return { ...found, common: gitDirectory, unknown: path.join(gitDirectory, 'commondir') };
}

/**
 * Where a name of a file leads from a folder, without links, so that nobody
 * takes a `..` behind one for the folder before it. `name`: one character a
 * byte. Null: only git knows, since it is no text.
 */
export async function placeNamed(name: string, from: string): Promise<string | null> {
  const bytes = Buffer.from(name, 'latin1');
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) return null;
  return placeOf(path.isAbsolute(text) ? text : `${from}${path.sep}${text}`);
}

/** As far as folders are there, links are followed; the rest is kept as it stands. */
async function placeOf(file: string): Promise<string> {
  const real = await realpath(file).catch(() => null);
  // Beyond any length a system opens.
  if (real !== null || file.length > 8192) return real ?? file;
  const parent = path.dirname(file);
  return parent === file ? file : `${await placeOf(parent)}${path.sep}${path.basename(file)}`;
}

/** The folder without links; itself where there is none. */
export async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => path.resolve(folder));
}
