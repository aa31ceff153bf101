import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { AppFailure, fail } from '../../../shared/errors';
import type { Running } from '../engine';
import type { MergeOutcome, Stash, WorkingTree } from '../operations/working-tree';
import { pathToBytes } from '../path-bytes';
import { change, failureOf, read } from './local';
import { conflictPaths, pathList } from './merge-outcome';
import type { LocalGit } from './repository-environment';
import { headCommit, refTarget } from './revision';
import { submoduleDepth } from './submodule-depth';

const fields = ['%H', '%ct', '%gs'];

/** The last one made comes first. */
export async function stashes(git: LocalGit, directory: string): Promise<Stash[]> {
  const outcome = await read(git, directory, [
    'stash',
    'list',
    '-z',
    '--encoding=UTF-8',
    `--format=${fields.join('%x00')}`,
  ]);
  const values = outcome.stdout.toString('utf8').split('\0');
  const found: Stash[] = [];
  for (let at = 0; at + fields.length <= values.length; at += fields.length) {
    const [oid = '', time = '', message = ''] = values.slice(at, at + fields.length);
    if (oid !== '') found.push({ index: found.length, oid, message, at: Number(time) * 1000 });
  }
  return found;
}

export async function stashPush(
  git: LocalGit,
  { directory, message, untracked }: Parameters<WorkingTree['stashPush']>[0],
  running: Running,
): Promise<boolean> {
  if ((await headCommit(git, directory)) === null) fail({ kind: 'revision-not-found', name: 'HEAD' });
  const before = await refTarget(git, directory, 'refs/stash');
  const outcome = await change(
    git,
    directory,
    [
      'stash',
      'push',
      '--quiet',
      untracked ? '--include-untracked' : '--no-include-untracked',
      ...(message === null ? [] : [`--message=${message}`]),
    ],
    // It removes what was not tracked by the pattern `:/` (builtin/stash.c).
    { running, allowed: [1], env: { GIT_LITERAL_PATHSPECS: '0' } },
  );
  if (outcome.exitCode !== 0) {
    // Of an index with conflicts it says nothing.
    if ((await conflictPaths(git, directory)).length > 0) fail({ kind: 'unfinished', what: 'conflicts' });
    throw new AppFailure(failureOf('stash', directory, outcome));
  }
  return (await refTarget(git, directory, 'refs/stash')) !== before;
}

async function requireStash(git: LocalGit, directory: string, index: number): Promise<string> {
  const found = (await stashes(git, directory))[index];
  return found?.oid ?? fail({ kind: 'revision-not-found', name: `stash@{${index}}` });
}

/** `git stash apply` and `pop`; what was not tracked is looked for first, since git comes to it last. */
export async function stashApply(
  git: LocalGit,
  { directory, index, drop }: Parameters<WorkingTree['stashApply']>[0],
  running: Running,
): Promise<MergeOutcome> {
  const oid = await requireStash(git, directory, index);
  await requireFree(git, directory, oid);
  const outcome = await change(
    git,
    directory,
    ['stash', drop ? 'pop' : 'apply', '--quiet', `stash@{${index}}`],
    { running, allowed: [1] },
  );
  if (outcome.exitCode === 0) return { kind: 'merged', oid: null };
  const error = failureOf('stash', directory, outcome);
  if (error.kind !== 'git-failed') throw new AppFailure(error);
  const paths = await conflictPaths(git, directory);
  if (paths.length > 0) return { kind: 'conflicts', paths };
  throw new AppFailure(error);
}

/**
 * The third parent of a stash holds the files that were not tracked. git brings
 * those back also where it then refuses the others, so both are looked at before.
 */
async function requireFree(git: LocalGit, directory: string, oid: string): Promise<void> {
  if ((await refTarget(git, directory, `${oid}^3`)) === null) return;
  const names = async (...args: string[]) => pathList((await read(git, directory, args)).stdout);
  const [untracked, stashed, changed] = await Promise.all([
    names('ls-tree', '-r', '-z', '--name-only', `${oid}^3`),
    names('diff-tree', '-r', '-z', '--name-only', '--no-renames', `${oid}^1`, oid),
    names('diff', '-z', '--name-only', '--no-renames', await submoduleDepth(git, directory)),
  ]);
  const standing = changed.filter((file) => stashed.includes(file));
  for (const file of untracked) {
    const at = Buffer.concat([Buffer.from(`${directory}${path.sep}`), pathToBytes(file)]);
    const isThere = await lstat(at).then(
      () => true,
      () => false,
    );
    if (isThere) standing.push(file);
  }
  if (standing.length > 0) fail({ kind: 'would-overwrite', paths: standing.slice(0, 100) });
}

export async function stashDrop(
  git: LocalGit,
  directory: string,
  { index, oid }: Pick<Stash, 'index' | 'oid'>,
): Promise<void> {
  if ((await requireStash(git, directory, index)) !== oid)
    fail({ kind: 'revision-not-found', name: `stash@{${index}}` });
  await change(git, directory, ['stash', 'drop', '--quiet', `stash@{${index}}`]);
}
