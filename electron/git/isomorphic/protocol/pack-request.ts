import { fail } from '../../../../shared/errors';
import type { Advertisement } from './advertisement';
import { delimiter, flush, packet } from './packets';

/** What is asked of a server's `fetch`. Ids have 40 hexadecimal digits. */
export interface PackRequest {
  wants: readonly string[];
  haves: readonly string[];
  /** The haves are all there are: the pack comes now, whatever the server knows of them. */
  done: boolean;
  /** Commits whose parents are not here: the lines of `shallow`. */
  shallow: readonly string[];
  /** Null: the whole history. `relative`: beyond what is here. */
  deepen: { commits: number; relative: boolean } | null;
  /** A filter of git-rev-list(1): `blob:none`, `blob:limit=<bytes>`. */
  filter: string | null;
  /** Annotated tags of what is sent come along. */
  includeTag: boolean;
  /** Changes to objects named in `haves` may come without those. */
  thin: boolean;
  /** The server tells how it gets on. */
  progress: boolean;
}

/** What `deepen` is told for all of it: git's INFINITE_DEPTH. */
export const allCommits = 0x7fff_ffff;

/** What of the optional parts a server has. */
export interface Offers {
  shallow: boolean;
  deepenRelative: boolean;
  filter: boolean;
}

export function offersOf({ version, capabilities }: Advertisement): Offers {
  const features =
    version === 2 ? (capabilities.get('fetch')?.[0] ?? '').split(' ') : [...capabilities.keys()];
  return {
    shallow: features.includes('shallow'),
    // Version 2 has no name of its own for it.
    deepenRelative: features.includes(version === 2 ? 'shallow' : 'deepen-relative'),
    filter: features.includes('filter'),
  };
}

function requireOffers(offers: Offers, request: PackRequest): void {
  const missing = (what: string) =>
    fail({ kind: 'unsupported', what, reason: 'This server does not offer it.' });
  if ((request.deepen !== null || request.shallow.length > 0) && !offers.shallow)
    missing('a shortened history');
  if (request.deepen?.relative === true && !offers.deepenRelative) missing('more of a shortened history');
  if (request.filter !== null && !offers.filter) missing('leaving file contents out');
}

/** The body of a request for a pack, in the version the server speaks. Rejects `unsupported` where it lacks what is asked for. */
export function packRequest(server: Advertisement, agent: string, request: PackRequest): Buffer {
  requireOffers(offersOf(server), request);
  const lines = server.version === 2 ? version2(server, agent, request) : version0(server, agent, request);
  return Buffer.from(lines.join(''));
}

function version2({ capabilities }: Advertisement, agent: string, request: PackRequest): string[] {
  const { deepen, filter } = request;
  return [
    packet('command=fetch\n'),
    ...(capabilities.has('agent') ? [packet(`agent=${agent}\n`)] : []),
    ...(capabilities.has('object-format') ? [packet('object-format=sha1\n')] : []),
    delimiter,
    ...(request.thin ? [packet('thin-pack\n')] : []),
    ...(request.progress ? [] : [packet('no-progress\n')]),
    ...(request.includeTag ? [packet('include-tag\n')] : []),
    packet('ofs-delta\n'),
    ...request.shallow.map((oid) => packet(`shallow ${oid}\n`)),
    ...(deepen === null ? [] : [packet(`deepen ${deepen.commits}\n`)]),
    ...(deepen?.relative ? [packet('deepen-relative\n')] : []),
    ...(filter === null ? [] : [packet(`filter ${filter}\n`)]),
    ...request.wants.map((oid) => packet(`want ${oid}\n`)),
    ...request.haves.map((oid) => packet(`have ${oid}\n`)),
    ...(request.done ? [packet('done\n')] : []),
    flush,
  ];
}

/** gitprotocol-pack(5), stateless. Azure DevOps wants multi_ack_detailed. */
function version0({ capabilities }: Advertisement, agent: string, request: PackRequest): string[] {
  const { deepen, filter } = request;
  const first = (...names: string[]) => names.filter((name) => capabilities.has(name)).slice(0, 1);
  const told = [
    ...first('multi_ack_detailed', 'multi_ack'),
    ...first('side-band-64k', 'side-band'),
    ...(request.thin ? first('thin-pack') : []),
    ...(request.progress ? [] : first('no-progress')),
    ...(request.includeTag ? first('include-tag') : []),
    ...first('ofs-delta'),
    ...(deepen?.relative ? first('deepen-relative') : []),
    ...(filter === null ? [] : first('filter')),
    ...(capabilities.has('object-format') ? ['object-format=sha1'] : []),
    ...(capabilities.has('agent') ? [`agent=${agent}`] : []),
  ].join(' ');
  return [
    ...request.wants.map((oid, index) => packet(`want ${oid}${index === 0 ? ` ${told}` : ''}\n`)),
    ...request.shallow.map((oid) => packet(`shallow ${oid}\n`)),
    ...(deepen === null ? [] : [packet(`deepen ${deepen.commits}\n`)]),
    ...(filter === null ? [] : [packet(`filter ${filter}\n`)]),
    flush,
    ...request.haves.map((oid) => packet(`have ${oid}\n`)),
    request.done ? packet('done\n') : flush,
  ];
}
