import { copyFile, lstat, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Running } from '../engine';
import { pathToBytes } from '../path-bytes';
import { gitDirectory } from './git-directory';
import { change, read } from './local';
import { pathList } from './merge-outcome';
import { requireNoRepository } from './nested';
import { pathInput, pathsFromInput } from './pathspecs';
import type { LocalGit } from './repository-environment';
import { emptyTree, headCommit } from './revision';
import { submoduleDepth } from './submodule-depth';

/** Below it stands, by its own id, what would be lost otherwise: no branch shows it, and git keeps it. */
const kept = 'refs/polyforge/kept/';

/** Whoever keeps something for the user may do so before they have a name. */
const keeper = {
  GIT_AUTHOR_NAME: 'Polyforge',
  GIT_AUTHOR_EMAIL: 'kept@polyforge.invalid',
  GIT_COMMITTER_NAME: 'Polyforge',
  GIT_COMMITTER_EMAIL: 'kept@polyforge.invalid',
};

export async function keepCommit(git: LocalGit, directory: string, oid: string): Promise<void> {
  await change(git, directory, ['update-ref', '--end-of-options', `${kept}${oid}`, oid]);
}

/**
 * Keeps index and working tree, as git-stash(1) has them: a commit of the
 * working tree whose second parent is one of the index. Files nobody tracks
 * are part of it where `target` has something in their place. Resolves with
 * its id; null: there was nothing that is not in HEAD.
 */
export async function keepWork(
  git: LocalGit,
  directory: string,
  target: string,
  running: Running | undefined,
): Promise<string | null> {
  const [changed, inTheWay] = await Promise.all([
    read(git, directory, [
      'status',
      '--porcelain=v2',
      '-z',
      '--untracked-files=no',
      await submoduleDepth(git, directory),
    ]),
    untrackedInTheWay(git, directory, target),
  ]);
  await requireNoRepository(directory, inTheWay);
  if (changed.stdout.length === 0 && inTheWay.length === 0) return null;
  const place = await gitDirectory(git, directory);
  const folder = await mkdtemp(path.join(place, 'polyforge-kept-'));
  try {
    const index = path.join(folder, 'index');
    await copyFile(path.join(place, 'index'), index).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    const env = { ...keeper, GIT_INDEX_FILE: index };
    const made = async (args: string[], input?: string | Uint8Array) =>
      (await change(git, directory, args, { env, input, running })).stdout.toString('latin1').trim();
    const head = await headCommit(git, directory);
    const staged = await change(git, directory, ['write-tree'], { env, allowed: [128] });
    // An index with conflicts is no tree: its files are in the working tree.
    const indexTree =
      staged.exitCode === 0
        ? staged.stdout.toString('latin1').trim()
        : head === null
          ? await emptyTree(git, directory)
          : `${head}^{tree}`;
    await made(['add', '--update']);
    if (inTheWay.length > 0) await made(['add', '--force', ...pathsFromInput], pathInput(inTheWay));
    const parents = head === null ? [] : ['-p', head];
    const ofIndex = await made(['commit-tree', ...parents, indexTree], 'The index, kept by Polyforge\n');
    const workTree = await made(['write-tree']);
    const oid = await made(
      ['commit-tree', ...parents, '-p', ofIndex, workTree],
      'Work that was not committed, kept by Polyforge\n',
    );
    await keepCommit(git, directory, oid);
    return oid;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many files are looked at side by side. */
const width = 64;

/** Files that are not in the index, where `target` wants to write others: git-reset(1) deletes them. */
async function untrackedInTheWay(git: LocalGit, directory: string, target: string): Promise<string[]> {
  const added = await read(git, directory, [
    'diff-index',
    '--cached',
    '--name-only',
    '--no-renames',
    '--diff-filter=D',
    '-z',
    '--end-of-options',
    target,
  ]);
  const paths = pathList(added.stdout);
  const found = new Set<string>();
  for (let at = 0; at < paths.length; at += width) {
    const seen = await Promise.all(paths.slice(at, at + width).map((one) => standing(directory, one)));
    for (const one of seen) if (one !== null) found.add(one);
  }
  return [...found];
}

/** What stands at a path or, being a file, at a folder on the way to it. */
async function standing(directory: string, file: string): Promise<string | null> {
  const parts = file.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join('/');
    const stats = await lstat(
      Buffer.concat([Buffer.from(`${directory}${path.sep}`), pathToBytes(part)]),
    ).catch(() => null);
    if (stats === null) return null;
    if (!stats.isDirectory() || length === parts.length) return part;
  }
  return null;
}
