import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Answer, Answers, CauseRow, SeenByRow } from './causes';

export const pem = (name: string) =>
  readFileSync(path.join(import.meta.dirname, '../providers/data/tls', `${name}.pem`), 'utf8');

export interface RowServer {
  origin: string;
  port: number;
  seen: SeenByRow[];
  /** Requests that no key of the row's answers named. */
  unnamed: string[];
  answers: Answers;
  close(): Promise<void>;
}

function find(answers: Answers, method: string, target: string): Answers[string] | undefined {
  const bare = target.split('?')[0] ?? '';
  const fits = (key: string) =>
    key === `${method} ${target}` ||
    key === `${method} ${bare}` ||
    (key.endsWith('*') && `${method} ${target}`.startsWith(key.slice(0, -1)));
  const best = Object.keys(answers)
    .filter(fits)
    .sort((a, b) => b.length - a.length)[0];
  return best === undefined ? undefined : answers[best];
}

function send(response: http.ServerResponse, method: string, answer: Answer): void {
  if (answer.silent) return;
  if (answer.cut) {
    response.socket?.destroy();
    return;
  }
  const { body } = answer;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type =
    answer.type ??
    (typeof body === 'string'
      ? body.trimStart().startsWith('<')
        ? 'text/html; charset=utf-8'
        : 'text/plain; charset=utf-8'
      : 'application/json; charset=utf-8');
  response.writeHead(answer.status ?? 200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    ...answer.headers,
  });
  response.end(method === 'HEAD' ? undefined : text);
}

function certificateOf(tls: NonNullable<CauseRow['tls']>) {
  if (tls === 'good-with-authority') return { key: pem('good.key'), cert: pem('good') + pem('ca') };
  return { key: pem(`${tls}.key`), cert: pem(tls) };
}

/** A stand-in that answers what it is told, and remembers what it was asked. */
export async function startRowServer(
  row: Pick<CauseRow, 'tls' | 'tlsOptions' | 'connect' | 'raw'> = {},
): Promise<RowServer> {
  const { tls } = row;
  const seen: SeenByRow[] = [];
  const unnamed: string[] = [];
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = request.url ?? '/';
      const method = request.method ?? 'GET';
      const asked: SeenByRow = {
        method,
        path: target,
        query: new URL(target, 'http://stand-in').searchParams,
        authorization: request.headers.authorization,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(asked);
      const found = find(server.answers, method, target);
      if (!found) unnamed.push(`${method} ${target}`);
      send(
        response,
        method,
        typeof found === 'function' ? found(asked) : (found ?? { status: 404, body: {} }),
      );
    });
  };
  const listening: net.Server = row.raw
    ? net.createServer(row.raw)
    : tls
      ? https.createServer({ ...certificateOf(tls), ...row.tlsOptions }, listener)
      : http.createServer(listener);
  const open = new Set<net.Socket>();
  listening.on('connection', (socket: net.Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  listening.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    socket.end(
      row.connect?.(request.headers['proxy-authorization']) ?? 'HTTP/1.1 405 Method Not Allowed\r\n\r\n',
    );
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  const { port } = listening.address() as AddressInfo;
  const server: RowServer = {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    unnamed,
    answers: {},
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => listening.close(() => resolve()));
    },
  };
  return server;
}
