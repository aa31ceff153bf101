import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer } from 'ws';
import { pageHeaders } from '../../shared/page-policy';
import type { Core } from '../compose';
import { type Door, judgeRequest, judgeToken, judgeUpgrade, ownOrigins, subprotocol } from './door';
import { createOpenings } from './opening';
import type { Page } from './static';

/** A call carries form fields, a key file at most. */
const largestMessage = 4 * 1024 * 1024;
/** Connections that have not proved to be ours; the oldest goes when there are more. */
const mostStrangers = 128;

export interface BrowserServer {
  door: Door;
  /** Without the token. */
  address: string;
  /** For a development server that wants its own socket beside ours. */
  http: Server;
  close(): Promise<void>;
}

export interface BrowserServerOptions {
  router: Core['router'];
  page: Page;
  token: string;
  /** 0 for any. Rejects with the system's EADDRINUSE when it is taken. */
  port: number;
  log: (line: string) => void;
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Serves the page and the core on 127.0.0.1, nowhere else. */
export async function serve(options: BrowserServerOptions): Promise<BrowserServer> {
  const door: Door = { port: 0, token: options.token };
  const http = createServer({ headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 30_000 });
  const openings = createOpenings();
  const strangers = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    strangers.add(socket);
    socket.on('close', () => strangers.delete(socket));
    const [oldest] = strangers;
    if (strangers.size > mostStrangers) oldest?.destroy();
  });

  http.on('request', (request, response) => {
    const connect = ownOrigins(door).map((origin) => origin.replace('http:', 'ws:'));
    for (const [name, value] of Object.entries(pageHeaders(connect))) response.setHeader(name, value);
    const refusal = judgeRequest(request, door);
    if (refusal !== null) {
      response.writeHead(refusal, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
      response.end('Refused\n');
      return;
    }
    if (request.url === '/session') {
      response.writeHead(judgeToken(request, door) ?? 204, { 'Cache-Control': 'no-store' }).end();
      return;
    }
    if (request.url === '/opening') {
      // Whoever starts the browser shows the token and gets a word; the page shows the word and gets the token.
      const word = /^Word (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const known = word === undefined ? judgeToken(request, door) === null : openings.redeem(word);
      const answer = known ? (word === undefined ? openings.issue() : door.token) : '';
      response.writeHead(known ? 200 : 401, {
        'Cache-Control': 'no-store',
        'Content-Length': answer.length,
        'Content-Type': 'text/plain; charset=utf-8',
      });
      response.end(answer);
      return;
    }
    Promise.resolve(options.page(request, response)).catch((error: unknown) => {
      options.log(`page: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    // A compressed frame could unfold to any size, and loopback gains nothing.
    perMessageDeflate: false,
    handleProtocols: () => subprotocol,
  });
  const handler = new RPCHandler(options.router);
  http.on('upgrade', (request, socket: Duplex, head) => {
    // Development servers speak on another path.
    if (request.url !== '/ws') {
      if (http.listenerCount('upgrade') === 1) refuse(socket, 404);
      return;
    }
    socket.on('error', () => socket.destroy());
    const refusal = judgeUpgrade(request, door);
    if (refusal !== null) {
      refuse(socket, refusal);
      return;
    }
    strangers.delete(socket as Socket);
    sockets.handleUpgrade(request, socket, head, (connection) => {
      // `ws` closes the connection after an error; the page sees that and connects again.
      connection.on('error', () => undefined);
      void handler.upgrade(connection, { context: { log: options.log } });
    });
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port, '127.0.0.1', () => {
      http.off('error', reject);
      resolve();
    });
  });
  http.on('error', (error) => options.log(`server: ${error.message}`));
  const bound = http.address();
  if (bound === null || typeof bound === 'string') throw new Error('The server has no port.');
  door.port = bound.port;

  return {
    door,
    address: `http://127.0.0.1:${bound.port}/`,
    http,
    async close() {
      for (const connection of sockets.clients) connection.close(1001);
      const closed = new Promise<void>((resolve) => {
        http.close(() => resolve());
      });
      http.closeIdleConnections();
      // A page that does not answer the close does not keep us.
      const patience = setTimeout(() => {
        for (const connection of sockets.clients) connection.terminate();
        http.closeAllConnections();
      }, 500);
      await closed;
      clearTimeout(patience);
    },
  };
}
