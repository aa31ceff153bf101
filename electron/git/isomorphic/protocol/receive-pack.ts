import { fail } from '../../../../shared/errors';
import type { GitHttp } from '../http';
import { pathToBytes } from '../../path-bytes';
import { readAdvertisement } from './advertisement';
import { createPacketReader, flush, packet } from './packets';
import { type PushReport, readPushAnswer } from './push-answer';
import { agent, listingLimit } from './upload-pack';

/** git-receive-pack behind an address. */
export interface ReceivePack {
  /** Its refs by their full names. */
  refs: ReadonlyMap<string, string>;
  /** Objects it has besides. */
  haves: readonly string[];
  /**
   * Asks to move one ref from `from` (null: it is not there) to `to`, and sends
   * what is missing. `pack` is read anew for each attempt. `shallow`: our cuts.
   */
  push(
    command: { name: string; from: string | null; to: string; shallow: readonly string[] },
    pack: () => AsyncIterable<Buffer>,
  ): Promise<PushReport>;
}

/** git's http.postBuffer: up to here a body has a length; above, it is sent in chunks. */
const shortBody = 1024 ** 2;
const service = 'git-receive-pack';

export async function openReceivePack(http: GitHttp): Promise<ReceivePack> {
  const reading = (answer: AsyncIterable<Buffer>) => createPacketReader(answer, http.host, 'push');
  const server = await http.exchange({ service, version: 0, body: null, limit: listingLimit }, (answer) =>
    readAdvertisement(reading(answer), service),
  );
  const { capabilities } = server;
  const sideBand = capabilities.has('side-band-64k');
  const status = ['report-status-v2', 'report-status'].find((name) => capabilities.has(name));
  return {
    refs: new Map(server.refs.map(({ name, oid }) => [name, oid])),
    haves: server.haves,
    async push({ name, from, to, shallow }, pack) {
      if (status === undefined)
        return fail({
          kind: 'unsupported',
          what: 'pushing to this server',
          reason: 'It does not report what became of a branch; install git to push to it.',
        });
      const told = [
        status,
        ...(sideBand ? ['side-band-64k'] : []),
        ...(capabilities.has('object-format') ? ['object-format=sha1'] : []),
        ...(capabilities.has('agent') ? [`agent=${agent}`] : []),
      ];
      const command = Buffer.concat([
        Buffer.from(`${from ?? '0'.repeat(40)} ${to} `),
        pathToBytes(name),
        Buffer.from(`\0 ${told.join(' ')}`),
      ]);
      const head = Buffer.concat([
        Buffer.from(shallow.map((oid) => packet(`shallow ${oid}\n`)).join('')),
        Buffer.from((command.length + 4).toString(16).padStart(4, '0')),
        command,
        Buffer.from(flush),
      ]);
      const short = await collected(head, pack());
      // As git: before much is sent, the server may say that it wants to know who sends it.
      if (short === null)
        await http.exchange(
          { service, version: 0, body: Buffer.from(flush), limit: shortBody },
          async () => undefined,
        );
      const body = short ?? (() => whole(head, pack()));
      return http.exchange({ service, version: 0, body, limit: 4 * shortBody }, (answer) =>
        readPushAnswer(reading(answer), name, sideBand),
      );
    },
  };
}

async function* whole(head: Buffer, pack: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* pack;
}

/** Null: it is long. */
async function collected(head: Buffer, pack: AsyncIterable<Buffer>): Promise<Buffer | null> {
  const parts = [head];
  let bytes = head.length;
  for await (const part of pack) {
    bytes += part.length;
    if (bytes > shortBody) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
