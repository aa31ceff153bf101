import type { Head } from '../../../shared/contract/repositories';
import { fail } from '../../../shared/errors';
import type { Running } from '../engine';
import type { SwitchTarget } from '../operations/working-tree';
import { branchRef } from '../ref-name';
import { change, read } from './local';
import { requireNoSubmodule } from './nested';
import { headOf } from './overview';
import type { LocalGit } from './repository-environment';
import { headCommit, refTarget, requireCommit } from './revision';

/** `git switch`; ended early, the files switched so far stay, and HEAD and index are the old ones. */
export async function switchTo(
  git: LocalGit,
  directory: string,
  target: SwitchTarget,
  running: Running,
): Promise<Head> {
  const args = await argumentsOf(git, directory, target);
  await change(git, directory, ['switch', '--quiet', '--no-guess', '--progress', ...args], { running });
  const [symbolic, oid] = await Promise.all([
    read(git, directory, ['symbolic-ref', '--quiet', 'HEAD'], { allowed: [1] }),
    headCommit(git, directory),
  ]);
  return headOf(symbolic.stdout.toString('utf8').trimEnd(), oid ?? '');
}

async function argumentsOf(git: LocalGit, directory: string, target: SwitchTarget): Promise<string[]> {
  switch (target.kind) {
    case 'branch': {
      const { branch } = target;
      const isThere =
        !branch.startsWith('-') && (await refTarget(git, directory, `refs/heads/${branch}`)) !== null;
      if (!isThere) fail({ kind: 'branch-not-found', branch });
      await requireNoSubmodule(git, directory, `refs/heads/${branch}`, 'now');
      return ['--end-of-options', branch];
    }
    case 'new-branch': {
      const { branch, start, track } = target;
      if ((await refTarget(git, directory, branchRef(branch, 'branch'))) !== null)
        fail({ kind: 'already-exists', name: branch });
      await requireNoSubmodule(git, directory, await requireCommit(git, directory, start), 'now');
      return [track ? '--track' : '--no-track', `--create=${branch}`, '--end-of-options', start];
    }
    case 'detached':
      await requireNoSubmodule(git, directory, await requireCommit(git, directory, target.ref), 'now');
      return ['--detach', '--end-of-options', target.ref];
    default:
      return target satisfies never;
  }
}
