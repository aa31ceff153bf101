import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathFromBytes, pathToBytes } from '../path-bytes';
import { read } from './local';
import { pathList } from './merge-outcome';
import type { LocalGit } from './repository-environment';
import { headCommit } from './revision';

/** Folders within one another that are looked into. */
const deepest = 255;

/**
 * Rejects `would-overwrite` where a file would take the place of a folder that
 * holds a repository of its own: git removes it with all its commits
 * (entry.c, remove_subtree), and no copy of ours could bring it back.
 */
export async function requireNoRepository(directory: string, paths: readonly string[]): Promise<void> {
  const found: string[] = [];
  for (const one of paths) {
    const place = Buffer.concat([Buffer.from(`${directory}${path.sep}`), pathToBytes(one)]);
    if (await holdsRepository(place, 0)) found.push(one);
  }
  if (found.length > 0) fail({ kind: 'would-overwrite', paths: found.slice(0, 100) });
}

async function holdsRepository(folder: Buffer, depth: number): Promise<boolean> {
  const stats = await lstat(folder).catch(() => null);
  if (!stats?.isDirectory()) return false;
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  if (depth > deepest || entries.some(({ name }) => name.toString('latin1').toLowerCase() === '.git'))
    return true;
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const inside = Buffer.concat([folder, Buffer.from(path.sep), pathToBytes(pathFromBytes(entry.name))]);
    if (await holdsRepository(inside, depth + 1)) return true;
  }
  return false;
}

/**
 * The same for submodules a commit has a file in the place of. git's own check
 * before it replaces them is missing (t/lib-submodule-update.sh). `since`: only
 * what the commit changed since it parted from the current one.
 */
export async function requireNoSubmodule(
  git: LocalGit,
  directory: string,
  target: string,
  since: 'parted' | 'now',
): Promise<void> {
  const head = await headCommit(git, directory);
  if (head === null) return;
  const base =
    since === 'now'
      ? head
      : (await read(git, directory, ['merge-base', head, target], { allowed: [1] })).stdout
          .toString('latin1')
          .trim();
  if (base === '') return;
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=T', base, target];
  const changed = await read(git, directory, args);
  await requireNoRepository(directory, pathList(changed.stdout));
}
