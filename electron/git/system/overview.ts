import type { Head, RepositoryOverview } from '../../../shared/contract/repositories';
import { read } from './local';
import { remotes } from './remotes';
import type { LocalGit } from './repository-environment';

const heads = 'refs/heads/';

export function headOf(symbolic: string, oid: string): Head {
  const branch = symbolic.startsWith(heads) ? symbolic.slice(heads.length) : symbolic;
  if (symbolic === '') return { state: 'detached', oid };
  return oid === '' ? { state: 'unborn', branch } : { state: 'branch', branch, oid };
}

export async function overview(
  git: LocalGit,
  directory: string,
): Promise<Pick<RepositoryOverview, 'head' | 'bare' | 'shallow' | 'remotes'>> {
  const [state, symbolic, oid, named] = await Promise.all([
    read(git, directory, ['rev-parse', '--is-bare-repository', '--is-shallow-repository']),
    read(git, directory, ['symbolic-ref', '--quiet', 'HEAD'], { allowed: [1] }),
    read(git, directory, ['rev-parse', '--quiet', '--verify', 'HEAD^0'], { allowed: [1, 128] }),
    remotes(git, directory),
  ]);
  const [bare, shallow] = state.stdout.toString('utf8').split('\n');
  return {
    head: headOf(symbolic.stdout.toString('utf8').trimEnd(), oid.stdout.toString('utf8').trim()),
    bare: bare === 'true',
    shallow: shallow === 'true',
    remotes: named,
  };
}
