import type { Running } from '../engine';
import type { WorkingTree } from '../operations/working-tree';
import { keepWork } from './kept';
import { requireNoSubmodule } from './nested';
import { change } from './local';
import type { LocalGit } from './repository-environment';
import { requireCommit } from './revision';

/** `git reset`. */
export async function reset(
  git: LocalGit,
  { directory, to, mode }: Parameters<WorkingTree['reset']>[0],
  running: Running,
): Promise<{ kept: string | null }> {
  const target = await requireCommit(git, directory, to);
  if (mode === 'hard') await requireNoSubmodule(git, directory, target, 'now');
  const kept = mode === 'hard' ? await keepWork(git, directory, target, running) : null;
  await change(git, directory, ['reset', '--quiet', `--${mode}`, to, '--'], { running });
  return { kept };
}
