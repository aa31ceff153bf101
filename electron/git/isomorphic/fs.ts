import { randomBytes } from 'node:crypto';
import { type BigIntStats, promises as disk } from 'node:fs';
import path from 'node:path';
import { AppFailure } from '../../../shared/errors';
import { writeLocked } from './lock';

/** What isomorphic-git asks of a file system. */
export interface GitFs {
  promises: {
    readFile(file: string, options?: unknown): Promise<Buffer | string>;
    writeFile(file: string, data: Uint8Array | string, options?: unknown): Promise<void>;
    unlink(file: string): Promise<void>;
    readdir(directory: string): Promise<string[]>;
    mkdir(directory: string): Promise<void>;
    rmdir(directory: string): Promise<void>;
    stat(file: string): Promise<GitStats>;
    lstat(file: string): Promise<GitStats>;
    readlink(file: string): Promise<string>;
    symlink(target: string, file: string): Promise<void>;
    chmod(file: string, mode: number): Promise<void>;
  };
}

export interface GitStats {
  ctimeSeconds: number;
  ctimeNanoseconds: number;
  mtimeSeconds: number;
  mtimeNanoseconds: number;
  dev: number;
  ino: number;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Files git itself changes only while holding `<name>.lock`: gitrepository-layout(5). */
const locked = /^(?:HEAD|ORIG_HEAD|FETCH_HEAD|index|config|packed-refs|shallow|refs\/.+)$/;

/**
 * isomorphic-git writes in place and takes no lock another program sees. Here
 * every write is old-or-new (temporary file, fsync, rename), git's own lock
 * files are taken where git takes them, and no write leaves `directory`.
 */
export function createGitFs(directory: string, gitDirectory = path.join(directory, '.git')): GitFs {
  const root = path.resolve(directory);
  const inGit = path.resolve(gitDirectory);

  /** Also rejects what isomorphic-git's probe calls without a path. */
  function inside(file: string): string {
    const full = path.resolve(file);
    for (const base of [root, inGit]) if (full === base || full.startsWith(base + path.sep)) return full;
    throw new AppFailure({
      kind: 'git-failed',
      command: 'write',
      exitCode: null,
      detail: 'The repository names a file outside its folder.',
    });
  }

  async function write(file: string, data: Uint8Array | string, mode: number): Promise<void> {
    const full = inside(file);
    const name = path.relative(inGit, full).split(path.sep).join('/');
    const ours = !name.startsWith('..');
    const lock = ours && locked.test(name);
    if (lock)
      return writeLocked(full, data, {
        mode,
        link: name === 'HEAD' || name.startsWith('refs/') ? 'replace' : 'refuse',
      });
    // Not longer than the name itself may be: names of 255 bytes are allowed.
    const temporary = path.join(path.dirname(full), `.${randomBytes(6).toString('hex')}.tmp`);
    const handle = await disk.open(temporary, 'wx', mode);
    try {
      await handle.writeFile(data);
      // Files of the working tree can be had again from the objects; git does not sync them either.
      if (ours) await handle.sync();
      await handle.close();
      await disk.rename(temporary, full);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await disk.rm(temporary, { force: true });
      throw error;
    }
  }

  return {
    promises: {
      async readFile(file, options) {
        // A pipe in the place of a file would hold one of the few threads that read for the whole application.
        if (!(await disk.stat(file)).isFile()) throw new Error('It is no file.');
        return disk.readFile(file, options as BufferEncoding | undefined);
      },
      writeFile: async (file, data, options) => {
        const mode = (options as { mode?: number } | null | undefined)?.mode ?? 0o666;
        await write(file, data, mode);
      },
      unlink: async (file) => disk.unlink(inside(file)),
      readdir: async (folder) => disk.readdir(folder),
      mkdir: async (folder) => {
        await disk.mkdir(inside(folder));
      },
      rmdir: async (folder) => disk.rmdir(inside(folder)),
      stat: async (file) => statsOf(await disk.stat(file, { bigint: true })),
      lstat: async (file) => statsOf(await disk.lstat(file, { bigint: true })),
      readlink: async (file) => disk.readlink(file),
      symlink: async (target, file) => disk.symlink(target, inside(file)),
      chmod: async (file, mode) => disk.chmod(inside(file), mode),
    },
  };
}

/**
 * With nanoseconds: isomorphic-git would compute them from fractions of
 * milliseconds, and git would read every file again whose index entry lacks them.
 */
function statsOf(stats: BigIntStats): GitStats {
  const billion = 1_000_000_000n;
  const small = (value: bigint) => Number(value & 0xffff_ffffn);
  return {
    ctimeSeconds: Number(stats.ctimeNs / billion),
    ctimeNanoseconds: Number(stats.ctimeNs % billion),
    mtimeSeconds: Number(stats.mtimeNs / billion),
    mtimeNanoseconds: Number(stats.mtimeNs % billion),
    dev: small(stats.dev),
    ino: small(stats.ino),
    mode: Number(stats.mode),
    uid: small(stats.uid),
    gid: small(stats.gid),
    size: Number(stats.size),
    isFile: () => stats.isFile(),
    isDirectory: () => stats.isDirectory(),
    isSymbolicLink: () => stats.isSymbolicLink(),
  };
}
