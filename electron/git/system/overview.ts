import type { Head, RepositoryOverview } from '../../../shared/contract/repositories';
import { type RemoteLine, reachOf } from '../operations/reach';
import { read } from './local';
import { remotesOf } from './remotes';
import type { LocalGit } from './repository-environment';

const heads = 'refs/heads/';

export function headOf(symbolic: string, oid: string): Head {
  const branch = symbolic.startsWith(heads) ? symbolic.slice(heads.length) : symbolic;
  if (symbolic === '') return { state: 'detached', oid };
  return oid === '' ? { state: 'unborn', branch } : { state: 'branch', branch, oid };
}

/** What the repository's own configuration says of what is fetched: `git config -z`. */
function fetchLines(output: string): RemoteLine[] {
  return output.split('\0').flatMap((entry) => {
    const [name = '', ...value] = entry.split('\n');
    const [, remote, key] = /^remote\.([\s\S]+)\.(fetch|promisor)$/.exec(name) ?? [];
    // A key without a value is true.
    return remote && key ? [{ remote, key, value: value.length > 0 ? value.join('\n') : 'true' }] : [];
  });
}

const remoteKeys = String.raw`^remote\..*\.(url|pushurl|fetch|promisor)$`;

export async function overview(
  git: LocalGit,
  directory: string,
): Promise<Omit<RepositoryOverview, 'repository' | 'engine' | 'account'>> {
  const [state, symbolic, configured] = await Promise.all([
    // What it is, then the commit it is at where there is one. What is wrong with all of it the others say.
    read(
      git,
      directory,
      ['rev-parse', '--is-bare-repository', '--is-shallow-repository', '--quiet', '--verify', 'HEAD^0'],
      { allowed: [1, 128] },
    ),
    read(git, directory, ['symbolic-ref', '--quiet', 'HEAD'], { allowed: [1] }),
    read(git, directory, ['config', '--local', '--includes', '-z', '--get-regexp', remoteKeys], {
      allowed: [1],
    }),
  ]);
  const [bare, shallow, oid = ''] = state.stdout.toString('utf8').split('\n');
  const lines = configured.stdout.toString('utf8');
  return {
    head: headOf(symbolic.stdout.toString('utf8').trimEnd(), oid),
    bare: bare === 'true',
    shallow: shallow === 'true',
    ...reachOf(fetchLines(lines)),
    remotes: remotesOf(lines),
  };
}
