import { fail } from '../../../../shared/errors';
import { pathFromBytes, pathToBytes } from '../../path-bytes';
import { isRefName } from '../../ref-name';
import {
  delimiter,
  flush,
  incomplete,
  lineOf,
  packet,
  type PacketReader,
  requireEnd,
  unexpected,
} from './packets';

/** One ref of a server. Names are bytes in the form of path-bytes.ts. */
export interface RemoteRef {
  /** Full name, below `refs/`, or `HEAD`. */
  name: string;
  oid: string;
  /** What an annotated tag names in the end. */
  peeled: string | null;
  /** Where a symbolic ref leads. */
  target: string | null;
}

/** What a server told of its refs. */
export interface RemoteListing {
  /** In the server's order; each name once, `HEAD` not among them. */
  refs: RemoteRef[];
  /** `oid` null: `target` is not there yet (unborn). `target` null: detached, or not told. Null: there is none. */
  head: { oid: string | null; target: string | null } | null;
  /** Whether the server tells where symbolic refs lead. */
  tellsTargets: boolean;
}

/** More than any server has; 64 MiB of names are refused before. */
const mostRefs = 1_000_000;

/** From one character a byte. */
export function refText(latin1: string): string {
  return pathFromBytes(Buffer.from(latin1, 'latin1'));
}

/** Takes refs one after the other; a name no ref may have, or one named twice, rejects. */
export function collectRefs(host: string) {
  const refs = new Map<string, RemoteRef>();
  const checked = (name: string) =>
    name === 'HEAD' || isRefName(name) ? name : unexpected(host, 'the server names an impossible branch');
  return {
    add(ref: RemoteRef): void {
      checked(ref.name);
      if (ref.target !== null && !isRefName(ref.target))
        unexpected(host, 'the server names an impossible branch');
      if (refs.has(ref.name)) unexpected(host, 'the server names a branch twice');
      if (refs.size === mostRefs)
        fail({
          kind: 'unsupported',
          what: 'a repository with this many branches and tags',
          reason: 'The built-in engine cannot hold them; install git.',
        });
      refs.set(ref.name, ref);
    },
    peel(latin1: string, peeled: string): void {
      const ref = refs.get(checked(refText(latin1)));
      if (ref) ref.peeled = peeled;
    },
    lead(name: string, target: string): void {
      const ref = refs.get(checked(name));
      if (!isRefName(target)) unexpected(host, 'the server names an impossible branch');
      if (ref) ref.target = target;
    },
    all: () => [...refs.values()],
  };
}

export function listingOf(refs: readonly RemoteRef[], unborn: string | null): RemoteListing {
  const head = refs.find(({ name }) => name === 'HEAD');
  return {
    refs: refs.filter(({ name }) => name !== 'HEAD'),
    head: head ?? (unborn === null ? null : { oid: null, target: unborn }),
    tellsTargets: unborn !== null || refs.some(({ target }) => target !== null),
  };
}

/** Of `ls-refs`, gitprotocol-v2(5). `prefixes` as the server compares them: `refs/heads/`, `HEAD`. */
export function listRequest(
  capabilities: ReadonlyMap<string, readonly string[]>,
  agent: string,
  prefixes: readonly string[],
): Buffer {
  const [features = ''] = capabilities.get('ls-refs') ?? [];
  return Buffer.concat([
    Buffer.from(
      [
        packet('command=ls-refs\n'),
        ...(capabilities.has('agent') ? [packet(`agent=${agent}\n`)] : []),
        ...(capabilities.has('object-format') ? [packet('object-format=sha1\n')] : []),
        delimiter,
        packet('peel\n'),
        packet('symrefs\n'),
        ...(features.split(' ').includes('unborn') ? [packet('unborn\n')] : []),
      ].join(''),
    ),
    ...prefixes.map(prefixLine),
    Buffer.from(flush),
  ]);
}

/** A prefix is bytes, as the names are. */
function prefixLine(prefix: string): Buffer {
  const line = Buffer.concat([Buffer.from('ref-prefix '), pathToBytes(prefix), Buffer.from('\n')]);
  return Buffer.concat([Buffer.from((line.length + 4).toString(16).padStart(4, '0')), line]);
}

/** Reads the answer to `ls-refs`; what was not asked for is left out, gitprotocol-v2(5). */
export async function readListing(reader: PacketReader, prefixes: readonly string[]): Promise<RemoteListing> {
  const refs = collectRefs(reader.host);
  let unborn: string | null = null;
  for (;;) {
    const found = await reader.read();
    if (found === 'flush') break;
    if (found === 'end') return incomplete(reader.host);
    if (found === 'delimiter') return unexpected(reader.host, 'the answer is not one of a git server');
    const [oid = '', name = '', ...attributes] = lineOf(found).split(' ');
    const valueOf = (key: string) => attributes.find((one) => one.startsWith(key))?.slice(key.length) ?? null;
    // An attribute that is none is the rest of a name with a space in it.
    if (attributes.some((one) => !/^(?:symref-target:|peeled:[0-9a-f]{40}$)/.test(one)))
      unexpected(reader.host, 'the server names an impossible branch');
    const target = valueOf('symref-target:');
    const leads = target === null ? null : refText(target);
    if (oid === 'unborn') {
      if (name !== 'HEAD' || leads === null || !isRefName(leads))
        return unexpected(reader.host, 'the server names an impossible branch');
      unborn = leads;
      continue;
    }
    if (!/^[0-9a-f]{40}$/.test(oid)) unexpected(reader.host, 'the server names an impossible branch');
    refs.add({ name: refText(name), oid, peeled: valueOf('peeled:'), target: leads });
  }
  await requireEnd(reader);
  const asked = refs.all().filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  return listingOf(asked, unborn);
}
