import * as git from 'isomorphic-git';
import type { Branch } from '../../../shared/contract/branches';
import { aheadBehind, openHistory } from './merge-bases';
import type { Jobs } from './messages';
import { openObjectStore } from './objects/store';
import { headOf } from './overview';
import { type OpenRepository, openRepository } from './repository';

export async function branches(input: Jobs['branches']['in']): Promise<Branch[]> {
  const repository = await openRepository(input.directory);
  const head = await headOf(repository);
  const local = await oidsBelow(repository, 'refs/heads');
  const remote = await oidsBelow(repository, 'refs/remotes');
  const list: Branch[] = [];
  const store = openObjectStore(repository.gitdir);
  const history = openHistory(store, repository.gitdir);
  const count = (one: string, two: string) =>
    one === two ? { ahead: 0, behind: 0 } : aheadBehind(history, one, two);
  for (const [name, oid] of local) {
    const upstream = await upstreamOf(repository, name);
    const theirs = upstream === null ? undefined : remote.get(upstream);
    const apart = theirs === undefined ? null : count(oid, theirs);
    list.push({
      name,
      remote: false,
      current: head.state === 'branch' && head.branch === name,
      oid,
      upstream: theirs === undefined ? null : upstream,
      ahead: apart?.ahead ?? null,
      behind: apart?.behind ?? null,
    });
  }
  store.close();
  for (const [name, oid] of remote)
    if (!name.endsWith('/HEAD'))
      list.push({ name, remote: true, current: false, oid, upstream: null, ahead: null, behind: null });
  return list;
}

/** Short name -> oid below a folder of refs; what does not resolve is left out, as git does. */
export async function oidsBelow(
  { fs, gitdir }: OpenRepository,
  folder: 'refs/heads' | 'refs/remotes' | 'refs/tags',
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await git.listRefs({ fs, gitdir, filepath: folder })) {
    const oid = await git.resolveRef({ fs, gitdir, ref: `${folder}/${name}` }).catch(() => null);
    if (oid !== null && /^[0-9a-f]{40}$/.test(oid)) found.set(name, oid);
  }
  return found;
}

async function upstreamOf({ fs, gitdir }: OpenRepository, branch: string): Promise<string | null> {
  const remote: unknown = await git.getConfig({ fs, gitdir, path: `branch.${branch}.remote` });
  const merge: unknown = await git.getConfig({ fs, gitdir, path: `branch.${branch}.merge` });
  if (typeof remote !== 'string' || typeof merge !== 'string') return null;
  return `${remote}/${merge.replace(/^refs\/heads\//, '')}`;
}
