import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  createHttp,
  type Http,
  type HttpOptions,
  nextLink,
  pages,
  readJson,
} from '../../electron/providers/http';
import type { AccountFetch, Authorizer } from '../../electron/providers/provider';
import { type AppError, AppFailure } from '../../shared/errors';

const canary = 'canary-7f3e9a2b51c04d68';
const bearer: Authorizer = { headers: async () => ({ authorization: `Bearer ${canary}` }) };
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Recorder {
  origin: string;
  seen: IncomingMessage[];
  server: Server;
}

async function serve(listener: RequestListener): Promise<Recorder> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server };
}

function json(body: string, status = 200, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

function httpOf(options: HttpOptions = {}): Http {
  const http = createHttp({ retryDelay: 1, ...options });
  closing.push(() => http.close());
  return http;
}

function fetchOf(
  origin: string,
  options: HttpOptions = {},
  authorizer: Authorizer | null = bearer,
  signal = new AbortController().signal,
): AccountFetch {
  return httpOf(options).bind({ origins: { api: [origin], git: [] } }, authorizer, signal);
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it succeeded');
}

describe('the account fetch', () => {
  it('sends the Authorization to its own origin and names itself', async () => {
    const own = await serve(json('{"ok":true}'));
    const answer = await fetchOf(own.origin)(`${own.origin}/x`);
    expect(await readJson(answer, z.object({ ok: z.boolean() }))).toEqual({ ok: true });
    expect(own.seen[0]?.headers.authorization).toBe(`Bearer ${canary}`);
    expect(own.seen[0]?.headers['user-agent']).toMatch(/^Polyforge\//);
  });

  it('opens no connection to an origin that is not the account’s', async () => {
    const own = await serve(json('{}'));
    const other = await serve(json('{}'));
    for (const url of [
      `${other.origin}/x`,
      own.origin.replace('127.0.0.1', 'localhost') + '/x',
      own.origin.replace('http:', 'https:') + '/x',
      own.origin.replace('http://', 'http://user:pass@') + '/x',
    ])
      expect(await failure(fetchOf(own.origin)(url))).toMatchObject({ kind: 'moved' });
    expect(other.seen).toHaveLength(0);
    expect(own.seen).toHaveLength(0);
  });

  it('follows a redirect inside the origin', async () => {
    const own = await serve((request, response) => {
      if (request.url === '/new') return json('{"ok":1}')(request, response);
      response.writeHead(301, { location: '/new' }).end();
    });
    expect((await fetchOf(own.origin)(`${own.origin}/old`)).status).toBe(200);
  });

  it.each([301, 302, 303, 307, 308])(
    'a %i to another origin is told and the token never arrives',
    async (status) => {
      const other = await serve(json('{}'));
      const own = await serve((_request, response) => {
        response.writeHead(status, { location: `${other.origin}/x` }).end();
      });
      expect(await failure(fetchOf(own.origin)(`${own.origin}/x`))).toEqual({
        kind: 'moved',
        host: new URL(own.origin).host,
        to: other.origin,
      });
      expect(other.seen).toHaveLength(0);
    },
  );

  it.each([
    '//evil.example/x',
    'file:///etc/passwd',
    'https://evil.example\\@127.0.0.1/x',
    'http://u:p@127.0.0.1/',
  ])('does not follow %s', async (location) => {
    const own = await serve((_request, response) => {
      response.writeHead(302, { location }).end();
    });
    expect((await failure(fetchOf(own.origin)(`${own.origin}/x`))).kind).toBe('moved');
    expect(own.seen).toHaveLength(1);
  });

  it('a redirect to a sign-in page is told as such, on its own origin too', async () => {
    const targets = ['https://login.microsoftonline.com/common/oauth2/authorize', '/users/sign_in'];
    for (const location of targets) {
      const own = await serve((_request, response) => {
        response.writeHead(302, { location }).end();
      });
      expect((await failure(fetchOf(own.origin)(`${own.origin}/x`))).kind).toBe('sign-in-page');
      expect(own.seen).toHaveLength(1);
    }
  });

  it('a circle of redirects ends', async () => {
    let hops = 0;
    const own = await serve((_request, response) => {
      hops += 1;
      response.writeHead(302, { location: `/x?loop=${hops}` }).end();
    });
    expect((await failure(fetchOf(own.origin)(`${own.origin}/x`))).kind).toBe('unexpected-answer');
    expect(hops).toBeLessThanOrEqual(6);
  });

  it('does not repeat a POST into a redirect', async () => {
    const own = await serve((_request, response) => {
      response.writeHead(307, { location: '/y' }).end();
    });
    const posted = fetchOf(own.origin)(`${own.origin}/x`, { method: 'POST', body: '{}' });
    expect((await failure(posted)).kind).toBe('moved');
    expect(own.seen).toHaveLength(1);
  });

  it('an authorizer’s own request goes out without the token', async () => {
    const own = await serve(json('{"token":"minted"}'));
    const minting: Authorizer = {
      async headers(raw) {
        await raw(`${own.origin}/mint`, { method: 'POST', headers: { authorization: 'Bearer jwt' } });
        return { authorization: 'Bearer minted' };
      },
    };
    await fetchOf(own.origin, {}, minting)(`${own.origin}/x`);
    expect(own.seen.map((request) => request.headers.authorization)).toEqual(['Bearer jwt', 'Bearer minted']);
  });
});

describe('faults of the server and the line', () => {
  it('a GET is repeated at most twice on 502, a POST never', async () => {
    const own = await serve(json('{"message":"bad gateway"}', 502));
    const fetch = fetchOf(own.origin);
    expect(await failure(fetch(`${own.origin}/x`))).toMatchObject({ kind: 'server-error', status: 502 });
    expect(own.seen).toHaveLength(3);
    await failure(fetch(`${own.origin}/x`, { method: 'POST', body: '{}' }));
    expect(own.seen).toHaveLength(4);
  });

  it('a GET that recovers is answered', async () => {
    let count = 0;
    const own = await serve((request, response) => {
      count += 1;
      json('{"n":1}', count < 3 ? 503 : 200)(request, response);
    });
    expect((await fetchOf(own.origin)(`${own.origin}/x`)).status).toBe(200);
  });

  it('silence before and inside an answer ends with a timeout', async () => {
    const silent = await serve(() => undefined);
    const limits = { headersTimeout: 60, bodyTimeout: 60 };
    const host = new URL(silent.origin).host;
    expect(await failure(fetchOf(silent.origin, limits)(`${silent.origin}/x`))).toMatchObject({
      kind: 'host-unreachable',
      host,
      cause: 'timeout',
    });
    const stalled = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('[');
    });
    expect(await failure(fetchOf(stalled.origin, limits)(`${stalled.origin}/x`))).toMatchObject({
      kind: 'host-unreachable',
      cause: 'timeout',
    });
  });

  it('a server that drips bytes for ever ends with a timeout', async () => {
    const own = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect(await failure(fetchOf(own.origin, { totalTimeout: 150 })(`${own.origin}/x`))).toMatchObject({
      kind: 'host-unreachable',
      cause: 'timeout',
    });
  });

  it('cancelling ends the request, also while the authorizer works', async () => {
    const own = await serve(() => undefined);
    const controller = new AbortController();
    const running = failure(fetchOf(own.origin, {}, bearer, controller.signal)(`${own.origin}/x`));
    await expect.poll(() => own.seen.length).toBe(1);
    controller.abort();
    expect(await running).toEqual({ kind: 'cancelled' });

    const second = new AbortController();
    const never: Authorizer = { headers: () => new Promise(() => undefined) };
    const hanging = failure(fetchOf(own.origin, {}, never, second.signal)(`${own.origin}/x`));
    second.abort();
    expect(await hanging).toEqual({ kind: 'cancelled' });
  });

  it('a refused connection, an unknown name and a cut line are told apart', async () => {
    const own = await serve((request) => request.socket.destroy());
    expect(await failure(fetchOf(own.origin)(`${own.origin}/x`))).toMatchObject({ cause: 'reset' });
    const encrypted = own.origin.replace('http:', 'https:');
    expect(await failure(fetchOf(encrypted)(`${encrypted}/x`))).toMatchObject({ cause: 'plain-http' });
    own.server.closeAllConnections();
    await new Promise((resolve) => own.server.close(resolve));
    expect(await failure(fetchOf(own.origin)(`${own.origin}/x`))).toMatchObject({ cause: 'refused' });
    const unknown = 'http://no-such-host.invalid';
    expect(await failure(fetchOf(unknown)(`${unknown}/x`))).toMatchObject({ cause: 'dns' });
  });

  it('a body cut short is a failure, never a shorter list', async () => {
    const own = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('[]');
      response.socket?.end();
    });
    expect((await failure(fetchOf(own.origin)(`${own.origin}/x`))).kind).toMatch(
      /^(host-unreachable|unexpected-answer)$/,
    );
  });

  it('a compressed bomb stops at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024));
    const own = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const limited = fetchOf(own.origin, { bodyLimit: 1024 * 1024 });
    expect(await failure(limited(`${own.origin}/x`))).toMatchObject({
      kind: 'unexpected-answer',
      detail: 'the answer is larger than 1 MiB',
    });
  });

  it('compressed answers are read', async () => {
    const own = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{"a":1}'));
    });
    const answer = await fetchOf(own.origin)(`${own.origin}/x`);
    expect(await readJson(answer, z.object({ a: z.number() }))).toEqual({ a: 1 });
  });

  it('ten thousand headers are a clear failure', async () => {
    const own = await serve((_request, response) => {
      for (let index = 0; index < 10_000; index += 1) response.setHeader(`x-${index}`, 'v');
      response.end('{}');
    });
    expect((await failure(fetchOf(own.origin)(`${own.origin}/x`))).kind).toBe('unexpected-answer');
  });
});

describe('rate limits', () => {
  const hour = Math.floor(Date.now() / 1000) + 3600;
  it.each([
    ['429 with Retry-After', 429, { 'retry-after': '60' }, 60_000],
    [
      '403 with nothing remaining',
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${hour}` },
      3_500_000,
    ],
    ['403 with Retry-After', 403, { 'retry-after': '60' }, 60_000],
    ['429 whose reset lies behind', 429, { 'ratelimit-reset': '1' }, 60_000],
    ['429 with a negative wait', 429, { 'retry-after': '-1' }, 60_000],
  ])('%s: not one request before the time', async (_name, status, headers, wait) => {
    const own = await serve(json('{"message":"slow down"}', status, headers));
    const http = httpOf();
    const account = { id: 'a', origins: { api: [own.origin], git: [] } };
    const bind = () => http.bind(account, bearer, new AbortController().signal);
    const told = await failure(bind()(`${own.origin}/x`));
    expect(told).toMatchObject({ kind: 'rate-limited' });
    expect(told.kind === 'rate-limited' && told.retryAt).toBeGreaterThan(Date.now() + wait - 5000);
    expect(await failure(bind()(`${own.origin}/y`))).toMatchObject({ kind: 'rate-limited' });
    expect(own.seen).toHaveLength(1);
    // Another account on the same host is not concerned.
    const neighbour = http.bind({ ...account, id: 'b' }, bearer, new AbortController().signal);
    await failure(neighbour(`${own.origin}/z`));
    expect(own.seen).toHaveLength(2);
  });

  it('a date that has passed means now, and the request is repeated once', async () => {
    let count = 0;
    const own = await serve((request, response) => {
      count += 1;
      if (count > 1) return json('{}')(request, response);
      json('{}', 429, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })(request, response);
    });
    expect((await fetchOf(own.origin)(`${own.origin}/x`)).status).toBe(200);
    expect(own.seen).toHaveLength(2);
  });

  it('Retry-After with 200 holds back the next requests of the account', async () => {
    const own = await serve(json('{}', 200, { 'retry-after': '30' }));
    const fetch = fetchOf(own.origin);
    expect((await fetch(`${own.origin}/x`)).status).toBe(200);
    expect((await failure(fetch(`${own.origin}/y`))).kind).toBe('rate-limited');
    expect(own.seen).toHaveLength(1);
  });
});

describe('refusals', () => {
  it.each<[string, number, string, Record<string, string>, Partial<AppError>]>([
    [
      'a refused token',
      401,
      '{"message":"Bad credentials"}',
      {},
      { kind: 'token-refused', detail: 'Bad credentials' },
    ],
    [
      'a fine-grained permission',
      403,
      '{"message":"Resource not accessible by personal access token"}',
      { 'x-accepted-github-permissions': 'contents=read; metadata=read' },
      { kind: 'missing-permission', needed: ['contents=read', 'metadata=read'] },
    ],
    [
      'a classic scope',
      403,
      '{"message":"no"}',
      { 'x-oauth-scopes': 'gist', 'x-accepted-oauth-scopes': 'repo, gist' },
      { kind: 'missing-permission', needed: ['repo'] },
    ],
    [
      'a GitLab scope',
      403,
      '{"error":"insufficient_scope","error_description":"more privileges","scope":"api read_api"}',
      {},
      { kind: 'missing-permission', needed: ['api', 'read_api'], detail: 'more privileges' },
    ],
    ['nothing there', 404, '{"message":"Not Found"}', {}, { kind: 'not-found', what: '/x' }],
    ['a sign-in page as 203', 203, '<html>Sign In</html>', {}, { kind: 'sign-in-page', status: 203 }],
    [
      'another status',
      422,
      '{"errors":[{"message":"Validation"}]}',
      {},
      { kind: 'unexpected-answer', detail: 'Validation' },
    ],
  ])('%s', async (_name, status, body, headers, expected) => {
    const own = await serve(json(body, status, headers));
    expect(await failure(fetchOf(own.origin)(`${own.origin}/x`))).toMatchObject(expected);
  });

  it('single sign-on is named, with its link only when it leads to the same server', async () => {
    const header = (url: string) => ({ 'x-github-sso': `required; url=${url}` });
    const evil = await serve(json('{}', 403, header('https://evil.example/sso')));
    expect(await failure(fetchOf(evil.origin)(`${evil.origin}/x`))).toEqual({
      kind: 'authorization-required',
      host: new URL(evil.origin).host,
    });
    const good = await serve(json('{}', 403, header('http://127.0.0.1/orgs/x/sso')));
    expect(await failure(fetchOf(good.origin)(`${good.origin}/x`))).toMatchObject({
      url: 'http://127.0.0.1/orgs/x/sso',
    });
  });

  it('no secret of the request comes back in a message', async () => {
    const pair = Buffer.from(`:${canary}`).toString('base64');
    const echo = `token ${canary} ${pair} Basic ${pair} ghp_${'a'.repeat(36)} glpat-${'b'.repeat(20)} \u202e<b>x</b>`;
    const own = await serve(json(JSON.stringify({ message: echo }), 401));
    const basic: Authorizer = { headers: async () => ({ authorization: `Basic ${pair}` }) };
    const told = JSON.stringify(await failure(fetchOf(own.origin, {}, basic)(`${own.origin}/x`)));
    for (const secret of [canary, pair, 'ghp_', 'glpat-', '\u202e', '<b>'])
      expect(told).not.toContain(secret);
  });

  it('S14 a token no header can carry is refused without being quoted, and nothing is sent', async () => {
    const own = await serve(json('{}'));
    const broken: Authorizer = { headers: async () => ({ authorization: `Bearer ${canary}\nmore` }) };
    const told = await failure(fetchOf(own.origin, {}, broken)(`${own.origin}/x`));
    expect(told).toMatchObject({ kind: 'token-form', looksLike: 'unknown' });
    expect(JSON.stringify(told)).not.toContain(canary);
    expect(own.seen).toEqual([]);
  });

  it.each([
    ['a form', new URLSearchParams({ grant_type: 'refresh_token', refresh_token: `${canary}+/=` })],
    ['JSON', JSON.stringify({ client_id: 'polyforge', device_code: `${canary}+/=` })],
  ])('S14 what %s asks for a token with does not come back in a message', async (_kind, body) => {
    const echo = `no ${canary}+/= and ${encodeURIComponent(`${canary}+/=`)} for polyforge`;
    const own = await serve(json(JSON.stringify({ message: echo }), 500));
    const told = await failure(
      fetchOf(own.origin, {}, null)(`${own.origin}/token`, { method: 'POST', body }),
    );
    expect(told).toMatchObject({ kind: 'server-error', detail: 'no *** and *** for polyforge' });
  });

  it('a clock that is wrong is named beside a refused token', async () => {
    const serverTime = new Date(Date.now() - 600_000).toUTCString();
    const own = await serve(json('{}', 401, { date: serverTime }));
    expect(await failure(fetchOf(own.origin)(`${own.origin}/x`))).toMatchObject({
      detail: `This computer's clock is 10 minutes ahead of the server's, which says ${serverTime}.`,
    });
  });
});

describe('reading JSON', () => {
  const list = z.array(z.object({ id: z.number() }));
  const read = async (body: string, type = 'application/json', expected?: string) => {
    const own = await serve((_request, response) => {
      response.writeHead(200, type ? { 'content-type': type } : {});
      response.end(body);
    });
    return await readJson(await fetchOf(own.origin)(`${own.origin}/x`), list, expected);
  };

  it.each(['', '[', '[{"id":1},', '{"id":1}', 'null', '[{"id":"1"}]', '['.repeat(100_000)])(
    'an answer that is no list is a failure (%#)',
    async (body) => {
      expect((await failure(read(body))).kind).toBe('unexpected-answer');
    },
  );

  it('HTML is a sign-in page, or another product where it looks like none', async () => {
    const login = '<html><form>Sign in <input type="password"></form></html>';
    expect((await failure(read(login, 'text/html', 'GitHub'))).kind).toBe('sign-in-page');
    const page = '<!doctype html><title>Router\n set-up</title>';
    expect(await failure(read(page, 'text/html; charset=utf-8', 'GitHub'))).toMatchObject({
      kind: 'wrong-provider',
      expected: 'GitHub',
      detail: 'it shows the page "Router set-up"',
    });
    expect((await failure(read(page, 'application/json', 'GitHub'))).kind).toBe('wrong-provider');
  });

  it('text of another type is a failure', async () => {
    expect((await failure(read('[]', 'text/plain'))).kind).toBe('unexpected-answer');
  });

  it('a __proto__ key pollutes nothing', async () => {
    await failure(read('{"__proto__":{"polluted":1}}'));
    expect((await read('[{"id":1,"__proto__":{"polluted":1}}]'))[0]).toEqual({ id: 1 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('paging', () => {
  const follow = async (own: Recorder) => {
    const items: number[] = [];
    const all = pages(fetchOf(own.origin), `${own.origin}/p?page=1`, async (answer) => ({
      value: await readJson(answer, z.array(z.number())),
      next: nextLink(answer.headers, answer.url),
    }));
    for await (const page of all) items.push(...page);
    return items;
  };

  it('follows next links of the own origin', async () => {
    const own = await serve((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      json(
        `[${page}]`,
        200,
        page < 3 ? { link: `</p?page=${page + 1}>; rel="next", </p>; rel="last"` } : {},
      )(request, response);
    });
    expect(await follow(own)).toEqual([1, 2, 3]);
  });

  it('a next link to another origin is refused and the token never arrives there', async () => {
    const other = await serve(json('[2]'));
    const own = await serve(json('[1]', 200, { link: `<${other.origin}/page2>; rel="next"` }));
    expect((await failure(follow(own))).kind).toBe('moved');
    expect(other.seen).toHaveLength(0);
  });

  it('a next link to itself is noticed at the first repeat', async () => {
    const own = await serve(json('[1]', 200, { link: '</p?page=1>; rel="next"' }));
    expect((await failure(follow(own))).kind).toBe('unexpected-answer');
    expect(own.seen).toHaveLength(1);
  });
});
