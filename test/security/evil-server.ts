import net, { type AddressInfo } from 'node:net';
import { searchFor } from '../e2e/leaks';

/** Another host that keeps every byte it is sent, whatever protocol is spoken. */
export interface EvilServer {
  /** host:port */
  readonly host: string;
  readonly port: number;
  /** Connections made to it. */
  readonly connections: number;
  /** One line for each written form of a secret in what has arrived; empty: none has. */
  leaked(secrets: Record<string, string>): string[];
  close(): Promise<void>;
}

/** `answer`: what it says to whatever comes. */
export async function startEvilServer(
  answer = 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="evil"\r\nContent-Length: 0\r\n\r\n',
): Promise<EvilServer> {
  const received: Buffer[] = [];
  const sockets = new Set<net.Socket>();
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('data', (bytes) => {
      received.push(bytes);
      socket.write(answer);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    leaked: (secrets) => searchFor(secrets)('what the other host received', Buffer.concat(received)),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
