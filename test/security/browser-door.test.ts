import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createOpenings } from '../../electron/browser/opening';
import { type BrowserServer, serve } from '../../electron/browser/server';
import { builtPage } from '../../electron/browser/static';
import { ensureBuilt, root } from '../../electron/build.mjs';
import { type Core, compose } from '../../electron/compose';
import type { Contract } from '../../shared/contract/index';
import { fakePlatform, temporaryDirectory } from '../fakes/platform';
import { hostileInputs } from './hostile-inputs';

const token = 'T0ken-for-this_test';
let server: BrowserServer;
let core: Core;
let port: number;

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true);
  core = await compose(fakePlatform(temporaryDirectory()));
  server = await serve({
    router: core.router,
    page: builtPage(path.join(root, 'dist/renderer')),
    token,
    port: 0,
    log: () => undefined,
  });
  port = server.door.port;
});

afterAll(async () => {
  await server.close();
  await core.close();
});

interface Answer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Sends exactly these bytes and reads until the server closes. */
function send(text: string, host = '127.0.0.1'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, host, () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => {
      answer += data;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s);
      const [first = '', ...lines] = head.split('\r\n');
      const headers = new Map(
        lines.map((line): [string, string] => {
          const [name = '', value = ''] = line.split(/: (.*)/s);
          return [name.toLowerCase(), value];
        }),
      );
      resolve({ status: Number(first.split(' ')[1]), headers, body });
    });
  });
}

function get(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const lines = Object.entries({ Host: `127.0.0.1:${port}`, Connection: 'close', ...headers });
  return send(
    `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
}

/** A WebSocket handshake; the status it was refused with, or the open socket. */
function handshake(
  headers: Record<string, string>,
  given: string | null = token,
  target = '/ws',
): Promise<number | WebSocket> {
  return new Promise((resolve) => {
    const protocols = given === null ? [] : ['polyforge', `token.${given}`];
    const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`, protocols, { headers });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

const own = () => ({ Origin: `http://127.0.0.1:${port}` });

/** What the server must do with each entry of the hostile inputs, as a real request. */
const verdicts: Record<string, () => Promise<void>> = {
  'LOC-001': async () => expect((await raw('LOC-001')).status).toBe(421),
  'LOC-003': async () => expect((await raw('LOC-003')).status).toBe(421),
  'LOC-004': async () => expect((await raw('LOC-004')).status).toBe(421),
  'LOC-006': async () =>
    expect(await handshake({ Origin: 'https://evil.test', Cookie: `token=${token}` })).toBe(403),
  'LOC-007': async () => expect(await handshake({ Origin: 'null' })).toBe(403),
  'LOC-008': async () => expect(await handshake({}, null)).toBe(401),
  'LOC-009': async () => {
    expect(await handshake({ Origin: `http://localhost:${port + 1}` })).toBe(403);
    expect(await handshake({ Origin: 'http://127.0.0.1' })).toBe(403);
    expect(await handshake({ Origin: `https://127.0.0.1:${port}` })).toBe(403);
  },
  'LOC-010': async () => expect(await handshake({ Origin: `http://127.0.0.1:${port}.evil.test` })).toBe(403),
  'LOC-011': async () => {
    const headers = { Origin: 'https://evil.test', 'Content-Type': 'text/plain', 'Content-Length': '0' };
    expect((await get('/api/x', headers, 'POST')).status).toBe(403);
    // From our own origin there is no such thing either: nothing is done over plain requests.
    expect((await get('/api/x', { ...own(), 'Content-Length': '0' }, 'POST')).status).toBe(405);
  },
  'LOC-012': async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Content-Length': '0' };
    expect((await get('/api/x', headers, 'POST')).status).toBe(403);
    expect((await get('/', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' })).status).toBe(
      403,
    );
  },
  'LOC-013': async () => expect((await get('/api/delete?id=1')).status).toBe(404),
  'LOC-014': async () => {
    const answer = await get(
      '/api/x',
      { Origin: 'https://evil.test', 'Access-Control-Request-Method': 'POST' },
      'OPTIONS',
    );
    expect(answer.status).toBe(403);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  },
  'LOC-017': async () => {
    for (const target of [
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/..\\..\\etc\\passwd',
      '/%5c..%5c..%5cetc%5cpasswd',
      '//etc/passwd',
      '/assets/../../main/main.js',
      '/assets/..%00/index.html',
      '/.env',
      'http://127.0.0.1/../../etc/passwd',
    ]) {
      const answer = await get(target);
      expect([400, 404]).toContain(answer.status);
      expect(answer.body).not.toContain('root:');
    }
  },
  'LOC-019': async () => {
    const { headers } = await get('/');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  },
  'LOC-020': async () => {
    // Linux: the kernel's own list; 0100007F is 127.0.0.1. Elsewhere: no other address of this machine answers.
    if (process.platform === 'linux') {
      const listening = ['/proc/net/tcp', '/proc/net/tcp6']
        .flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1))
        .map((line) => line.trim().split(/\s+/))
        .filter(([, local, , state]) => state === '0A' && Number(`0x${local?.split(':')[1]}`) === port);
      expect(listening.map(([, local]) => local?.split(':')[0])).toEqual(['0100007F']);
    }
    const others = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map((i) => i.address),
    );
    for (const address of others) await expect(send('GET / HTTP/1.1\r\n\r\n', address)).rejects.toThrow();
  },
  'LOC-021': async () => {
    expect(await handshake(own(), null)).toBe(401);
    expect(await handshake(own(), 'wrong')).toBe(401);
    expect(await handshake(own(), `${token}x`)).toBe(401);
    expect(await handshake(own(), '')).toBe(401);
    expect((await get('/session')).status).toBe(401);
    expect((await get('/session', { Authorization: `Bearer ${token}x` })).status).toBe(401);
    expect((await get('/session', { Authorization: `Bearer ${token}` })).status).toBe(204);
  },
  'LOC-022': async () => {
    const tab = await handshake(own());
    if (typeof tab === 'number') throw new Error(`refused with ${tab}`);
    const sockets: Socket[] = [];
    try {
      await Promise.all(
        Array.from(
          { length: 1000 },
          () =>
            new Promise<void>((resolve) => {
              const socket = connect(port, '127.0.0.1', () => resolve());
              socket.on('error', () => resolve());
              sockets.push(socket);
            }),
        ),
      );
      const info = await contractClient(tab).application.info();
      expect(info.shell).toBe('browser');
      expect((await get('/')).status).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
      tab.close();
    }
  },
  'LOC-023': async () => {
    const socket = await handshake(own());
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    const closed = new Promise<number>((resolve) => {
      socket.once('close', resolve);
    });
    // The header of one frame that announces a gigabyte; the server must not wait for the rest.
    const header = Buffer.alloc(14);
    header[0] = 0x82;
    header[1] = 0x80 | 127;
    header.writeBigUInt64BE(1n << 30n, 2);
    rawSocket(socket).write(header);
    expect(await closed).toBe(1009);
  },
  'LOC-026': async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const socket = await handshake({ Origin: `http://${host}:${port}`, Host: `${host}:${port}` });
      if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
      expect(socket.protocol).toBe('polyforge');
      expect((await contractClient(socket).application.info()).shell).toBe('browser');
      socket.close();
    }
  },
};

function raw(id: string): Promise<Answer> {
  const entry = hostileInputs('loopback-request').find((candidate) => candidate.id === id);
  if (!entry) throw new Error(`no entry ${id}`);
  return send(entry.input.replaceAll('{{PORT}}', String(port)));
}

function rawSocket(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

function contractClient(socket: WebSocket): ContractRouterClient<Contract> {
  return createORPCClient(new RPCLink({ websocket: socket }));
}

describe('the door of the browser host', () => {
  it.each(hostileInputs('loopback-request'))('$id: $input', async ({ id }) => {
    const verdict = verdicts[id];
    expect(verdict, `no test for ${id}`).toBeDefined();
    await verdict?.();
  });

  it('gives a word for the token and the token for the word, each once, to its own page only', async () => {
    const withToken = { Authorization: `Bearer ${token}` };
    expect((await get('/opening')).status).toBe(401);
    expect((await get('/opening', { Authorization: 'Bearer other' })).status).toBe(401);
    expect((await get('/opening', { ...withToken, Host: 'evil.test' })).status).toBe(421);
    const { body: word } = await get('/opening', withToken);
    const withWord = { Authorization: `Word ${word}` };
    expect((await get('/opening', { ...withWord, Origin: 'https://evil.test' })).status).toBe(403);
    expect((await get('/opening', { ...withWord, 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
    expect((await get('/opening', { Authorization: `Word ${word}x` })).status).toBe(401);
    expect((await get('/opening', withWord)).body).toBe(token);
    expect((await get('/opening', withWord)).status).toBe(401);
    let clock = 0;
    const openings = createOpenings(() => clock);
    const [late, ...words] = Array.from({ length: 16 }, () => openings.issue());
    clock = 59_999;
    expect(openings.redeem(words[0] ?? '')).toBe(true);
    clock = 60_000;
    expect(openings.redeem(late ?? '')).toBe(false);
  });

  it('wants an origin even with the token, and no other protocol', async () => {
    expect(await handshake({})).toBe(403);
    expect(await handshake(own(), token, '/other')).toBe(404);
  });

  it('answers a request without Host, with two, or with another port as misdirected or bad', async () => {
    expect((await send('GET / HTTP/1.0\r\n\r\n')).status).toBe(421);
    expect((await get('/', { Host: `127.0.0.1:${port + 1}` })).status).toBe(421);
    expect((await get('/', { Host: '127.0.0.1' })).status).toBe(421);
    expect((await get('/', { Host: `127.0.0.1:${port}@evil.test` })).status).toBe(421);
  });

  it('sends the page under a strict policy, and never the token', async () => {
    const { status, headers, body } = await get('/');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|\*|data:|blob:|http)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('set-cookie')).toBeUndefined();
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(body + JSON.stringify([...headers])).not.toContain(token);
  });

  it('sends hashed files compressed and for ever, to those who take it', async () => {
    const script = /src="(\/assets\/[^"]+\.js)"/.exec((await get('/')).body)?.[1] ?? '';
    const plain = await get(script, {}, 'HEAD');
    const zipped = await get(script, { 'Accept-Encoding': 'gzip, br' }, 'HEAD');
    expect(plain.status).toBe(200);
    expect(plain.headers.get('content-encoding')).toBeUndefined();
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(Number(zipped.headers.get('content-length'))).toBeLessThan(
      Number(plain.headers.get('content-length')),
    );
    expect(zipped.headers.get('cache-control')).toContain('immutable');
  });

  it('closes a connection that sends nonsense or too much, and stays there for the others', async () => {
    const socket = await handshake(own());
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    socket.send('{}');
    socket.send('not json');
    socket.send(Buffer.from([255, 255, 0]));
    expect((await contractClient(socket).application.info()).shell).toBe('browser');
    const closed = new Promise<number>((resolve) => {
      socket.once('close', resolve);
    });
    socket.send('x'.repeat(5 * 1024 * 1024));
    expect(await closed).toBe(1009);
    expect((await get('/')).status).toBe(200);
  });
});
