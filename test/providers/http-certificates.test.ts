import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { createServer as createPlainServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, type Http, type HttpOptions } from '../../electron/providers/http';
import { failureOf } from './provider.suite';

const pem = (name: string) => readFileSync(path.join(import.meta.dirname, 'data/tls', `${name}.pem`), 'utf8');
const canary = 'canary-51c04d687f3e9a2b';
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(server: Server | ReturnType<typeof createPlainServer>): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function serve(name: string): Promise<{ origin: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer({ key: pem(`${name}.key`), cert: pem(name) }, (request, response) => {
    seen.push(JSON.stringify(request.headers));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return { origin: `https://127.0.0.1:${await listening(server)}`, seen };
}

function ask(
  origin: string,
  options: HttpOptions = {},
  signal = new AbortController().signal,
): Promise<Response> {
  const http: Http = createHttp({ retryDelay: 1, ...options });
  closing.push(() => http.close());
  const authorizer = { headers: async () => ({ authorization: `Bearer ${canary}` }) };
  return http.bind({ origins: { api: [origin], git: [] } }, authorizer, signal)(`${origin}/x`);
}

describe('certificates', () => {
  it.each([
    ['self-signed', 'self-signed', {}],
    ['good', 'unknown-issuer', {}],
    ['expired', 'expired', { ca: [pem('ca')] }],
    ['not-yet-valid', 'not-yet-valid', { ca: [pem('ca')] }],
    ['wrong-name', 'wrong-name', { ca: [pem('ca')] }],
  ])(
    'one that is %s is refused as %s, with issuer and fingerprint; nothing was sent',
    async (name, cause, options) => {
      const { origin, seen } = await serve(name);
      const told = await failureOf(ask(origin, options));
      expect(told).toMatchObject({ kind: 'certificate', cause, host: new URL(origin).host });
      expect(told.kind === 'certificate' && told.detail).toMatch(/issued by .*SHA-256 ([0-9A-F]{2}:){31}/);
      expect(seen).toEqual([]);
    },
  );

  it('one of an authority that was added is accepted', async () => {
    const { origin, seen } = await serve('good');
    expect((await ask(origin, { ca: [pem('ca')] })).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const { origin, seen } = await serve('self-signed');
      expect(await failureOf(ask(origin))).toMatchObject({ kind: 'certificate' });
      expect(seen).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('https to a server that speaks plain http is no certificate failure and not retried for ever', async () => {
    const port = await listening(createPlainServer((_request, response) => response.end('{}')));
    expect((await failureOf(ask(`https://127.0.0.1:${port}`))).kind).toBe('host-unreachable');
  });
});

describe('a proxy of the environment', () => {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const through = async (proxy: string, work: () => Promise<void>) => {
    const before = names.map((name) => process.env[name]);
    for (const name of names) delete process.env[name];
    process.env['http_proxy'] = proxy;
    process.env['https_proxy'] = proxy;
    try {
      await work();
    } finally {
      for (const [index, name] of names.entries()) {
        const value = before[index];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  };

  it('that wants a password is named, and never gets the account’s token', async () => {
    const seen: string[] = [];
    const server = createPlainServer();
    server.on('connect', (request, socket) => {
      seen.push(JSON.stringify(request.headers));
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="p"\r\n\r\n');
    });
    const port = await listening(server);
    await through(`http://127.0.0.1:${port}`, async () => {
      expect(await failureOf(ask('https://git.example.test'))).toMatchObject({
        kind: 'host-unreachable',
        cause: 'proxy',
        host: 'git.example.test',
      });
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join()).not.toContain(canary);
  });

  it('that is not there is told apart from the server', async () => {
    const server = createPlainServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    await through(`http://127.0.0.1:${port}`, async () => {
      expect(await failureOf(ask('https://git.example.test'))).toMatchObject({ cause: 'proxy' });
    });
  });

  it('is not used for this machine', async () => {
    const { origin } = await serve('good');
    await through('http://127.0.0.1:1', async () => {
      expect((await ask(origin, { ca: [pem('ca')] })).status).toBe(200);
    });
  });
});
