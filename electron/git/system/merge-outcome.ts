import { AppFailure } from '../../../shared/errors';
import { pathFromBytes } from '../path-bytes';
import { read } from './local';
import type { LocalGit } from './repository-environment';

/** Paths of a list that ends each with a NUL. */
export function pathList(bytes: Buffer): string[] {
  const paths: string[] = [];
  for (let from = 0, end = bytes.indexOf(0); end >= 0; from = end + 1, end = bytes.indexOf(0, from))
    paths.push(pathFromBytes(bytes.subarray(from, end)));
  return paths;
}

/** Paths with conflicts, in git's order. */
export async function conflictPaths(git: LocalGit, directory: string): Promise<string[]> {
  const outcome = await read(git, directory, ['ls-files', '--unmerged', '-z']);
  // Mode, id and stage stand before a tab.
  return [...new Set(pathList(outcome.stdout).map((row) => row.slice(row.indexOf('\t') + 1)))];
}

/** Of staged changes in their way, cherry-pick and revert do not say which they are. */
export async function withStagedPaths<T>(git: LocalGit, directory: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppFailure) || error.error.kind !== 'would-overwrite') throw error;
    if (error.error.paths.length > 0) throw error;
    const staged = await read(git, directory, ['diff', '--cached', '--name-only', '--no-renames', '-z']);
    const paths = pathList(staged.stdout).slice(0, 100);
    throw new AppFailure({ kind: 'would-overwrite', paths }, { cause: error });
  }
}
