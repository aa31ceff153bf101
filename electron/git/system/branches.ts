import type { Branch } from '../../../shared/contract/branches';
import { read } from './local';
import type { LocalGit } from './repository-environment';

const format = [
  '%(refname)',
  '%(objectname)',
  '%(upstream)',
  '%(upstream:track,nobracket)',
  '%(HEAD)',
  '%(symref)',
].join('%00');

function short(ref: string): string {
  return ref.replace(/^refs\/(heads|remotes)\//, '');
}

/** Local branches, then remote ones. `origin/HEAD` is a name for another branch, not a branch. */
export async function branches(git: LocalGit, directory: string, which?: 'local'): Promise<Branch[]> {
  const outcome = await read(git, directory, [
    'for-each-ref',
    `--format=${format}`,
    '--end-of-options',
    'refs/heads',
    ...(which === 'local' ? [] : ['refs/remotes']),
  ]);
  const found: Branch[] = [];
  for (const line of outcome.stdout.toString('utf8').split('\n')) {
    const [ref = '', oid = '', upstream = '', track = '', head = '', symref = ''] = line.split('\0');
    if (ref === '' || symref !== '') continue;
    const known = upstream !== '' && track !== 'gone';
    found.push({
      name: short(ref),
      remote: ref.startsWith('refs/remotes/'),
      current: head === '*',
      oid,
      upstream: upstream === '' ? null : short(upstream),
      ahead: known ? Number(/ahead (\d+)/.exec(track)?.[1] ?? 0) : null,
      behind: known ? Number(/behind (\d+)/.exec(track)?.[1] ?? 0) : null,
    });
  }
  return found;
}
