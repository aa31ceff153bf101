import { Buffer } from 'node:buffer';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGitHandler, type GitHandler } from '../git-http-server';
import type { Described } from './described';

/** What a stand-in answers. `body`: an object is sent as JSON, text and bytes as they are. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Content-Type; default `application/json; charset=utf-8` for objects, text/plain for text. */
  type?: string;
}

export interface Call {
  method: string;
  /** Complete address as the client sent it. */
  url: URL;
  /** Decoded parts of the path that a route names. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  authorization: string | undefined;
  body: string;
}

/** One request as it arrived, for tests that look for what must or must not have been sent. */
export interface SeenCall {
  kind: 'api' | 'git' | 'page' | 'sign-in';
  method: string;
  /** Path and query as sent. */
  path: string;
  /** Whether any credential came with it. */
  authorized: boolean;
  authorization: string | undefined;
  headers: http.IncomingHttpHeaders;
  status: number;
}

/** A switch for something that goes wrong; flipped at run time, taken back with the function `inject` returns. */
export interface HostingFault {
  /** Matched against path and query; default: every API request. */
  path?: RegExp;
  method?: string;
  /** Taken back by itself after so many answers. */
  times?: number;
  /** Milliseconds before the answer. */
  delay?: number;
  /**
   * `html`: a page where JSON was due. `cut`: half of the true body, then the
   * connection breaks. `half`: half of the true body as if it were all of it.
   * `hang`: headers, never a body. `silence`: no byte at all. `reply`: exactly `reply`.
   * `change`: what `change` makes of the true answer.
   */
  as?: 'html' | 'cut' | 'half' | 'hang' | 'silence' | 'reply' | 'change';
  /** Status of `html`; default 200. */
  status?: number;
  reply?: Reply;
  change?: (reply: Reply, call: Call) => Reply;
}

export interface HostingServer {
  /** scheme://127.0.0.1:port */
  readonly origin: string;
  /** What a person would type as the server's address: origin and, where there is one, the context path. */
  readonly url: string;
  readonly port: number;
  readonly seen: SeenCall[];
  /** What Polyforge asked for that the provider's description does not allow. It was refused with 400. */
  readonly violations: string[];
  /** The git side: its `fault` applies to clones and fetches. */
  readonly git: GitHandler;
  /** Looks at every request first; true: it has answered. */
  gate: ((request: http.IncomingMessage, response: http.ServerResponse) => boolean) | null;
  inject(fault: HostingFault): () => void;
  /** Rejects when there were violations, so that no test passes over them. */
  close(): Promise<void>;
}

type Handler = (call: Call) => Reply | Promise<Reply>;

/** Routes by method and path. `:name` is one part of a path, `:name*` all that is left (without slashes decoded away). */
export class Routes {
  private readonly routes: { method: string; pattern: string[]; handler: Handler }[] = [];

  on(method: string, pattern: string, handler: Handler): this {
    this.routes.push({ method, pattern: pattern.split('/').slice(1), handler });
    return this;
  }

  get(pattern: string, handler: Handler): this {
    return this.on('GET', pattern, handler);
  }

  /** Undefined: no such path. Null: the path exists, not with this method. */
  find(
    method: string,
    path: string,
  ): { handler: Handler; params: Record<string, string> } | undefined | null {
    const parts = path.split('/').slice(1);
    let known = false;
    for (const route of this.routes) {
      const params = match(route.pattern, parts);
      if (!params) continue;
      known = true;
      if (route.method === method || (route.method === 'GET' && method === 'HEAD'))
        return { handler: route.handler, params };
    }
    return known ? null : undefined;
  }
}

function match(pattern: string[], parts: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    if (expected.startsWith(':') && expected.endsWith('*')) {
      params[expected.slice(1, -1)] = parts.slice(index).map(decode).join('/');
      return params;
    }
    const part = parts[index];
    if (part === undefined || part === '') return undefined;
    if (expected.startsWith(':')) params[expected.slice(1)] = decode(part);
    else if (expected.toLowerCase() !== part.toLowerCase()) return undefined;
  }
  return pattern.length === parts.length ? params : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** User name and password of a Basic header, or null. */
export function basic(header: string | undefined): { username: string; password: string } | null {
  const encoded = /^basic\s+([A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The text after the scheme's name, or null when the header has another scheme. */
export function scheme(header: string | undefined, name: string): string | null {
  const found = new RegExp(`^${name}\\s+(\\S+)$`, 'i').exec(header ?? '');
  return found?.[1] ?? null;
}

export const json = (body: unknown, headers?: Record<string, string>, status = 200): Reply => ({
  status,
  body,
  headers,
});
export const text = (body: string, headers?: Record<string, string>, status = 200): Reply => ({
  status,
  body,
  type: 'text/plain; charset=utf-8',
  headers,
});
export const html = (body: string, status = 200, headers?: Record<string, string>): Reply => ({
  status,
  body: `<!DOCTYPE html><html><head><title>${body}</title></head><body><h1>${body}</h1></body></html>`,
  type: 'text/html; charset=utf-8',
  headers,
});

/** A number of the query, or undefined when it is absent; NaN when it is no whole number. */
export function whole(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  return /^-?\d+$/.test(value) ? Number.parseInt(value, 10) : Number.NaN;
}

/** How one provider answers; the rest (listening, faults, the log, git) is the same for all. */
export interface HostingBehaviour {
  /** Context path in front of everything, such as `/bitbucket`; without trailing slash. */
  prefix?: string;
  /** Path of the API below the prefix; everything else that is not git is a page. */
  isApi(path: string): boolean;
  /** Every request of Polyforge is held against it, whatever fault is injected. */
  described: Described;
  /** `path` is below the prefix, not decoded. */
  api(call: Call, path: string): Reply | Promise<Reply>;
  /** What a browser would get. */
  page(call: Call, path: string): Reply;
  /**
   * Whether a request for git may pass: the repository's directory, or the refusal. `key` is the
   * decoded path below the prefix without `.git`. Null: no path of a repository.
   */
  gitAccess(key: string, call: Call): Promise<{ directory: string } | Reply>;
  closed(): Promise<void>;
  /** Where people sign in for programs: its answers, and what the use of a token means to it. */
  desk?: {
    isSignIn(path: string): boolean;
    answer(call: Call, path: string, base: string): Reply;
    used(authorization: string | undefined): void;
  };
}

const gitPath = /^\/(.+?)(\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export async function startHostingServer(
  behaviour: HostingBehaviour,
  options: { port?: number } = {},
): Promise<HostingServer> {
  const prefix = behaviour.prefix ?? '';
  const seen: SeenCall[] = [];
  const violations: string[] = [];
  const faults: HostingFault[] = [];
  const git = createGitHandler({ prefix });

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    const below =
      url.pathname.startsWith(`${prefix}/`) || prefix === '' ? url.pathname.slice(prefix.length) : null;
    const call: Call = {
      method: request.method ?? 'GET',
      url,
      params: {},
      query: url.searchParams,
      headers: request.headers,
      authorization: request.headers.authorization,
      body: '',
    };
    const gitKey = below === null ? undefined : gitPath.exec(decode(below))?.[1];
    const kind = gitKey !== undefined ? 'git' : below !== null && behaviour.isApi(below) ? 'api' : 'page';
    const entry: SeenCall = {
      kind,
      method: call.method,
      path: request.url ?? '/',
      authorized: call.authorization !== undefined || request.headers['private-token'] !== undefined,
      authorization: call.authorization,
      headers: request.headers,
      status: 0,
    };
    seen.push(entry);
    response.on('finish', () => {
      entry.status = response.statusCode;
    });

    if (gitKey !== undefined) {
      behaviour.desk?.used(call.authorization);
      const access = await behaviour.gitAccess(gitKey, call);
      if ('directory' in access) {
        git.repositories.set(gitKey, { ...git.repositories.get(gitKey), directory: access.directory });
        if (git.handle(request, response)) return;
      } else {
        request.resume();
        send(response, call.method, access);
        return;
      }
    }

    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    call.body = Buffer.concat(chunks).toString('utf8');

    const desk = behaviour.desk;
    desk?.used(call.authorization);
    if (desk && below !== null && desk.isSignIn(below)) {
      entry.kind = 'sign-in';
      const trouble = takeFault(faults, call.method, request.url ?? '/');
      if (trouble?.as === 'reply' && trouble.reply) return send(response, call.method, trouble.reply);
      if (trouble?.as === 'html')
        return send(response, call.method, html('Something else', trouble.status ?? 200));
      return send(response, call.method, desk.answer(call, below, origin + prefix), trouble?.as);
    }
    if (kind === 'api' && below !== null && request.headers['user-agent']?.startsWith('Polyforge/')) {
      const found = behaviour.described.violations(call.method, below, url.searchParams, call.body);
      if (found.length > 0) {
        violations.push(...found);
        console.error(`No request of this provider: ${found.join('; ')}`);
        return send(response, call.method, json({ message: found.join('; ') }, {}, 400));
      }
    }
    const fault = kind === 'api' ? takeFault(faults, call.method, request.url ?? '/') : undefined;
    if (fault?.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault?.as === 'reply' && fault.reply) return send(response, call.method, fault.reply);
    if (fault?.as === 'html') return send(response, call.method, html('Sign in', fault.status ?? 200));
    if (fault?.as === 'silence') return;
    if (fault?.as === 'hang') {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
      response.flushHeaders();
      return;
    }
    let reply: Reply;
    if (below === null) reply = html('Not found', 404);
    else if (kind === 'api') reply = await behaviour.api(call, below);
    else reply = behaviour.page(call, below);
    if (fault?.as === 'change' && fault.change) reply = fault.change(reply, call);
    send(response, call.method, reply, fault?.as);
  }

  const server = http.createServer((request, response) => {
    if (made.gate?.(request, response)) return;
    void answer(request, response).catch((error: unknown) => {
      // A defect of the stand-in must be seen, not taken for an answer of the provider.
      console.error('stand-in failed on', request.method, request.url, error);
      if (!response.headersSent) response.writeHead(599, { 'Content-Type': 'text/plain' });
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const port = (server.address() as AddressInfo).port;
  const origin = `http://127.0.0.1:${port}`;
  const made: HostingServer = {
    origin,
    url: origin + prefix,
    port,
    gate: null,
    seen,
    violations,
    git,
    inject(fault) {
      faults.push(fault);
      return () => {
        const at = faults.indexOf(fault);
        if (at >= 0) faults.splice(at, 1);
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await behaviour.closed();
      if (violations.length > 0) throw new Error(`Sent to a stand-in: ${violations.join('; ')}`);
    },
  };
  return made;
}

function takeFault(faults: HostingFault[], method: string, path: string): HostingFault | undefined {
  const at = faults.findIndex(
    (fault) => (fault.path?.test(path) ?? true) && (fault.method === undefined || fault.method === method),
  );
  const fault = faults[at];
  if (fault?.times !== undefined) {
    fault.times -= 1;
    if (fault.times <= 0) faults.splice(at, 1);
  }
  return fault;
}

function send(
  response: http.ServerResponse,
  method: string,
  reply: Reply,
  damage?: HostingFault['as'],
): void {
  const isText = typeof reply.body === 'string';
  const bytes =
    reply.body === undefined
      ? Buffer.alloc(0)
      : Buffer.isBuffer(reply.body)
        ? reply.body
        : Buffer.from(isText ? (reply.body as string) : JSON.stringify(reply.body), 'utf8');
  const type = reply.type ?? (isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8');
  const shown = damage === 'half' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
  response.writeHead(reply.status, {
    ...(reply.status === 204 || reply.status === 304 ? {} : { 'Content-Type': type }),
    'Content-Length': shown.length,
    ...reply.headers,
  });
  if (method === 'HEAD') {
    response.end();
  } else if (damage === 'cut') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroySoon());
  } else {
    response.end(shown);
  }
}
