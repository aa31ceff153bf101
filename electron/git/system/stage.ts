import { requirePaths } from '../repository-path';
import { change } from './local';
import { pathInput, pathsFromInput } from './pathspecs';
import type { LocalGit } from './repository-environment';

/** `git add --all` for exactly these paths: what is gone from the working tree goes from the index. */
export async function stage(git: LocalGit, directory: string, paths: readonly string[]): Promise<void> {
  requirePaths(paths);
  if (paths.length === 0) return;
  await change(git, directory, ['add', '--all', ...pathsFromInput], { input: pathInput(paths) });
}

/** `git reset` for exactly these paths, which before the first commit compares with nothing. */
export async function unstage(git: LocalGit, directory: string, paths: readonly string[]): Promise<void> {
  requirePaths(paths);
  if (paths.length === 0) return;
  // Files that stay changed are no failure.
  await change(git, directory, ['reset', '--quiet', ...pathsFromInput], { input: pathInput(paths) });
}
