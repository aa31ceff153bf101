import { pathFromBytes } from '../../path-bytes';
import { shown } from '../errors';
import { createPacketReader, incomplete, type PacketReader, requireEnd, unexpected } from './packets';
import { readBands } from './side-band';

/** What a server did with one branch that was sent. */
export type PushReport =
  /** `oid`: what it made of it, where that is another one. */
  | { result: 'ok'; oid: string | null }
  /** Its own words, fit to be shown. */
  | { result: 'refused'; reason: string; words: string[] };

/** Of a report of one branch, and of the words of hooks. */
const mostBytes = 1024 ** 2;
const mostWords = 50;

/**
 * Reads what git-receive-pack answers, gitprotocol-pack(5) "Report Status". An
 * answer that does not come to its end, or does not tell of the branch, rejects
 * `transfer-incomplete`.
 */
export async function readPushAnswer(
  reader: PacketReader,
  name: string,
  sideBand: boolean,
): Promise<PushReport> {
  const words: string[] = [];
  if (!sideBand) return readReport(reader, name, words);
  const parts: Buffer[] = [];
  let bytes = 0;
  await readBands(reader, 'push', {
    data: (part) => {
      bytes += part.length;
      if (bytes > mostBytes) unexpected(reader.host, 'the answer is too long');
      parts.push(part);
    },
    message: (line) => {
      if (words.length < mostWords) words.push(line);
    },
  });
  await requireEnd(reader);
  async function* report() {
    for (const part of parts) yield await Promise.resolve(part);
  }
  return readReport(createPacketReader(report(), reader.host, 'push'), name, words);
}

async function readReport(reader: PacketReader, name: string, words: string[]): Promise<PushReport> {
  let report: PushReport | null = null;
  let unpacked = '';
  for (;;) {
    const packet = await reader.read();
    if (packet === 'flush') break;
    if (packet === 'end') return incomplete(reader.host);
    if (packet === 'delimiter') return unexpected(reader.host, 'the answer is not one of a git server');
    const line = pathFromBytes(packet).replace(/\n$/, '');
    const [, word, rest = ''] = /^(\w+) (.*)$/s.exec(line) ?? [];
    if (word === 'unpack') unpacked = rest;
    else if (word === 'ok' && rest === name) report = { result: 'ok', oid: null };
    else if (word === 'ng' && rest.startsWith(`${name} `))
      report = { result: 'refused', reason: shown(rest.slice(name.length + 1)), words };
    else if (word === 'option' && report?.result === 'ok') {
      const oid = /^new-oid ([0-9a-f]{40})$/.exec(rest)?.[1];
      if (oid !== undefined) report.oid = oid;
    }
  }
  if (unpacked !== 'ok' && unpacked !== '' && report?.result !== 'ok')
    return { result: 'refused', reason: shown(unpacked), words };
  return report ?? incomplete(reader.host, 'the server does not say what became of the branch');
}
