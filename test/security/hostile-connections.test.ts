import { readFileSync } from 'node:fs';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, type HttpOptions } from '../../electron/providers/http';
import { describeError } from '../../renderer/errors/describe';
import { type HostingCase, hostingCases } from '../fakes/hosting/cases';
import { fixedNetwork } from '../fakes/network';
import { accountOf, failureOf, sessionOf } from '../providers/provider.suite';
import { searchFor } from '../e2e/leaks';
import { hostileEntries } from './hostile-inputs';

const must = new Map(hostileEntries('api-response').map((entry) => [entry.id, entry.must]));
const pem = (name: string) =>
  readFileSync(path.join(import.meta.dirname, '../providers/data/tls', `${name}.pem`), 'utf8');
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Signs in with an account of this case whose server is at `origin`. */
async function signInAt(one: HostingCase, origin: string, options: HttpOptions = {}) {
  const { server, draft, secret } = await one.start();
  closing.push(() => server.close());
  const http = createHttp({ retryDelay: 1, ...options });
  closing.push(() => http.close());
  const address = { ...draft, url: (draft.url ?? '').replace(server.origin, origin) };
  const account = accountOf(one.provider, address);
  const told = await failureOf(one.provider.signIn(sessionOf(http, one.provider, account, secret)));
  return { told, secret };
}

const every = (id: string) => {
  if (!must.has(id)) throw new Error(`${id} is no hostile answer`);
  return hostingCases.map((one) => [id, one.name, one] as const);
};

describe('a certificate that cannot be trusted', () => {
  const secured = async (name: string) => {
    const seen: string[] = [];
    const server = createServer({ key: pem(`${name}.key`), cert: pem(name) }, (request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    });
    return { origin: `https://127.0.0.1:${await listening(server)}`, seen };
  };

  it.each(every('API-038'))(
    '%s: %s names host, issuer and fingerprint, and what to do',
    async (_id, _name, one) => {
      const { origin, seen } = await secured('self-signed');
      const { told } = await signInAt(one, origin);
      const { host } = new URL(origin);
      expect(told).toMatchObject({ kind: 'certificate', cause: 'self-signed', host });
      expect(told.kind === 'certificate' && told.detail).toMatch(
        /issued by .+SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}/,
      );
      const words = describeError(told);
      expect(words?.title).toContain(host);
      expect(words?.text).toMatch(/confirms its fingerprint, trust it for this server/);
      expect(JSON.stringify(words)).not.toMatch(/ignore|skip|anyway|turn off|disable/i);
      expect(seen).toEqual([]);
    },
  );

  it.each(every('API-040'))('%s: %s refuses one that is of another name', async (_id, _name, one) => {
    const { origin, seen } = await secured('wrong-name');
    const { told } = await signInAt(one, origin, { ca: [pem('ca')] });
    expect(told).toMatchObject({ kind: 'certificate', cause: 'wrong-name', host: new URL(origin).host });
    expect(seen).toEqual([]);
  });
});

describe('a proxy that demands a password', () => {
  it.each(every('API-041'))(
    '%s: gets its own credentials at most, and nothing of %s',
    async (_id, _name, one) => {
      const seen: string[] = [];
      const proxy = createPlainServer();
      proxy.on('connect', (request, socket) => {
        seen.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
        socket.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n',
        );
      });
      const url = `http://127.0.0.1:${await listening(proxy)}`;
      const credential = { username: 'proxy-user', password: 'proxy-password' };
      for (const known of [null, credential]) {
        seen.length = 0;
        const network = fixedNetwork({ proxy: { url, credential: known } });
        const { told, secret } = await signInAt(one, 'https://git.example.test', { network });
        expect(told).toMatchObject({ kind: 'host-unreachable', cause: 'proxy' });
        expect(describeError(told)?.text).toContain('proxy');
        expect(seen.length).toBeGreaterThan(0);
        expect(searchFor({ token: secret })('what the proxy received', seen.join('\n'))).toEqual([]);
        const basic = Buffer.from('proxy-user:proxy-password').toString('base64');
        expect(seen.join('\n').includes(basic)).toBe(known !== null);
      }
    },
  );
});

describe('a clock that is wrong', () => {
  const app = hostingCases.find(({ name }) => name.endsWith('application'));
  it.each([
    ['API-042', 10, 'ahead of', "'Expiration time' claim ('exp') is too far in the future"],
    ['API-043', -10, 'behind', "'Issued at' claim ('iat') must be an Integer representing the time"],
  ])('%s: of a GitHub App is named, with the server’s time', async (id, minutes, word, message) => {
    if (!app || !must.has(id)) throw new Error('no such case');
    const serverTime = new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
    const tokens: string[] = [];
    const server = createPlainServer((request, response) => {
      tokens.push(request.headers.authorization ?? '');
      response.writeHead(401, { date: serverTime.toUTCString(), 'content-type': 'application/json' });
      response.end(JSON.stringify({ message }));
    });
    const { told } = await signInAt(app, `http://127.0.0.1:${await listening(server)}`);
    expect(told.kind).toBe('token-refused');
    const { text } = describeError(told) ?? { text: '' };
    expect(text).toContain(`10 minutes ${word} the server's`);
    expect(text).toContain(serverTime.toUTCString());
    // What is signed leaves a minute for the server's clock and ends within ten; after a refusal by the server's own.
    expect(tokens.length).toBeGreaterThan(0);
    for (const [index, token] of tokens.entries()) {
      const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
      const { iat, exp } = JSON.parse(payload) as { iat: number; exp: number };
      const now = (index === 0 ? Date.now() : Date.now() - minutes * 60_000) / 1000;
      expect(iat).toBeGreaterThan(now - 90);
      expect(iat).toBeLessThanOrEqual(now - 59);
      expect(exp - now).toBeLessThan(600);
      expect(exp - iat).toBeLessThanOrEqual(600);
    }
  });
});
