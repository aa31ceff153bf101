import { type Response, fetch as undiciFetch } from 'undici';
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { AppFailure, fail } from '../../../shared/errors';
import { hostWithPort, type RemoteUrl } from '../../../shared/remote-url';
import { openDispatcher } from '../../network/dispatcher';
import type { Route } from '../../network/network';
import { answerText } from './answer-text';
import { connectionFailure, shown } from './errors';
import type { Credential, Question } from './messages';
import { checkPackets, type PacketCheck } from './packets';

/** Asks the broker in the main thread. */
export type Ask = (question: Question) => Promise<Credential>;

export interface GitHttpOptions {
  url: RemoteUrl;
  /** How the remote's origin is reached; no other origin is ever asked. */
  route: Route;
  ask: Ask;
  /** Bytes of the pack so far. */
  received?: (bytes: number) => void;
  /** The server's own words while it works. */
  message?: (text: string) => void;
}

export interface GitHttp extends HttpClient {
  /** Posts an upload-pack request and hands over the pack as it arrives. Resolves with its checksum (hexadecimal) once all of it is proved to be there. */
  fetchPack(url: string, body: Uint8Array, pack: (data: Buffer) => void): Promise<string>;
  close(): Promise<void>;
}

/** Ten million refs or a bomb: refused before they fill the memory. */
const refsLimit = 64 * 1024 ** 2;
/** Node's own limit for one buffer, which isomorphic-git makes of a pack. */
const packLimit = 2 * 1024 ** 3;
const hops = 5;
const userAgent = 'git/isomorphic-git';

/**
 * The embedded engine's HTTP. Differs from isomorphic-git's own client where
 * that is unsafe: the credential goes to the exact origin of the remote and
 * nowhere else, no redirect leaves that origin, nothing waits for ever, and
 * an answer is handed on only when it is whole.
 */
export function createGitHttp(options: GitHttpOptions): GitHttp {
  const { url: remote, ask, route } = options;
  const host = hostWithPort(remote);
  const agent = openDispatcher(route, {
    connectTimeout: 10_000,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  let authorization: string | null = null;
  let approved = false;
  let started = false;
  /** Where the server moved the repository within its origin: as git, later requests go there at once. */
  let moved: { from: string; to: string } | null = null;

  async function send(url: string, request: GitHttpRequest, body: Uint8Array | undefined): Promise<Response> {
    const headers: Record<string, string> = { ...request.headers, 'user-agent': userAgent };
    // isomorphic-git knows no credential; whatever it thinks of must not travel.
    for (const name of Object.keys(headers)) if (name.toLowerCase() === 'authorization') delete headers[name];
    if (authorization !== null && new URL(url).origin === remote.origin)
      headers['authorization'] = authorization;
    try {
      return await undiciFetch(url, {
        method: request.method ?? 'GET',
        headers,
        body,
        redirect: 'manual',
        credentials: 'omit',
        dispatcher: agent,
      });
    } catch (error) {
      throw new AppFailure(connectionFailure(error, host, route.proxy, false), { cause: error });
    }
  }

  /** Follows redirects inside the origin; a GET anywhere there, a POST only where its body is kept. */
  async function follow(request: GitHttpRequest, body: Uint8Array | undefined): Promise<Response> {
    const asked =
      moved && request.url.startsWith(moved.from)
        ? moved.to + request.url.slice(moved.from.length)
        : request.url;
    let url = asked;
    for (let hop = 0; hop <= hops; hop += 1) {
      const response = await send(url, request, body);
      if (![301, 302, 303, 307, 308].includes(response.status)) {
        if (url !== asked) remember(asked, url);
        return response;
      }
      const location = response.headers.get('location') ?? '';
      await response.body?.cancel().catch(() => undefined);
      const target = within(location, url);
      if (target === null || (body !== undefined && response.status < 307))
        return fail({ kind: 'moved', host, to: destination(location, url) });
      url = target;
    }
    return fail({ kind: 'unexpected-answer', host, detail: 'the server redirects in a circle' });
  }

  function within(location: string, from: string): string | null {
    if (location === '' || /[\\\p{Cc}\s]/u.test(location) || !URL.canParse(location, from)) return null;
    const target = new URL(location, from);
    return target.origin === remote.origin && target.username === '' && target.password === ''
      ? target.href
      : null;
  }

  function remember(asked: string, answered: string): void {
    const suffix = /\/info\/refs\?service=git-upload-pack$/;
    if (suffix.test(asked) && suffix.test(answered))
      moved = { from: asked.replace(suffix, ''), to: answered.replace(suffix, '') };
  }

  /** The broker decides whether there is (another) credential; it stops after a second refusal. */
  async function authorize(): Promise<boolean> {
    if (authorization !== null) await ask({ method: 'reject' });
    const credential = await ask({ method: 'fill', request: { origin: remote.origin, path: remote.path } });
    authorization = credential === null ? null : headerOf(credential, host);
    return credential !== null;
  }

  /** An account that signs in by header does so at once: some servers hide from strangers what they have. */
  async function beginning(): Promise<void> {
    if (started) return;
    started = true;
    const request = { origin: remote.origin, path: remote.path, preemptive: true };
    const credential = await ask({ method: 'fill', request });
    if (credential?.kind === 'header') authorization = headerOf(credential, host);
  }

  /** Sends it, signing in when the server wants that; resolves with an answer of status 200. */
  async function exchange(asked: GitHttpRequest, body: Uint8Array | undefined): Promise<Response> {
    await beginning();
    for (;;) {
      const had = authorization !== null;
      const response = await follow(asked, body).catch(async (error: unknown) => {
        // Sign-in pages on another host are how some servers say 401.
        if (error instanceof AppFailure && error.error.kind === 'moved' && !had && (await authorize()))
          return null;
        throw error;
      });
      if (response === null) continue;
      const html = /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
      const wantsSignIn =
        response.status === 401 || response.status === 203 || (response.status === 200 && html);
      if (wantsSignIn) {
        await response.body?.cancel().catch(() => undefined);
        if (await authorize()) continue;
        if (response.status === 401) fail({ kind: 'authentication-failed', host, path: remote.path });
        fail({ kind: 'sign-in-page', host, status: response.status });
      }
      if (response.status !== 200) return refused(response);
      if (authorization !== null && !approved) {
        approved = true;
        await ask({ method: 'approve' });
      }
      return response;
    }
  }

  async function refused(response: Response): Promise<never> {
    const { status } = response;
    const html = /html/i.test(response.headers.get('content-type') ?? '');
    const page = await answerText(response);
    const detail = html ? undefined : shown(mask(page)) || undefined;
    if (status === 404 || status === 410)
      return fail({ kind: 'repository-not-found', host, path: remote.path });
    if (status === 403) return fail({ kind: 'missing-permission', host, needed: [], detail });
    if (status === 429) {
      const seconds = Number(response.headers.get('retry-after') ?? '60');
      return fail({
        kind: 'rate-limited',
        host,
        // No server's word stops anybody for longer than two hours.
        retryAt: Date.now() + Math.min(Number.isFinite(seconds) ? Math.max(seconds, 0) : 60, 7200) * 1000,
      });
    }
    if (status === 407)
      return fail({ kind: 'host-unreachable', host, cause: 'proxy', proxy: 'wants-sign-in' });
    // nginx and its kin let strangers in far enough to tell them that a client certificate is missing or wrong.
    if (status === 400 && /No required SSL certificate/i.test(page))
      return fail({ kind: 'certificate', host, cause: 'client-required' });
    if (status === 400 && /The SSL certificate error/i.test(page))
      return fail({ kind: 'certificate', host, cause: 'client-refused' });
    if (status >= 500) return fail({ kind: 'server-error', host, status, detail });
    return fail({
      kind: 'unexpected-answer',
      host,
      status,
      detail: detail ?? 'the answer is not one of a git server',
    });
  }

  function mask(text: string): string {
    if (authorization === null) return text;
    const token = authorization.replace(/^\S+\s+/, '');
    const pair = Buffer.from(token, 'base64').toString('utf8');
    return [token, pair, pair.slice(pair.indexOf(':') + 1)]
      .filter((secret) => secret.length >= 4)
      .reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
  }

  /** Reads the answer to its end; what is not whole or too much rejects. */
  async function read(
    response: Response,
    check: PacketCheck,
    limit: number,
    each: (chunk: Buffer, bytes: number) => void,
  ): Promise<string> {
    const type = response.headers.get('content-type') ?? '';
    if (!/^application\/x-git-upload-pack-(?:advertisement|result)$/i.test(type)) {
      await response.body?.cancel().catch(() => undefined);
      fail({ kind: 'unexpected-answer', host, status: 200, detail: 'the answer is not one of a git server' });
    }
    let bytes = 0;
    try {
      for await (const part of response.body ?? []) {
        const chunk = Buffer.from(part as Uint8Array);
        bytes += chunk.length;
        if (bytes > limit)
          fail({ kind: 'unsupported', what: 'a repository this large', reason: 'Install git to clone it.' });
        check.push(chunk);
        each(chunk, bytes);
      }
    } catch (error) {
      if (isFileError(error)) throw error;
      throw new AppFailure(connectionFailure(error, host, route.proxy, true), { cause: error });
    }
    return check.end();
  }

  async function request(asked: GitHttpRequest): Promise<GitHttpResponse> {
    const response = await exchange(asked, asked.body === undefined ? undefined : await joined(asked.body));
    const chunks: Buffer[] = [];
    await read(response, checkPackets({ host, content: 'refs' }), refsLimit, (chunk) => chunks.push(chunk));
    return {
      url: asked.url,
      method: asked.method,
      statusCode: 200,
      statusMessage: response.statusText,
      headers: Object.fromEntries(response.headers),
      body: handOver(chunks),
    };
  }

  async function fetchPack(url: string, body: Uint8Array, pack: (data: Buffer) => void): Promise<string> {
    const headers = {
      'content-type': 'application/x-git-upload-pack-request',
      accept: 'application/x-git-upload-pack-result',
    };
    const response = await exchange({ method: 'POST', url, headers }, body);
    const check = checkPackets({ host, content: 'pack', message: options.message, pack });
    return read(response, check, packLimit, (_chunk, bytes) => options.received?.(bytes));
  }

  return { request, fetchPack, close: () => agent.destroy() };
}

/** Of the disk the pack is written to, not of the connection. */
function isFileError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EIO' || code === 'EFBIG';
}

function headerOf(credential: NonNullable<Credential>, host: string): string {
  if (credential.kind === 'header') {
    const header = credential.header.replace(/^authorization:\s*/i, '');
    // What the platform says of a value no header can carry quotes all of it.
    return /^[\x20-\x7e]+$/.test(header) ? header : fail({ kind: 'token-form', host, looksLike: 'unknown' });
  }
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`, 'utf8').toString('base64')}`;
}

/** Only where it leads, never the whole text: a Location may hold anything. */
function destination(location: string, from: string): string {
  if (/[\\\p{Cc}]/u.test(location) || !URL.canParse(location, from)) return 'an address that cannot be read';
  const target = new URL(location, from);
  return /^https?:$/.test(target.protocol) ? target.origin : `an address of the kind ${target.protocol}`;
}

async function joined(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

async function* handOver(chunks: Buffer[]): AsyncIterableIterator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
