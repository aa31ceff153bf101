import type { Advertisement } from './advertisement';
import { createPackCheck } from './pack-check';
import type { PackRequest } from './pack-request';
import { incomplete, lineOf, type Packet, type PacketReader, requireEnd, unexpected } from './packets';
import { type BandEvents, readBands } from './side-band';

export interface PackAnswer {
  /** Those of the haves the server has too. */
  common: string[];
  /** The server knows enough; without a pack in this answer it comes with the next request. */
  ready: boolean;
  /** Commits whose parents are not sent, and those that are no such any more. */
  shallow: string[];
  unshallow: string[];
  /** Checksum of the pack (hexadecimal), all of which has arrived. Null: the server wants to hear more first. */
  pack: string | null;
}

/** As many as commits a server could cut a history at. */
const mostLines = 5_000_000;

/**
 * Reads the answer to a request for a pack, strictly in the order of its
 * version. Resolves only when all of it has arrived: every packet, the flush
 * behind the pack, and a pack whose own checksum is right. What
 * `events.data` rejects with is passed on.
 */
export async function readPackAnswer(
  reader: PacketReader,
  server: Advertisement,
  request: PackRequest,
  events: BandEvents,
): Promise<PackAnswer> {
  const answer: PackAnswer = { common: [], ready: false, shallow: [], unshallow: [], pack: null };
  const reading = { reader, request, answer, known: new Set(request.shallow) };
  const check = createPackCheck();
  const passed: BandEvents = {
    ...events,
    data: (bytes) => {
      check.push(bytes);
      return events.data(bytes);
    },
  };
  const comes =
    server.version === 2 ? await readVersion2(reading, passed) : await readVersion0(reading, server, passed);
  if (!comes) return answer;
  answer.pack =
    check.checksum() ??
    incomplete(reader.host, check.bytes() === 0 ? undefined : 'the checksum of the objects is wrong');
  return answer;
}

interface Reading {
  reader: PacketReader;
  request: PackRequest;
  answer: PackAnswer;
  /** What was said to be shallow. */
  known: ReadonlySet<string>;
}

const strange = (reader: PacketReader) => unexpected(reader.host, 'the answer is not one of a git server');

function content(reader: PacketReader, packet: Packet): Buffer {
  if (packet === 'end') return incomplete(reader.host);
  return packet === 'flush' || packet === 'delimiter' ? strange(reader) : packet;
}

/** Sections in the order of gitprotocol-v2(5); those nobody asked for are none of them. False: no pack comes yet. */
async function readVersion2(reading: Reading, events: BandEvents): Promise<boolean> {
  const { reader, request, answer } = reading;
  let section = lineOf(content(reader, await reader.read()));
  if (section === 'acknowledgments' && !request.done) {
    const end = await section2(reader, (line) => acknowledged(reading, line));
    if (end === 'flush') {
      // `ready` announces a pack in the same answer.
      if (answer.ready) incomplete(reader.host);
      await requireEnd(reader);
      return false;
    }
    if (!answer.ready) strange(reader);
    section = lineOf(content(reader, await reader.read()));
  } else if (!request.done) strange(reader);
  if (section === 'shallow-info') {
    const end = await section2(reader, (line) => boundary(reading, line));
    if (end === 'flush') incomplete(reader.host);
    section = lineOf(content(reader, await reader.read()));
  }
  if (section !== 'packfile') strange(reader);
  await readBands(reader, 'fetch', events);
  await requireEnd(reader);
  return true;
}

async function section2(reader: PacketReader, each: (line: string) => void): Promise<'flush' | 'delimiter'> {
  for (let lines = 0; lines < mostLines; lines += 1) {
    const packet = await reader.read();
    if (packet === 'flush' || packet === 'delimiter') return packet;
    each(lineOf(content(reader, packet)));
  }
  return unexpected(reader.host, 'the answer is too long');
}

function acknowledged(reading: Reading, line: string): void {
  if (line === 'ready') reading.answer.ready = true;
  else if (line !== 'NAK') common(reading, /^ACK ([0-9a-f]{40})$/.exec(line)?.[1]);
}

function common({ reader, request, answer }: Reading, oid: string | undefined): void {
  if (oid === undefined || answer.common.length > request.haves.length) strange(reader);
  else answer.common.push(oid);
}

function boundary({ reader, answer, known }: Reading, line: string): void {
  const [, un, oid] = /^(un)?shallow ([0-9a-f]{40})$/.exec(line) ?? [];
  if (oid === undefined) strange(reader);
  else if (un === undefined) answer.shallow.push(oid);
  // Only what was said to be shallow can end being so.
  else if (known.has(oid)) answer.unshallow.push(oid);
  else strange(reader);
}

/** gitprotocol-pack(5): cuts where a depth was asked for, acknowledgments, the pack. False: no pack comes yet. */
async function readVersion0(
  reading: Reading,
  { capabilities }: Advertisement,
  events: BandEvents,
): Promise<boolean> {
  const { reader, request, answer } = reading;
  if (request.deepen !== null) {
    const end = await section2(reader, (line) => boundary(reading, line));
    if (end !== 'flush') strange(reader);
  }
  const detailed = capabilities.has('multi_ack_detailed') || capabilities.has('multi_ack');
  for (let lines = 0; ; lines += 1) {
    if (lines > request.haves.length + 2) strange(reader);
    const packet = await reader.read();
    // A server that answers with one acknowledgment in all may have told it before.
    if (packet === 'end' && !request.done && !detailed) return false;
    const line = lineOf(content(reader, packet));
    if (line === 'NAK') break;
    const [, oid, state] = /^ACK ([0-9a-f]{40})(?: (common|continue|ready))?$/.exec(line) ?? [];
    common(reading, oid);
    if (state === 'ready') answer.ready = true;
    if (state === undefined) {
      // The last one, without a word behind it, is named a second time.
      if (detailed) answer.common.pop();
      break;
    }
  }
  if (!request.done) {
    await requireEnd(reader);
    return false;
  }
  if (capabilities.has('side-band-64k') || capabilities.has('side-band')) {
    await readBands(reader, 'fetch', events);
    await requireEnd(reader);
  } else for await (const bytes of reader.raw()) await events.data(bytes);
  return true;
}
