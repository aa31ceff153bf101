import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { ApiDescription } from './api-description';

/** One recorded answer and the request it belongs to. */
export interface RecordedAnswer {
  method?: string;
  /** As in the provider's documentation, below the server's base path. Compared after decoding. */
  path: string;
  /** Pairs the request must carry; further ones do not matter. */
  query?: Record<string, string>;
  status?: number;
  headers?: Record<string, string>;
  /** A recorded file, absolute. */
  file?: string;
  /** Sent as JSON when there is no file. */
  json?: unknown;
  /** Sent as it is when there is neither. */
  text?: string;
}

export interface RecordedRequest {
  method: string;
  /** With the base path, as it came. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface RecordingServerOptions {
  description: ApiDescription;
  answers: readonly RecordedAnswer[];
  /** Path of the API on this server that the description does not carry (`/api/v3`). */
  basePath?: string;
  /** Paths (with base path) the description is known to lack; they are answered unchecked. */
  undocumented?: readonly RegExp[];
  /** Addresses in recorded bodies and headers that become this server's origin. */
  rewrite?: readonly string[];
}

export interface RecordingServer {
  readonly origin: string;
  readonly requests: RecordedRequest[];
  /** Requests the provider's description does not allow. A test ends by expecting none. */
  readonly violations: string[];
  /** Valid requests nothing was recorded for; they were answered with 404. */
  readonly unanswered: string[];
  close(): Promise<void>;
}

/** Serves recorded answers on loopback and checks every request against the provider's description. */
export async function startRecordingServer(options: RecordingServerOptions): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  const unanswered: string[] = [];
  let origin = '';
  const basePath = options.basePath ?? '';

  const send = (answer: RecordedAnswer, response: ServerResponse): void => {
    const local = (text: string) =>
      (options.rewrite ?? []).reduce((all, address) => all.replaceAll(address, origin), text);
    const body = answer.file
      ? readFileSync(answer.file, 'utf8')
      : answer.json === undefined
        ? (answer.text ?? '')
        : JSON.stringify(answer.json);
    const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
    for (const [name, value] of Object.entries(answer.headers ?? {}))
      headers[name.toLowerCase()] = local(value);
    response.writeHead(answer.status ?? 200, headers);
    response.end(local(body));
  };

  const answerTo = (request: RecordedRequest, below: string): RecordedAnswer | undefined =>
    options.answers
      .filter(
        (answer) =>
          (answer.method ?? 'GET') === request.method &&
          decodeURIComponent(answer.path) === decodeURIComponent(below) &&
          Object.entries(answer.query ?? {}).every(([name, value]) => request.query.get(name) === value),
      )
      .sort((a, b) => Object.keys(b.query ?? {}).length - Object.keys(a.query ?? {}).length)[0];

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? '/', 'http://server');
    const request: RecordedRequest = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    requests.push(request);
    const below = request.path.startsWith(basePath) ? request.path.slice(basePath.length) : null;
    if (!options.undocumented?.some((pattern) => pattern.test(request.path))) {
      const found =
        below === null
          ? [`${request.method} ${request.path}: outside ${basePath}`]
          : options.description.violations(request.method, below, request.query, request.body);
      if (found.length) {
        violations.push(...found);
        send({ path: '', status: 400, json: { message: found.join('; ') } }, response);
        return;
      }
    }
    const answer = answerTo(request, below ?? request.path);
    if (!answer) unanswered.push(`${request.method} ${request.path}${url.search}`);
    send(answer ?? { path: '', status: 404, json: { message: 'Not Found' } }, response);
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      violations.push(String(error));
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    requests,
    violations,
    unanswered,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

interface ManifestEntry {
  method: string;
  path: string;
  query: Record<string, string>;
  status: number;
  type?: string;
  headers: Record<string, string>;
  body: string | null;
}

/**
 * The answers of a recorded/<provider>/manifest.json. The requests they were
 * recorded with page differently, so only the path decides unless `queries`.
 */
export function manifestAnswers(
  directory: string,
  options: { queries?: boolean; basePath?: string } = {},
): RecordedAnswer[] {
  const manifest = JSON.parse(readFileSync(path.join(directory, 'manifest.json'), 'utf8')) as ManifestEntry[];
  return manifest.map((entry) => {
    const given = entry.path.startsWith('/') ? entry.path : `/${entry.path}`;
    const { $set: _, ...headers } = entry.headers;
    return {
      method: entry.method,
      path: given.slice(given.startsWith(options.basePath ?? '') ? (options.basePath ?? '').length : 0),
      query: options.queries ? entry.query : {},
      status: entry.status,
      headers: { ...headers, ...(entry.type ? { 'content-type': entry.type } : {}) },
      ...(entry.body ? { file: path.join(directory, 'bodies', entry.body) } : { text: '' }),
    };
  });
}
