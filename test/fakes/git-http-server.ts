import { spawn } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';

/** What opens a repository. A missing `username` accepts any user name. */
export type AcceptedCredential =
  | { kind: 'basic'; username?: string; password: string }
  | { kind: 'bearer'; token: string };

export interface ServedRepository {
  /** Absolute path of the repository on disk (bare, or a working tree's `.git`). */
  directory: string;
  /** Undefined: open to everybody. May be changed while the server runs. */
  accepts?: AcceptedCredential[];
  /** Status for a request without credentials; the challenge is sent with 401 only. Default 401. */
  anonymousStatus?: 401 | 403 | 404;
  /** Status for credentials that do not fit. Default 401. */
  refusedStatus?: 401 | 403 | 404;
  /** WWW-Authenticate headers of a refusal. Default: one for Basic. */
  challenges?: string[];
  /** HTML body of refusals, as providers' sign-in pages have. */
  refusedBody?: string;
  /** Faults of this repository only; the server's own `fault` comes first. */
  fault?: Fault;
}

/** The steps of git's smart protocol. Protocol v0 has no `ls-refs`. */
export type Stage = 'advertise' | 'ls-refs' | 'fetch' | 'push';

/** Switches for everything that can go wrong on the way. */
export interface Fault {
  /** Which answers are concerned; undefined: all. */
  stage?: Stage;
  /** Only requests with credentials, of whatever kind, are concerned; the others are answered as usual. */
  when?: 'signed-in';
  /** Milliseconds before the answer starts. */
  delay?: number;
  /** Sends this many body bytes of the answer, then nothing more while the socket stays open. */
  stallAfter?: number;
  /** Sends this many body bytes of the answer, then destroys the socket. Negative: that many before the end. */
  cutAfter?: number;
  /** Upper limit of body bytes per second. */
  bytesPerSecond?: number;
  /** Answers with this status and body instead of git's. */
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  /** Redirects. The text is the complete Location; `$path` stands for the request's path and query. */
  redirect?: { status: 301 | 302 | 303 | 307 | 308; location: string };
}

export interface SeenRequest {
  method: string;
  /** Path and query as sent. */
  url: string;
  stage: Stage | null;
  headers: http.IncomingHttpHeaders;
  authorization: string | undefined;
  /** User name and password of a Basic header. */
  basic: { username: string; password: string } | null;
  status: number;
  /** Body bytes sent so far. */
  sent: number;
}

export interface GitHandler {
  /** Key: path on the host without leading slash and without `.git`, such as `owner/name`. */
  readonly repositories: Map<string, ServedRepository>;
  /** Every request seen, oldest first. */
  readonly requests: SeenRequest[];
  /** Applies to every repository while set. */
  fault: Fault | null;
  /** Resolves when an answer has been stalled by a fault (at once if one is stalled now). */
  stalled(): Promise<void>;
  /** Answers git's requests. False: not a repository of this handler; nothing was written. */
  handle(request: http.IncomingMessage, response: http.ServerResponse): boolean;
}

const service = /^\/(.+?)(\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

function basicOf(header: string | undefined): SeenRequest['basic'] {
  const encoded = /^basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Whether an Authorization header opens a repository with these credentials. */
export function accepted(accepts: AcceptedCredential[], header: string | undefined): boolean {
  const basic = basicOf(header);
  const bearer = /^bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
  return accepts.some((one) =>
    one.kind === 'bearer'
      ? one.token === bearer
      : basic !== null &&
        basic.password === one.password &&
        (one.username === undefined || one.username === basic.username),
  );
}

function stageOf(method: string, action: string, body: Buffer): Stage {
  if (method === 'GET') return 'advertise';
  if (action === 'git-receive-pack') return 'push';
  return body.subarray(0, 64).includes('command=ls-refs') ? 'ls-refs' : 'fetch';
}

/** `prefix`: context path in front of every repository, such as `/scm`. */
export function createGitHandler(options: { prefix?: string; realm?: string } = {}): GitHandler {
  const prefix = options.prefix ?? '';
  const repositories = new Map<string, ServedRepository>();
  const requests: SeenRequest[] = [];
  const waiting: (() => void)[] = [];
  let stalledNow = 0;

  const handler: GitHandler = {
    repositories,
    requests,
    fault: null,
    stalled() {
      if (stalledNow > 0) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    handle(request, response) {
      const url = new URL(request.url ?? '/', 'http://stand-in');
      let pathname = '';
      try {
        pathname = decodeURIComponent(url.pathname);
      } catch {
        return false;
      }
      if (!pathname.startsWith(`${prefix}/`)) return false;
      const match = service.exec(pathname.slice(prefix.length));
      const key = match?.[1];
      const action = match?.[3];
      if (key === undefined || action === undefined) return false;
      void answer(request, response, key, action, url.search.slice(1)).catch(() => response.destroy());
      return true;
    },
  };

  async function answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    key: string,
    action: string,
    query: string,
  ) {
    const method = request.method ?? 'GET';
    const push = action === 'git-receive-pack';
    const chunks: Buffer[] = [];
    if (method === 'POST' && !push) for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const authorization = request.headers.authorization;
    const seen: SeenRequest = {
      method,
      url: request.url ?? '',
      stage: stageOf(method, action, plain),
      headers: request.headers,
      authorization,
      basic: basicOf(authorization),
      status: 0,
      sent: 0,
    };
    requests.push(seen);
    const repository = repositories.get(key);
    const applies = (fault: Fault | null | undefined) =>
      fault &&
      (fault.stage === undefined || fault.stage === seen.stage) &&
      (fault.when === undefined || authorization !== undefined)
        ? fault
        : undefined;
    const fault = applies(handler.fault) ?? applies(repository?.fault);
    if (fault?.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delay));

    const plainAnswer = (status: number, headers: http.OutgoingHttpHeaders, text: string) => {
      seen.status = status;
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
      response.end(text);
    };
    if (fault?.redirect) {
      const location = fault.redirect.location.replace('$path', request.url ?? '');
      plainAnswer(fault.redirect.status, { Location: location }, '');
      return;
    }
    if (fault?.status !== undefined) {
      plainAnswer(fault.status, fault.headers ?? {}, fault.body ?? '');
      return;
    }
    if (!repository) {
      plainAnswer(404, {}, 'Repository not found.\n');
      return;
    }
    if (repository.accepts && !accepted(repository.accepts, authorization)) {
      const status =
        authorization === undefined ? (repository.anonymousStatus ?? 401) : (repository.refusedStatus ?? 401);
      const challenge = {
        'WWW-Authenticate': repository.challenges ?? [`Basic realm="${options.realm ?? 'stand-in'}"`],
      };
      const html: Record<string, string> =
        repository.refusedBody === undefined ? {} : { 'Content-Type': 'text/html; charset=utf-8' };
      plainAnswer(
        status,
        { ...html, ...(status === 401 ? challenge : {}) },
        repository.refusedBody ?? (status === 404 ? 'Repository not found.\n' : 'Access denied.\n'),
      );
      return;
    }
    await backend(repository, request, response, { seen, action, query, body, push, fault });
  }

  function backend(
    repository: ServedRepository,
    request: http.IncomingMessage,
    response: http.ServerResponse,
    call: { seen: SeenRequest; action: string; query: string; body: Buffer; push: boolean; fault?: Fault },
  ): Promise<void> {
    const headers = request.headers;
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        HOME: path.dirname(repository.directory),
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
        GIT_CONFIG_COUNT: '3',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        GIT_CONFIG_KEY_1: 'http.receivepack',
        GIT_CONFIG_VALUE_1: 'true',
        GIT_CONFIG_KEY_2: 'uploadpack.allowFilter',
        GIT_CONFIG_VALUE_2: 'true',
        GIT_PROJECT_ROOT: path.dirname(repository.directory),
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: `/${path.basename(repository.directory)}/${call.action}`,
        QUERY_STRING: call.query,
        REQUEST_METHOD: call.seen.method,
        REMOTE_ADDR: '127.0.0.1',
        ...(call.seen.basic ? { REMOTE_USER: call.seen.basic.username } : {}),
        ...(headers['content-type'] ? { CONTENT_TYPE: headers['content-type'] } : {}),
        ...(headers['content-encoding'] ? { HTTP_CONTENT_ENCODING: headers['content-encoding'] } : {}),
        ...(headers['git-protocol'] ? { GIT_PROTOCOL: String(headers['git-protocol']) } : {}),
        ...(call.push
          ? headers['content-length']
            ? { CONTENT_LENGTH: headers['content-length'] }
            : {}
          : { CONTENT_LENGTH: String(call.body.length) }),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    response.on('close', () => child.kill('SIGKILL'));
    child.stdin.on('error', () => undefined);
    if (call.push) request.pipe(child.stdin);
    else child.stdin.end(call.body);
    return relay(child.stdout, response, call.seen, call.fault);
  }

  /** Copies the CGI reply; splits its header block; counts, slows, stalls and cuts the body. */
  async function relay(
    source: NodeJS.ReadableStream,
    response: http.ServerResponse,
    seen: SeenRequest,
    fault: Fault | undefined,
  ) {
    let head: Buffer | null = Buffer.alloc(0);
    const held: Buffer[] = [];
    // How much comes after a byte from the end is known only once all of it is there.
    const fromEnd = fault?.cutAfter !== undefined && fault.cutAfter < 0;
    let limit = fromEnd ? undefined : fault?.cutAfter;
    const stall = fault?.stallAfter;

    const send = async (chunk: Buffer): Promise<boolean> => {
      const end = Math.min(limit ?? Number.POSITIVE_INFINITY, stall ?? Number.POSITIVE_INFINITY);
      const part = chunk.subarray(0, Math.max(0, Math.min(chunk.length, end - seen.sent)));
      const step = fault?.bytesPerSecond ? Math.max(1, Math.floor(fault.bytesPerSecond / 20)) : part.length;
      for (let at = 0; at < part.length; at += step) {
        const piece = part.subarray(at, at + step);
        seen.sent += piece.length;
        if (response.destroyed) return false;
        if (!response.write(piece))
          await new Promise<void>((resolve) => {
            const go = () => {
              response.off('drain', go);
              response.off('close', go);
              resolve();
            };
            response.on('drain', go);
            response.on('close', go);
          });
        if (fault?.bytesPerSecond) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (seen.sent < end || part.length === chunk.length) return true;
      if (limit !== undefined && end === limit) {
        // Flushed first: the client must have exactly these bytes when the connection breaks.
        await new Promise<void>((resolve) => response.write('', () => resolve()));
        response.socket?.destroySoon();
        return false;
      }
      stalledNow += 1;
      for (const resolve of waiting.splice(0)) resolve();
      await new Promise<void>((resolve) => {
        if (response.destroyed) resolve();
        else response.once('close', resolve);
      });
      stalledNow -= 1;
      return false;
    };

    for await (const data of source) {
      let chunk = data as Buffer;
      if (head !== null) {
        head = Buffer.concat([head, chunk]);
        const at = head.indexOf('\r\n\r\n');
        if (at < 0) continue;
        let status = 200;
        const headers: Record<string, string> = {};
        for (const line of head.subarray(0, at).toString('latin1').split('\r\n')) {
          const colon = line.indexOf(':');
          const name = line.slice(0, colon).trim();
          const value = line.slice(colon + 1).trim();
          if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
          else headers[name] = value;
        }
        seen.status = status;
        response.writeHead(status, headers);
        chunk = head.subarray(at + 4);
        head = null;
      }
      if (fromEnd) held.push(chunk);
      else if (chunk.length > 0 && !(await send(chunk))) return;
    }
    if (head !== null) {
      seen.status = 500;
      response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end('git http-backend gave no answer\n');
      return;
    }
    if (fromEnd) {
      const all = Buffer.concat(held);
      limit = Math.max(0, all.length + (fault?.cutAfter ?? 0));
      if (!(await send(all))) return;
    }
    response.end();
  }

  return handler;
}

export interface GitHttpServer extends GitHandler {
  /** scheme://127.0.0.1:port */
  readonly origin: string;
  readonly port: number;
  /** Serves a repository and returns its URL (with `.git`). */
  serve(key: string, repository: ServedRepository): string;
  urlOf(key: string): string;
  /** Called with every connection once it is encrypted. */
  onConnection: ((socket: TLSSocket) => void) | null;
  /** Looks at every request first; true: it has answered. */
  gate: ((request: http.IncomingMessage, response: http.ServerResponse) => boolean) | null;
  /** Requests for anything that is no repository: path and Authorization. */
  readonly others: { url: string; authorization: string | undefined }[];
  close(): Promise<void>;
}

/** A real `git http-backend` on a free loopback port. `tls` makes it https. */
export async function startGitHttpServer(
  options: { prefix?: string; realm?: string; tls?: https.ServerOptions } = {},
): Promise<GitHttpServer> {
  const handler = createGitHandler(options);
  const others: GitHttpServer['others'] = [];
  const listener: http.RequestListener = (request, response) => {
    if (made.gate?.(request, response) || handler.handle(request, response)) return;
    others.push({ url: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n');
  };
  const server = options.tls ? https.createServer(options.tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  const origin = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const urlOf = (key: string) =>
    `${origin}${options.prefix ?? ''}/${key.split('/').map(encodeURIComponent).join('/')}.git`;
  // The handler's `fault` is assigned to later: the same object must be seen by both sides.
  const made: GitHttpServer = Object.assign(handler, {
    onConnection: null,
    gate: null,
    origin,
    port,
    others,
    urlOf,
    serve(key: string, repository: ServedRepository) {
      handler.repositories.set(key, repository);
      return urlOf(key);
    },
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
  server.on('secureConnection', (socket: TLSSocket) => made.onConnection?.(socket));
  return made;
}
