import { fail } from '../../../../shared/errors';
import { incomplete, lineOf, type Packet, type PacketReader, requireEnd, unexpected } from './packets';
import { collectRefs, refText, type RemoteRef } from './remote-refs';

export type Service = 'git-upload-pack' | 'git-receive-pack';

/** What a server says first. */
export interface Advertisement {
  /** 0 stands for 1 as well: they differ by one line. */
  version: 0 | 2;
  /** Name -> values; an empty text: named without one. In version 2 the names of its commands too. */
  capabilities: ReadonlyMap<string, readonly string[]>;
  /** Version 2 has none here: they are asked for. */
  refs: RemoteRef[];
  /** Objects a receiving server has besides (`.have`). */
  haves: string[];
}

/** No server of ours names a hundred. */
const mostCapabilities = 1000;

/** Reads the answer to `info/refs`. Rejects what no git server of SHA-1 repositories says. gitprotocol-http(5). */
export async function readAdvertisement(reader: PacketReader, service: Service): Promise<Advertisement> {
  let first = await line(reader);
  if (first?.startsWith('# service=')) {
    if (first !== `# service=${service}`) unexpected(reader.host, 'another service answers');
    if ((await reader.read()) !== 'flush') unexpected(reader.host, 'the answer is not one of a git server');
    first = await line(reader);
  }
  if (first === 'version 2') return readVersion2(reader);
  if (first === 'version 1') first = await line(reader);
  return readVersion0(reader, first);
}

async function readVersion2(reader: PacketReader): Promise<Advertisement> {
  const capabilities = new Map<string, string[]>();
  for (;;) {
    const text = await line(reader);
    if (text === null) break;
    if (capabilities.size === mostCapabilities) unexpected(reader.host, 'the server announces too much');
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(text) ?? [];
    capabilities.set(name, [value]);
  }
  await requireEnd(reader);
  requireSha1(capabilities);
  return { version: 2, capabilities, refs: [], haves: [] };
}

/** `first`: null where there is nothing before the flush, as servers that are not git's have it for an empty repository. */
async function readVersion0(reader: PacketReader, first: string | null): Promise<Advertisement> {
  const [named = '', told = ''] = first?.split('\0', 2) ?? [];
  if (first !== null && !/^[0-9a-f]{40,} /.test(named))
    unexpected(reader.host, 'the answer is not one of a git server');
  const capabilities = new Map<string, string[]>();
  for (const [, name = '', value = ''] of told.matchAll(/([^ =]+)=?([^ ]*)/g)) {
    if (capabilities.size === mostCapabilities) unexpected(reader.host, 'the server announces too much');
    capabilities.set(name, [...(capabilities.get(name) ?? []), value]);
  }
  requireSha1(capabilities);
  const refs = collectRefs(reader.host);
  const haves: string[] = [];
  for (let text = first === null ? null : named; text !== null; text = await line(reader)) {
    if (text.startsWith('shallow ')) continue;
    const [, oid = '', name = ''] = /^([0-9a-f]{40}) (.+)$/s.exec(text) ?? [];
    if (name === '.have') haves.push(oid);
    else if (name === 'capabilities^{}') continue;
    else if (name.endsWith('^{}')) refs.peel(name.slice(0, -3), oid);
    else refs.add({ name: refText(name), oid, peeled: null, target: null });
  }
  if (first !== null) await requireEnd(reader);
  for (const value of capabilities.get('symref') ?? []) {
    const [name = '', target = ''] = value.split(':', 2);
    refs.lead(refText(name), refText(target));
  }
  return { version: 0, capabilities, refs: refs.all(), haves };
}

/** Null: the flush that ends the list. */
async function line(reader: PacketReader): Promise<string | null> {
  const found: Packet = await reader.read();
  if (found === 'flush') return null;
  if (found === 'end') return incomplete(reader.host);
  if (found === 'delimiter') return unexpected(reader.host, 'the answer is not one of a git server');
  return lineOf(found);
}

function requireSha1(capabilities: ReadonlyMap<string, readonly string[]>): void {
  const formats = capabilities.get('object-format') ?? [];
  if (formats.length > 0 && !formats.includes('sha1'))
    fail({
      kind: 'unsupported',
      what: `a repository with ids of the kind ${formats.join(' ').slice(0, 40)}`,
      reason: 'The built-in engine cannot read it, Git can. Install Git, or choose it in the preferences.',
      needs: 'git',
    });
}
