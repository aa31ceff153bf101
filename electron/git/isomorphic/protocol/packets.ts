import { fail } from '../../../../shared/errors';
import { shown } from '../errors';

/** One packet: its content, or one of the two marks. `end`: the answer is over, between two packets. */
export type Packet = Buffer | 'flush' | 'delimiter' | 'end';

/**
 * git's pkt-lines of one answer, read one after the other; what is read decides
 * what may come next. Nothing more is taken from the connection than was asked
 * for. An `ERR` packet rejects with the server's words, a packet of no possible
 * length or the end in the middle of one with what it is.
 * Format: gitprotocol-common(5).
 */
export interface PacketReader {
  readonly host: string;
  read(): Promise<Packet>;
  /** All the bytes after the last packet that was read, as they arrive. */
  raw(): AsyncIterable<Buffer>;
}

/** git's LARGE_PACKET_MAX. */
const longest = 65_520;

export const flush = '0000';
export const delimiter = '0001';

/** A packet to send; the line end is the caller's. */
export function packet(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

export function createPacketReader(
  chunks: AsyncIterable<Buffer>,
  host: string,
  command: string,
): PacketReader {
  const source = chunks[Symbol.asyncIterator]();
  let chunk: Buffer = Buffer.alloc(0);
  let at = 0;

  async function more(): Promise<boolean> {
    do {
      const next = await source.next();
      if (next.done === true) return false;
      chunk = next.value;
      at = 0;
    } while (chunk.length === 0);
    return true;
  }

  /** Null: the answer ended before the first of these bytes. */
  async function take(length: number): Promise<Buffer | null> {
    if (chunk.length - at >= length) {
      at += length;
      return chunk.subarray(at - length, at);
    }
    const whole = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; ) {
      if (at === chunk.length && !(await more())) return filled === 0 ? null : incomplete(host);
      const copied = chunk.copy(whole, filled, at, at + length - filled);
      at += copied;
      filled += copied;
    }
    return whole;
  }

  return {
    host,
    async read() {
      const head = await take(4);
      if (head === null) return 'end';
      const digits = head.toString('latin1');
      if (!/^[0-9a-f]{4}$/i.test(digits)) unexpected(host, 'the answer is not one of a git server');
      const length = Number.parseInt(digits, 16);
      if (length === 0) return 'flush';
      if (length === 1) return 'delimiter';
      if (length < 4 || length > longest) unexpected(host, 'a packet of the answer has no possible length');
      const content = length === 4 ? Buffer.alloc(0) : ((await take(length - 4)) ?? incomplete(host));
      if (content.length >= 4 && content.toString('latin1', 0, 4) === 'ERR ')
        fail({ kind: 'git-failed', command, exitCode: null, detail: shown(content.toString('utf8', 4)) });
      return content;
    },
    async *raw() {
      do {
        if (at < chunk.length) yield chunk.subarray(at);
        at = chunk.length;
      } while (await more());
    },
  };
}

/** The text of a packet without its line end. One character a byte. */
export function lineOf(content: Buffer): string {
  const end = content.at(-1) === 0x0a ? content.length - 1 : content.length;
  return content.toString('latin1', 0, end);
}

export function unexpected(host: string, detail: string): never {
  return fail({ kind: 'unexpected-answer', host, detail });
}

export function incomplete(host: string, detail = 'the answer ends in the middle'): never {
  return fail({ kind: 'transfer-incomplete', host, detail });
}

/** What is behind the last packet an answer should have. */
export async function requireEnd(reader: PacketReader): Promise<void> {
  if ((await reader.read()) !== 'end') unexpected(reader.host, 'the answer goes on after its end');
}
