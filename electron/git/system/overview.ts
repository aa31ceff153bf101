import type { Head, RepositoryOverview } from '../../../shared/contract/repositories';
import { shownRemote } from '../../../shared/shown-remote';
import { read } from './local';
import type { LocalGit } from './repository-environment';

const heads = 'refs/heads/';

function headOf(symbolic: string, oid: string): Head {
  const branch = symbolic.startsWith(heads) ? symbolic.slice(heads.length) : symbolic;
  if (symbolic === '') return { state: 'detached', oid };
  return oid === '' ? { state: 'unborn', branch } : { state: 'branch', branch, oid };
}

/** `git config -z --get-regexp`: key, line feed, value, NUL. A remote's name may hold dots. */
function remotesOf(output: string): RepositoryOverview['remotes'] {
  const remotes = new Map<string, { name: string; url: string; pushUrl: string | null }>();
  for (const entry of output.split('\0')) {
    const [key = '', ...value] = entry.split('\n');
    const match = /^remote\.([\s\S]+)\.(url|pushurl)$/i.exec(key);
    const name = match?.[1];
    if (name === undefined) continue;
    const remote = remotes.get(name) ?? { name, url: '', pushUrl: null };
    const text = shownRemote(value.join('\n'));
    // Several URLs are several places to push to; git fetches from the first.
    if (match?.[2]?.toLowerCase() === 'url') remote.url ||= text;
    else remote.pushUrl ??= text;
    remotes.set(name, remote);
  }
  return [...remotes.values()];
}

export async function overview(
  git: LocalGit,
  directory: string,
): Promise<Pick<RepositoryOverview, 'head' | 'bare' | 'shallow' | 'remotes'>> {
  const [state, symbolic, oid, remotes] = await Promise.all([
    read(git, directory, ['rev-parse', '--is-bare-repository', '--is-shallow-repository']),
    read(git, directory, ['symbolic-ref', '--quiet', 'HEAD'], { allowed: [1] }),
    read(git, directory, ['rev-parse', '--quiet', '--verify', 'HEAD^0'], { allowed: [1, 128] }),
    read(
      git,
      directory,
      ['config', '--local', '--includes', '-z', '--get-regexp', String.raw`^remote\..*\.(url|pushurl)$`],
      { allowed: [1] },
    ),
  ]);
  const [bare, shallow] = state.stdout.toString('utf8').split('\n');
  return {
    head: headOf(symbolic.stdout.toString('utf8').trimEnd(), oid.stdout.toString('utf8').trim()),
    bare: bare === 'true',
    shallow: shallow === 'true',
    remotes: remotesOf(remotes.stdout.toString('utf8')),
  };
}
