import type { RefUpdate } from '../../../shared/contract/remotes';
import { read } from './local';
import type { LocalGit } from './repository-environment';

/** Full name -> id. */
export type RefSnapshot = ReadonlyMap<string, string>;

const tags = 'refs/tags/';

/** Where a fetch by these refspecs writes: `refs/remotes/origin/`, and tags. */
export function destinations(refspecs: readonly string[]): string[] {
  const named = refspecs.flatMap((refspec) => {
    const to = refspec.split(':')[1] ?? '';
    return to === '' || refspec.startsWith('^') ? [] : [to.split('*', 1)[0] ?? ''];
  });
  return [...new Set([...named, tags])];
}

/** What the refs below these names point at. Symbolic ones (`origin/HEAD`) are names, not refs. */
export async function snapshot(
  git: LocalGit,
  directory: string,
  prefixes: readonly string[],
): Promise<RefSnapshot> {
  const outcome = await read(git, directory, [
    'for-each-ref',
    '--format=%(objectname) %(if)%(symref)%(then)*%(end) %(refname)',
    '--end-of-options',
    ...prefixes.map((prefix) => prefix.replace(/\/$/, '')),
  ]);
  const refs = new Map<string, string>();
  for (const line of outcome.stdout.toString('utf8').split('\n')) {
    const [oid = '', symbolic, name = ''] = line.split(' ');
    if (name !== '' && symbolic === '') refs.set(name, oid);
  }
  return refs;
}

/** Whether all of `from` is part of `to`; false also where that cannot be seen. */
async function isForward(git: LocalGit, directory: string, from: string, to: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', from, to];
  return (await read(git, directory, args, { allowed: [0, 1, 128] })).exitCode === 0;
}

/** Processes at once. */
const parallel = 4;

/** What changed between two snapshots, in the order of the names. */
export async function updatesBetween(
  git: LocalGit,
  directory: string,
  before: RefSnapshot,
  after: RefSnapshot,
): Promise<RefUpdate[]> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const updates = names.flatMap((name): RefUpdate[] => {
    const from = before.get(name) ?? null;
    const to = after.get(name) ?? null;
    if (from === to) return [];
    const kind = name.startsWith(tags) ? 'tag' : 'branch';
    const short = name.replace(/^refs\/(?:tags|heads|remotes)\//, '');
    return [{ name: short, kind, from, to, forced: false }];
  });
  const moved = updates.filter(({ from, to }) => from !== null && to !== null);
  const work = Array.from({ length: parallel }, async () => {
    for (let one = moved.shift(); one; one = moved.shift())
      one.forced = !(await isForward(git, directory, one.from ?? '', one.to ?? ''));
  });
  await Promise.all(work);
  return updates;
}
