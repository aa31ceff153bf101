import type { Head, RepositoryOverview } from '../../../shared/contract/repositories';
import { type RemoteLine, reachOf } from '../operations/reach';
import { read } from './local';
import { remotes } from './remotes';
import type { LocalGit } from './repository-environment';

const heads = 'refs/heads/';

export function headOf(symbolic: string, oid: string): Head {
  const branch = symbolic.startsWith(heads) ? symbolic.slice(heads.length) : symbolic;
  if (symbolic === '') return { state: 'detached', oid };
  return oid === '' ? { state: 'unborn', branch } : { state: 'branch', branch, oid };
}

/** What the repository's own configuration says of what is fetched. */
async function fetchLines(git: LocalGit, directory: string): Promise<RemoteLine[]> {
  const pattern = String.raw`^remote\..*\.(fetch|promisor)$`;
  const args = ['config', '--local', '--includes', '-z', '--get-regexp', pattern];
  const found = await read(git, directory, args, { allowed: [1] });
  return found.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((entry) => {
      const [name = '', ...value] = entry.split('\n');
      const [, remote, key] = /^remote\.([\s\S]+)\.([a-z]+)$/.exec(name) ?? [];
      // A key without a value is true.
      return remote && key ? [{ remote, key, value: value.length > 0 ? value.join('\n') : 'true' }] : [];
    });
}

export async function overview(
  git: LocalGit,
  directory: string,
): Promise<Omit<RepositoryOverview, 'repository' | 'engine' | 'account'>> {
  const [state, symbolic, oid, named, lines] = await Promise.all([
    read(git, directory, ['rev-parse', '--is-bare-repository', '--is-shallow-repository']),
    read(git, directory, ['symbolic-ref', '--quiet', 'HEAD'], { allowed: [1] }),
    read(git, directory, ['rev-parse', '--quiet', '--verify', 'HEAD^0'], { allowed: [1, 128] }),
    remotes(git, directory),
    fetchLines(git, directory),
  ]);
  const [bare, shallow] = state.stdout.toString('utf8').split('\n');
  return {
    head: headOf(symbolic.stdout.toString('utf8').trimEnd(), oid.stdout.toString('utf8').trim()),
    bare: bare === 'true',
    shallow: shallow === 'true',
    ...reachOf(lines),
    remotes: named,
  };
}
