import { type Response, fetch as undiciFetch } from 'undici';
import { AppFailure, fail } from '../../../shared/errors';
import { hostWithPort, type RemoteUrl } from '../../../shared/remote-url';
import { openDispatcher } from '../../network/dispatcher';
import type { Route } from '../../network/network';
import { answerText } from './answer-text';
import { connectionFailure, shown } from './errors';
import type { Credential, Question } from './messages';
import type { Service } from './protocol/advertisement';

/** Asks the broker in the main thread. */
export type Ask = (question: Question) => Promise<Credential>;

export interface GitHttpOptions {
  url: RemoteUrl;
  /** How the remote's origin is reached; no other origin is ever asked. */
  route: Route;
  ask: Ask;
}

/** One request of git's smart protocol, gitprotocol-http(5). */
export interface Exchange {
  service: Service;
  /** Of the protocol, asked for in a header. */
  version: 0 | 2;
  /** Null: asks what the server has to offer. A function makes a body that is read once; it may be asked for another. */
  body: Uint8Array | (() => AsyncIterable<Uint8Array>) | null;
  /** Most bytes of the answer. */
  limit: number;
}

export interface GitHttp {
  /** Of the remote, with its port. */
  readonly host: string;
  /** Sends a request, signing in where the server wants that. `read` gets the answer as it arrives and need not take all of it. */
  exchange<T>(request: Exchange, read: (answer: AsyncIterable<Buffer>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const hops = 5;
const userAgent = 'git/isomorphic-git';

/**
 * The embedded engine's HTTP: the credential goes to the exact origin of the
 * remote and nowhere else, no redirect leaves that origin, nothing waits for
 * ever. Whether an answer is whole its reader has to know (`protocol/`).
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
  let base = remote.href;

  async function send(url: string, request: Exchange): Promise<Response> {
    const { service, version, body } = request;
    const headers: Record<string, string> = { 'user-agent': userAgent };
    if (version === 2) headers['git-protocol'] = 'version=2';
    if (body !== null) {
      headers['content-type'] = `application/x-${service}-request`;
      headers['accept'] = `application/x-${service}-result`;
    }
    if (authorization !== null && new URL(url).origin === remote.origin)
      headers['authorization'] = authorization;
    try {
      return await undiciFetch(url, {
        method: body === null ? 'GET' : 'POST',
        headers,
        body: typeof body === 'function' ? body() : body,
        ...(typeof body === 'function' ? { duplex: 'half' } : {}),
        redirect: 'manual',
        credentials: 'omit',
        dispatcher: agent,
      });
    } catch (error) {
      throw new AppFailure(connectionFailure(error, host, route.proxy, false), { cause: error });
    }
  }

  /** Follows redirects inside the origin; a GET anywhere there, a POST only where its body is kept. */
  async function follow(request: Exchange): Promise<Response> {
    const { service, body } = request;
    const asked = `${base}/${body === null ? `info/refs?service=${service}` : service}`;
    let url = asked;
    for (let hop = 0; hop <= hops; hop += 1) {
      const response = await send(url, request);
      if (![301, 302, 303, 307, 308].includes(response.status)) {
        if (url !== asked) remember(asked, url);
        return response;
      }
      const location = response.headers.get('location') ?? '';
      await response.body?.cancel().catch(() => undefined);
      const target = within(location, url);
      if (target === null || (body !== null && response.status < 307))
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
    const suffix = /\/info\/refs\?service=git-(?:upload|receive)-pack$/;
    if (suffix.test(asked) && suffix.test(answered)) base = answered.replace(suffix, '');
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
  async function answered(request: Exchange): Promise<Response> {
    await beginning();
    for (;;) {
      const had = authorization !== null;
      const response = await follow(request).catch(async (error: unknown) => {
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

  /** The answer as it arrives; what goes wrong on the line is told as ours. */
  async function* arriving(response: Response, limit: number): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      for await (const part of response.body ?? []) {
        const chunk = Buffer.from((part as Uint8Array).buffer, part.byteOffset, part.byteLength);
        bytes += chunk.length;
        if (bytes > limit)
          fail({ kind: 'unsupported', what: 'a repository this large', reason: 'Install git to clone it.' });
        yield chunk;
      }
    } catch (error) {
      throw new AppFailure(connectionFailure(error, host, route.proxy, true), { cause: error });
    }
  }

  async function exchange<T>(
    request: Exchange,
    read: (answer: AsyncIterable<Buffer>) => Promise<T>,
  ): Promise<T> {
    const response = await answered(request);
    const type = response.headers.get('content-type') ?? '';
    const kind = request.body === null ? 'advertisement' : 'result';
    if (type.toLowerCase() !== `application/x-${request.service}-${kind}`) {
      await response.body?.cancel().catch(() => undefined);
      fail({ kind: 'unexpected-answer', host, status: 200, detail: 'the answer is not one of a git server' });
    }
    const answer = arriving(response, request.limit);
    try {
      return await read(answer);
    } finally {
      await answer.return(undefined);
      await response.body?.cancel().catch(() => undefined);
    }
  }

  return { host, exchange, close: () => agent.destroy() };
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
