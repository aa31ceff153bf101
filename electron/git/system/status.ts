import type { Head } from '../../../shared/contract/repositories';
import type { Status } from '../../../shared/contract/working-tree';
import type { Running } from '../engine';
import type { StatusOptions } from '../operations/working-tree';
import { gitDirectoriesOf } from '../trust';
import { underWay } from './git-directory';
import { read } from './local';
import { atLeast } from './program';
import type { LocalGit } from './repository-environment';
import { type Headers, statusReader } from './status-entries';
import { submoduleDepth } from './submodule-depth';

/** Since git 2.35 the output tells of stashes (`--show-stash`, release notes). */
const tellsStashes = '2.35.0';

/**
 * `git status --porcelain=v2 -z`. It leaves the index as it is, also where its
 * times are old: a look in the background must not hold a lock while the user
 * commits elsewhere (git-status(1), BACKGROUND REFRESH).
 */
export async function status(
  git: LocalGit & { version?: string },
  directory: string,
  options: StatusOptions,
  running: Running,
): Promise<Status> {
  const reader = statusReader(options.entries);
  const [directories] = await Promise.all([
    // By its files: git would be a second process.
    gitDirectoriesOf(directory),
    read(
      git,
      directory,
      [
        'status',
        '--porcelain=v2',
        '-z',
        '--branch',
        '--show-stash',
        '--ahead-behind',
        '--renames',
        `--untracked-files=${options.untracked}`,
        await submoduleDepth(git, directory),
      ],
      { signal: running.signal, onOutput: (piece) => reader.add(piece) },
    ),
  ]);
  reader.end();
  const { headers } = reader;
  return {
    head: await headOf(git, directory, headers),
    upstream: upstreamOf(headers),
    underWay: directories && (await underWay(directories.gitDirectory)),
    stashes: atLeast(git.version ?? '', tellsStashes)
      ? Number(headers.get('stash') ?? 0)
      : await countStashes(git, directory),
  };
}

async function headOf(git: LocalGit, directory: string, headers: Headers): Promise<Head> {
  const branch = headers.get('branch.head') ?? '';
  const oid = headers.get('branch.oid') ?? '';
  // A branch may be called so.
  const detached =
    branch === '(detached)' &&
    (await read(git, directory, ['symbolic-ref', '--quiet', 'HEAD'], { allowed: [1] })).exitCode === 1;
  if (detached) return { state: 'detached', oid };
  return oid === '(initial)' ? { state: 'unborn', branch } : { state: 'branch', branch, oid };
}

function upstreamOf(headers: Headers): Status['upstream'] {
  const name = headers.get('branch.upstream');
  if (name === undefined) return null;
  const counts = /^\+(\d+) -(\d+)$/.exec(headers.get('branch.ab') ?? '');
  return {
    name,
    ahead: counts ? Number(counts[1]) : null,
    behind: counts ? Number(counts[2]) : null,
  };
}

async function countStashes(git: LocalGit, directory: string): Promise<number> {
  const found = await read(git, directory, ['stash', 'list', '-z', '--format=%H']);
  return found.stdout.toString('latin1').split('\0').length - 1;
}
