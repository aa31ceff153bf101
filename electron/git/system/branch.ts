import { AppFailure, fail } from '../../../shared/errors';
import { branchRef } from '../ref-name';
import { change, read } from './local';
import type { LocalGit } from './repository-environment';
import { keepCommit } from './kept';
import { refTarget, requireCommit } from './revision';

const heads = 'refs/heads/';

/** `git branch name start`. */
export async function createBranch(
  git: LocalGit,
  directory: string,
  { name, start, track }: { name: string; start: string; track: boolean },
): Promise<void> {
  const ref = branchRef(name);
  if ((await refTarget(git, directory, ref)) !== null) fail({ kind: 'already-exists', name });
  await requireCommit(git, directory, start);
  await change(git, directory, ['branch', track ? '--track' : '--no-track', '--end-of-options', name, start]);
}

/** `git branch -m`, which renames the branch of HEAD also before its first commit. */
export async function renameBranch(
  git: LocalGit,
  directory: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const ref = branchRef(to, 'to');
  if (!(await isBranch(git, directory, from))) fail({ kind: 'branch-not-found', branch: from });
  if (from === to) return;
  if ((await refTarget(git, directory, ref)) !== null) fail({ kind: 'already-exists', name: to });
  await change(git, directory, ['branch', '--move', '--end-of-options', from, to]);
}

async function isBranch(git: LocalGit, directory: string, name: string): Promise<boolean> {
  if (name.startsWith('-')) return false;
  if ((await refTarget(git, directory, heads + name)) !== null) return true;
  const head = await read(git, directory, ['symbolic-ref', '--quiet', 'HEAD'], { allowed: [1] });
  return head.stdout.toString('utf8').trimEnd() === heads + name;
}

/** `git branch -d`; with `force` `-D`, once the commit has another name. */
export async function deleteBranch(
  git: LocalGit,
  directory: string,
  { name, force }: { name: string; force: boolean },
): Promise<{ oid: string }> {
  const oid = name.startsWith('-') ? null : await refTarget(git, directory, heads + name);
  if (oid === null) return fail({ kind: 'branch-not-found', branch: name });
  try {
    await change(git, directory, ['branch', '--delete', '--quiet', '--end-of-options', name]);
  } catch (error) {
    if (!(error instanceof AppFailure) || error.error.kind !== 'not-merged') throw error;
    if (!force) fail({ kind: 'not-merged', branch: name });
    await keepCommit(git, directory, oid);
    await change(git, directory, ['branch', '--delete', '--force', '--quiet', '--end-of-options', name]);
  }
  return { oid };
}

/** `git branch --set-upstream-to`. */
export async function setUpstream(
  git: LocalGit,
  directory: string,
  { name, upstream }: { name: string; upstream: string | null },
): Promise<void> {
  if (!(await isBranch(git, directory, name))) fail({ kind: 'branch-not-found', branch: name });
  if (upstream === null) {
    await change(git, directory, ['branch', '--unset-upstream', '--end-of-options', name], {
      accept: /has no upstream information/,
    });
    return;
  }
  const isThere =
    !upstream.startsWith('-') &&
    ((await refTarget(git, directory, `refs/remotes/${upstream}`)) ??
      (await refTarget(git, directory, heads + upstream))) !== null;
  if (!isThere) fail({ kind: 'branch-not-found', branch: upstream });
  await change(git, directory, [
    'branch',
    '--quiet',
    `--set-upstream-to=${upstream}`,
    '--end-of-options',
    name,
  ]);
}
