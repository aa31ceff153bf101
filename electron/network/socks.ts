import type net from 'node:net';
import type { Target } from './connect';

/**
 * Reads as many bytes as `end` counts; what came besides is put back. `end`
 * answers null while more is needed. Rejects when the connection ends, and
 * with the signal.
 */
export function readUntil(
  socket: net.Socket,
  end: (bytes: Buffer) => number | null,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = (then: () => void) => {
      signal.removeEventListener('abort', stop);
      socket.off('data', read);
      socket.off('close', closed);
      then();
    };
    const stop = () => settle(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    const closed = () => settle(() => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    const read = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const length = end(bytes);
      if (length === null) return;
      socket.pause();
      if (bytes.length > length) socket.unshift(bytes.subarray(length));
      settle(() => resolve(bytes.subarray(0, length)));
    };
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    socket.on('data', read);
    socket.once('close', closed);
    socket.resume();
  });
}

/** RFC 1928, 6. */
const replies: Record<number, string> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'took too long',
  7: 'command not supported',
  8: 'address type not supported',
};

const lengthOfAddress = (bytes: Buffer): number | null => {
  if (bytes.length < 5) return null;
  const kind = bytes[3];
  return 6 + (kind === 1 ? 4 : kind === 4 ? 16 : 1 + (bytes[4] ?? 0));
};

/**
 * Asks a SOCKS5 proxy for a way to the target (RFC 1928, RFC 1929): null when
 * it is open, `sign-in` when the proxy wants (another) user name and password,
 * else its reason. Rejects when it hangs up, and with the signal.
 */
export async function socksTunnel(
  socket: net.Socket,
  target: Target,
  credential: { username: string; password: string } | null,
  signal: AbortSignal,
): Promise<string | null> {
  const exactly = (length: number) => (bytes: Buffer) => (bytes.length >= length ? length : null);
  socket.write(Buffer.from(credential ? [5, 2, 0, 2] : [5, 1, 0]));
  const [version, method] = await readUntil(socket, exactly(2), signal);
  if (version !== 5) return 'it does not speak SOCKS5';
  if (method === 2 && credential) {
    const [name, password] = [Buffer.from(credential.username), Buffer.from(credential.password)];
    socket.write(
      Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([password.length]), password]),
    );
    const [, verdict] = await readUntil(socket, exactly(2), signal);
    if (verdict !== 0) return 'sign-in';
  } else if (method !== 0) {
    return 'sign-in';
  }
  const name = Buffer.from(target.host);
  const port = Buffer.alloc(2);
  port.writeUInt16BE(target.port);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, port]));
  const answer = await readUntil(
    socket,
    (bytes) => {
      const length = lengthOfAddress(bytes);
      return length !== null && bytes.length >= length ? length : null;
    },
    signal,
  );
  const code = answer[1] ?? 1;
  return code === 0 ? null : (replies[code] ?? `reply ${code}`);
}
