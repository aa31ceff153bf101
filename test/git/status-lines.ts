import { pathFromBytes } from '../../electron/git/path-bytes';
import type { WorkingTree } from '../../electron/git/operations/working-tree';
import type { StatusEntry } from '../../shared/contract/working-tree';
import { oracle, running } from './twins';

const letters: Record<StatusEntry['index'], string> = {
  unmodified: '.',
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  copied: 'C',
  'type-changed': 'T',
};

/** The status as an engine has it, a line a path. */
export async function statusLines(
  engine: Pick<WorkingTree, 'status'>,
  directory: string,
  untracked: 'normal' | 'all' | 'no',
): Promise<string[]> {
  const found: StatusEntry[] = [];
  await engine.status(directory, { untracked, entries: (more) => found.push(...more) }, running());
  return found.map((one) =>
    one.kind === 'untracked'
      ? `?? ${one.path}`
      : `${one.kind === 'conflict' ? 'conflict' : letters[one.index] + letters[one.workingTree]} ${one.path}${one.from === null ? '' : ` < ${one.from}`}`,
  );
}

/** The same as git has it. `env`: as for `oracle`. */
export async function gitStatusLines(
  directory: string,
  untracked: string,
  env: Record<string, string> = {},
): Promise<string[]> {
  const { stdout } = await oracle(
    directory,
    ['--no-optional-locks', 'status', '--porcelain=v2', '-z', `--untracked-files=${untracked}`],
    { env },
  );
  const rows = stdout.toString('latin1').split('\0').slice(0, -1);
  const found: string[] = [];
  const shown = (text: string) => pathFromBytes(Buffer.from(text, 'latin1'));
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? '';
    const rest = (fields: number) => shown(row.split(' ').slice(fields).join(' '));
    if (row.startsWith('?')) found.push(`?? ${rest(1)}`);
    else if (row.startsWith('u')) found.push(`conflict ${rest(10)}`);
    else if (row.startsWith('1')) found.push(`${row.slice(2, 4)} ${rest(8)}`);
    else found.push(`${row.slice(2, 4)} ${rest(9)} < ${shown(rows[(at += 1)] ?? '')}`);
  }
  return found;
}
