import { fail } from '../../../shared/errors';
import { configure } from './configuration';
import { type Configuration, neutralDirectory } from './environment';
import { read } from './local';
import { environmentOf, type LocalGit } from './repository-environment';
import { run } from './run';

/** What `git lfs install` writes, git-lfs-install(1). */
const filter: Configuration = [
  ['filter.lfs.clean', 'git-lfs clean -- %f'],
  ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
  ['filter.lfs.process', 'git-lfs filter-process'],
  ['filter.lfs.required', 'true'],
];

/** An empty command is none (git's convert.c, apply_filter). */
const noFilter: Configuration = [
  ['filter.lfs.clean', ''],
  ['filter.lfs.smudge', ''],
  ['filter.lfs.process', ''],
  ['filter.lfs.required', 'false'],
];

/** What git does with large files while it checks out. */
export interface LargeFiles {
  configuration: Configuration;
  more: Record<string, string>;
}

/** Pointers stay pointers. */
const left: LargeFiles = { configuration: noFilter, more: { GIT_LFS_SKIP_SMUDGE: '1' } };

/** Whether this git has a git-lfs beside itself or on the absolute entries of PATH. */
export async function hasLfs(git: LocalGit): Promise<boolean> {
  const outcome = await run({
    program: git.program,
    args: ['lfs', 'version'],
    cwd: neutralDirectory(),
    env: await environmentOf(git, neutralDirectory()),
    signal: AbortSignal.timeout(10_000),
    maximumOutput: 65_536,
  }).catch(() => null);
  return outcome?.exitCode === 0;
}

/**
 * As the plan has it: through the system's git-lfs, or not at all. Rejects
 * `unsupported` where it is wanted and not there.
 */
export async function largeFiles(git: LocalGit, wanted: boolean): Promise<LargeFiles> {
  if (!wanted) return left;
  if (!(await hasLfs(git)))
    fail({
      kind: 'unsupported',
      what: 'Fetching large files',
      reason: 'Git LFS was not found on this computer. Install it, or clone without large files.',
    });
  return { configuration: filter, more: {} };
}

/**
 * Large files that were checked out would look changed to every git that has
 * no filter for them: where the user's own configuration has none, the
 * repository's gets it, as `git lfs install --local` does.
 */
export async function keepFilter(git: LocalGit, directory: string): Promise<void> {
  const args = ['config', '--includes', '--show-scope', '--get-all', 'filter.lfs.process'];
  const found = await read(git, directory, args, { allowed: [1] });
  const isTheirs = /^(?:system|global)\t/m.test(found.stdout.toString('utf8'));
  if (!isTheirs) await configure(git, directory, filter, () => undefined);
}
