import { createHash, type Hash } from 'node:crypto';
import { fail } from '../../../shared/errors';
import { shown } from './errors';
import { isRefName } from './ref-name';

/**
 * Reads git's pkt-lines while they arrive and proves that an answer is whole:
 * every packet complete, a flush at the end, the pack's own checksum right.
 * isomorphic-git takes what a cut connection left for the end of the answer.
 * Format: gitprotocol-common(5), gitprotocol-pack(5).
 */
export interface PacketCheck {
  push(chunk: Buffer): void;
  /** Throws AppFailure unless the answer was complete. Returns the pack's checksum, hexadecimal; empty without a pack. */
  end(): string;
}

export interface PacketEvents {
  host: string;
  /** `refs`: names are checked. `pack`: side-band and pack are. */
  content: 'refs' | 'pack';
  /** The server's own progress text. */
  message?: (text: string) => void;
  /** The pack, piece by piece, as it arrives. */
  pack?: (data: Buffer) => void;
}

/** git's LARGE_PACKET_MAX. */
const longest = 65_520;

export function checkPackets(events: PacketEvents): PacketCheck {
  const { host, content, message } = events;
  let rest: Buffer = Buffer.alloc(0);
  let flushed = false;
  let bare = false;
  const pack = createPackCheck(events.pack);

  const unexpected = (detail: string) => fail({ kind: 'unexpected-answer', host, detail });

  function packet(data: Buffer): void {
    if (data.subarray(0, 4).toString('latin1') === 'ERR ')
      fail({
        kind: 'git-failed',
        command: 'fetch',
        exitCode: null,
        detail: shown(data.subarray(4).toString('utf8')),
      });
    if (content === 'refs') checkRefs(data.toString('utf8'), unexpected);
    else if (data[0] === 1) pack.push(data.subarray(1));
    else if (data[0] === 2) message?.(data.subarray(1).toString('utf8'));
    else if (data[0] === 3)
      fail({
        kind: 'git-failed',
        command: 'fetch',
        exitCode: null,
        detail: shown(data.subarray(1).toString('utf8')),
      });
  }

  return {
    push(chunk) {
      if (bare) {
        pack.push(chunk);
        return;
      }
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      while (rest.length - at >= 4) {
        const head = rest.subarray(at, at + 4).toString('latin1');
        // A server without side-band sends the pack as it is after its NAK.
        if (content === 'pack' && head === 'PACK') {
          bare = true;
          pack.push(rest.subarray(at));
          rest = Buffer.alloc(0);
          return;
        }
        if (!/^[0-9a-f]{4}$/i.test(head)) unexpected('the answer is not one of a git server');
        const length = Number.parseInt(head, 16);
        if (length === 3 || length > longest) unexpected('a packet of the answer has no possible length');
        flushed = length === 0;
        if (length <= 2) {
          at += 4;
          continue;
        }
        if (rest.length - at < length) break;
        packet(rest.subarray(at + 4, at + length));
        at += length;
      }
      rest = rest.subarray(at);
    },
    end() {
      const whole = bare || (flushed && rest.length === 0);
      if (!whole) fail({ kind: 'transfer-incomplete', host, detail: 'the answer ends in the middle' });
      if (content === 'refs') return '';
      return (
        pack.checksum() ??
        fail({ kind: 'transfer-incomplete', host, detail: 'the checksum of the objects is wrong' })
      );
    },
  };
}

/** SHA-1 over all but the last 20 bytes, which are that SHA-1. */
function createPackCheck(hand: ((data: Buffer) => void) | undefined) {
  const hash: Hash = createHash('sha1');
  let tail: Buffer = Buffer.alloc(0);
  return {
    push(data: Buffer) {
      hand?.(data);
      const all = tail.length === 0 ? data : Buffer.concat([tail, data]);
      const end = Math.max(0, all.length - 20);
      hash.update(all.subarray(0, end));
      tail = Buffer.from(all.subarray(end));
    },
    checksum: () => (tail.length === 20 && hash.digest().equals(tail) ? tail.toString('hex') : null),
  };
}

/** Names of an advertisement or an ls-refs answer, and where its symbolic refs point. */
function checkRefs(line: string, unexpected: (detail: string) => never): void {
  const name = /^[0-9a-f]{40,64} ([^\0\n]*)/.exec(line)?.[1];
  const found = line.startsWith('unborn ') ? line.slice(7).trimEnd() : name;
  if (found === undefined) return;
  // Protocol v2 appends attributes, which hold no space before them in a valid name.
  const [ref = '', ...attributes] = found.split(' ');
  const targets = [
    ...attributes.flatMap((one) => (one.startsWith('symref-target:') ? [one.slice(14)] : [])),
    ...[...line.matchAll(/[\0 ]symref=[^: \n]*:([^ \n]*)/g)].map((match) => match[1] ?? ''),
  ];
  const plain = ref.replace(/\^\{\}$/, '');
  if (plain !== 'HEAD' && plain !== 'capabilities' && !isRefName(plain))
    unexpected('the server names an impossible branch');
  if (attributes.some((one) => !/^(?:symref-target|peeled):/.test(one)))
    unexpected('the server names an impossible branch');
  if (!targets.every(isRefName)) unexpected('the server names an impossible branch');
}
