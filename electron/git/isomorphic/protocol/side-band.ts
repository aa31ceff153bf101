import { fail } from '../../../../shared/errors';
import { shown } from '../errors';
import { incomplete, type PacketReader, unexpected } from './packets';

/** Where what a server sends goes. */
export interface BandEvents {
  /** The pack, piece by piece. Nothing more is read from the connection before it resolves. */
  data: (bytes: Buffer) => void | Promise<void>;
  /** One line of the server's own progress or words, fit to be shown. */
  message?: (line: string) => void;
}

/** Of a line that never ends. */
const longestLine = 2000;

/** Cuts text that comes in pieces into lines, as a terminal would show them. */
export function lineCutter(each: (line: string) => void): { push(text: string): void; end(): void } {
  let open = '';
  const tell = (line: string) => {
    const text = shown(line);
    if (text !== '') each(text);
  };
  return {
    push(text) {
      const lines = (open + text).split(/[\r\n]/);
      open = (lines.pop() ?? '').slice(0, longestLine);
      lines.forEach(tell);
    },
    end() {
      tell(open);
      open = '';
    },
  };
}

/**
 * Reads side-band packets up to the flush that ends them: 1 is data, 2 words,
 * 3 the server giving up. Everything else, and an end without the flush,
 * rejects. gitprotocol-pack(5), "Packfile Data".
 */
export async function readBands(reader: PacketReader, command: string, events: BandEvents): Promise<void> {
  const lines = lineCutter((line) => events.message?.(line));
  for (;;) {
    const packet = await reader.read();
    if (packet === 'flush') break;
    if (packet === 'end') return incomplete(reader.host);
    if (packet === 'delimiter' || packet.length === 0)
      return unexpected(reader.host, 'the answer is not one of a git server');
    const content = packet.subarray(1);
    switch (packet[0]) {
      case 1:
        // A server that needs long shows with an empty one that it is there.
        if (content.length > 0) await events.data(content);
        break;
      case 2:
        lines.push(content.toString('utf8'));
        break;
      case 3:
        return fail({ kind: 'git-failed', command, exitCode: null, detail: shown(content.toString('utf8')) });
      default:
        return unexpected(reader.host, 'the answer is not one of a git server');
    }
  }
  lines.end();
}
