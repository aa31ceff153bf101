import type { Running } from '../engine';
import type { MergeOutcome, WorkingTree } from '../operations/working-tree';
import { pick } from './cherry-pick';
import type { LocalGit } from './repository-environment';

/** `git revert`. */
export function revert(
  git: LocalGit,
  request: Parameters<WorkingTree['revert']>[0],
  running: Running,
): Promise<MergeOutcome> {
  return pick(git, 'revert', request, running);
}
