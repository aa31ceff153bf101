import { fail } from '../../../shared/errors';
import { gitDirectory, underWay } from './git-directory';
import { keepWork } from './kept';
import { change } from './local';
import { conflictPaths } from './merge-outcome';
import type { LocalGit } from './repository-environment';

/** `git merge --abort` and its likes. What was resolved so far is kept first. */
export async function abort(git: LocalGit, directory: string): Promise<void> {
  const what = await underWay(await gitDirectory(git, directory));
  switch (what) {
    case 'merge':
    case 'cherry-pick':
    case 'revert':
      await keepWork(git, directory, 'HEAD', undefined);
      await change(git, directory, [what, '--abort']);
      return;
    case 'rebase':
    case 'am':
      return fail({ kind: 'unfinished', what });
    default:
      // The return of a stash leaves conflicts and no mark of its own.
      if ((await conflictPaths(git, directory)).length === 0) fail({ kind: 'nothing-to-do', what: 'abort' });
      await keepWork(git, directory, 'HEAD', undefined);
      await change(git, directory, ['reset', '--quiet', '--merge']);
  }
}
