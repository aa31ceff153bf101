import type { Branch } from '../../../shared/contract/branches';
import type { Jobs } from './messages';
import { openForReading } from './opened';
import { trackingCounts, upstreams } from './tracking';

/** Local branches, then remote ones. A branch that is a name for another one is left out. */
export async function branches(input: Jobs['branches']['in']): Promise<Branch[]> {
  const opened = await openForReading(input.directory);
  const { refs, config } = opened;
  const head = refs.read('HEAD');
  const local = refs.list('refs/heads/');
  const remote = refs.list('refs/remotes/');
  const oids = new Map([...local, ...remote].map(({ name, oid }) => [name, oid]));
  const upstreamOf = upstreams(config);
  const list: Branch[] = [];
  for (const { name, oid, symbolic } of local) {
    if (symbolic !== null) continue;
    const short = name.slice('refs/heads/'.length);
    const upstream = upstreamOf(short);
    list.push({
      name: short,
      remote: false,
      current: head?.kind === 'symbolic' && head.target === name,
      oid,
      upstream: upstream?.short ?? null,
      ...trackingCounts(opened, oid, upstream ? (oids.get(upstream.ref) ?? null) : null),
    });
  }
  if (input.which === 'local') return list;
  for (const { name, oid, symbolic } of remote)
    if (symbolic === null)
      list.push({
        name: name.slice('refs/remotes/'.length),
        remote: true,
        current: false,
        oid,
        upstream: null,
        ahead: null,
        behind: null,
      });
  return list;
}
