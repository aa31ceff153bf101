import { AppFailure } from '../../../shared/errors';
import type { Running } from '../engine';
import type { MergeOutcome, WorkingTree } from '../operations/working-tree';
import { change, failureOf, read } from './local';
import { conflictPaths, withStagedPaths } from './merge-outcome';
import type { LocalGit } from './repository-environment';
import { headCommit, requireCommit } from './revision';
import { ownSigning } from './signing';

type Request = Parameters<WorkingTree['cherryPick']>[0];

/** git-cherry-pick(1) and git-revert(1) are one program (sequencer.c). */
export async function pick(
  git: LocalGit,
  command: 'cherry-pick' | 'revert',
  { directory, oid, mainline }: Request,
  running: Running,
): Promise<MergeOutcome> {
  const commit = await requireCommit(git, directory, oid);
  const outcome = await withStagedPaths(
    git,
    directory,
    change(
      git,
      directory,
      [command, '--no-edit', ...(mainline === null ? [] : [`--mainline=${mainline}`]), commit],
      { running, allowed: [1], configuration: await ownSigning(git, directory) },
    ),
  );
  const after = await headCommit(git, directory);
  if (outcome.exitCode === 0 && after !== null) return { kind: 'merged', oid: after };
  const error = failureOf(command, directory, outcome);
  if (error.kind !== 'git-failed') throw await withPaths(git, directory, new AppFailure(error));
  const paths = await conflictPaths(git, directory);
  if (paths.length > 0) return { kind: 'conflicts', paths };
  const staged = await read(git, directory, ['diff', '--cached', '--quiet'], { allowed: [1] });
  if (staged.exitCode !== 0) throw new AppFailure(error);
  // All of it is here already. After a cherry-pick git waits for a word whether to make an empty commit.
  await change(git, directory, [command, '--skip'], { allowed: [1, 128] });
  return { kind: 'up-to-date' };
}

async function withPaths(git: LocalGit, directory: string, failure: AppFailure): Promise<unknown> {
  return withStagedPaths(git, directory, Promise.reject(failure)).catch((error: unknown) => error);
}

export function cherryPick(git: LocalGit, request: Request, running: Running): Promise<MergeOutcome> {
  return pick(git, 'cherry-pick', request, running);
}
