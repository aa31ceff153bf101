import { chmod } from 'node:fs/promises';
import net from 'node:net';

/** A private socket that is listened on. */
export interface Listening {
  /** Breaks off what is not answered yet. */
  close(): Promise<void>;
}

/** `words`: the request. `signal` ends when whoever asked is gone before the answer. A rejection closes the connection. */
export type AnswerRequest = (words: readonly string[], signal: AbortSignal) => Promise<string>;

const largestRequest = 1024 * 1024;
/** Milliseconds an unfinished request may take to arrive. */
const patience = 10_000;

/**
 * Listens on a socket of a folder only this user can enter (made 0600), or on
 * a named pipe. A connection is one request: a line of words separated by
 * spaces, then the answer and the end. Words are names, tokens and base64.
 * Rejects with the system's error when the address cannot be listened on.
 */
export async function listen(address: string, answer: AnswerRequest): Promise<Listening> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    const gone = new AbortController();
    let received = '';
    let taken = false;
    const impatience = setTimeout(() => socket.destroy(), patience);
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(impatience);
      sockets.delete(socket);
      gone.abort();
    });
    socket.on('data', (chunk: string) => {
      if (taken) return;
      received += chunk;
      if (received.length > largestRequest * 2) {
        socket.destroy();
        return;
      }
      const end = received.indexOf('\n');
      if (end < 0) return;
      taken = true;
      clearTimeout(impatience);
      answer(received.slice(0, end).split(' '), gone.signal).then(
        (text) => socket.end(text),
        () => socket.destroy(),
      );
      received = '';
    });
    socket.on('end', () => {
      // Whoever waits for an answer keeps its side open: a process that ended does not.
      if (taken) gone.abort();
      else socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // A connection that cannot be accepted (too many open files) is no reason to end.
  server.on('error', () => undefined);
  if (process.platform !== 'win32') await chmod(address, 0o600);
  // Open questions end with their operation; an idle socket does not keep the program alive.
  server.unref();

  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
