import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
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

/** A stand-in that answers what it is told, and remembers what it was asked. */
export async function startRowServer(tls?: CauseRow['tls']): Promise<RowServer> {
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
  const listening = tls
    ? https.createServer({ key: pem(`${tls}.key`), cert: pem(tls) }, listener)
    : http.createServer(listener);
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
      listening.closeAllConnections();
      return new Promise((resolve) => listening.close(() => resolve()));
    },
  };
  return server;
}
