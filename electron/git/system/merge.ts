import { AppFailure } from '../../../shared/errors';
import type { Running } from '../engine';
import type { MergeOutcome, WorkingTree } from '../operations/working-tree';
import { change, failureOf } from './local';
import { conflictPaths, withStagedPaths } from './merge-outcome';
import { requireNoSubmodule } from './nested';
import type { LocalGit } from './repository-environment';
import { headCommit, requireCommit } from './revision';
import { ownSigning } from './signing';

const fastForward = { possible: '--ff', only: '--ff-only', never: '--no-ff' } as const;

/** `git merge`. */
export async function merge(
  git: LocalGit,
  request: Parameters<WorkingTree['merge']>[0],
  running: Running,
): Promise<MergeOutcome> {
  const { directory, ref, message } = request;
  const target = await requireCommit(git, directory, ref);
  await requireNoSubmodule(git, directory, target, 'parted');
  const before = await headCommit(git, directory);
  const outcome = await withStagedPaths(
    git,
    directory,
    change(
      git,
      directory,
      [
        'merge',
        '--no-edit',
        '--no-autostash',
        '--progress',
        fastForward[request.fastForward],
        ...(message === null ? [] : [`--message=${message}`]),
        '--end-of-options',
        ref,
      ],
      { running, allowed: [1], configuration: await ownSigning(git, directory) },
    ),
  );
  if (outcome.exitCode !== 0) {
    const paths = await conflictPaths(git, directory);
    if (paths.length > 0) return { kind: 'conflicts', paths };
    throw new AppFailure(failureOf('merge', directory, outcome));
  }
  const after = await headCommit(git, directory);
  if (after === before || after === null) return { kind: 'up-to-date' };
  return after === target ? { kind: 'fast-forward', oid: after } : { kind: 'merged', oid: after };
}
