import { open, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperationCredentials } from '../../electron/credentials/broker';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { readPackAnswer } from '../../electron/git/isomorphic/protocol/pack-answer';
import { createPacketReader } from '../../electron/git/isomorphic/protocol/packets';
import { isRefName } from '../../electron/git/ref-name';
import { parseTree, type TreeEntry, unsafeTree } from '../../electron/git/isomorphic/tree-entry';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type Fault, type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import {
  git,
  gitEnvironment,
  largeHistory,
  makeBareRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { hostileEntries, hostileText, verdict } from '../security/hostile-inputs';

let worker: Awaited<ReturnType<typeof buildGitWorker>>;
let engine: GitEngine;
let server: GitHttpServer;
let evil: GitHttpServer;
let place: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  worker = await buildGitWorker();
  engine = createIsomorphicEngine(worker.file, fixedNetwork());
});
afterAll(() => worker.remove());
beforeEach(async () => {
  server = await startGitHttpServer();
  evil = await startGitHttpServer();
  place = await temporaryDirectory();
});
afterEach(async () => {
  await server.close();
  await evil.close();
  await place.remove();
});

const canary = 's3cr3t-canary';

function credentials(): OperationCredentials {
  let given = false;
  return {
    async fill({ preemptive }) {
      if (given || preemptive) return null;
      given = true;
      return { kind: 'password', username: 'ada', password: canary };
    },
    approve: () => Promise.resolve(),
    reject: () => Promise.resolve(),
    refused: false,
  };
}

/** How a clone ends; whatever that is, a failed one must have left nothing. */
async function outcome(url: string): Promise<AppFailure['error'] | 'cloned'> {
  const result = await cloneGuarded(
    engine,
    {
      url: requireRemoteUrl(url),
      directory: path.join(place.path, 'target'),
      branch: null,
      credentials: credentials(),
    },
    { signal: new AbortController().signal },
  ).then(
    () => 'cloned' as const,
    (error: unknown) => {
      if (error instanceof AppFailure) return error.error;
      throw error;
    },
  );
  expect(await readdir(place.path)).toEqual(result === 'cloned' ? ['server', 'target'] : ['server']);
  return result;
}

async function source(spec = smallHistory) {
  const directory = await makeBareRepository(path.join(place.path, 'server/repo'), spec);
  return { directory, url: server.serve('repo', { directory }) };
}

function pkt(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

const result = { 'Content-Type': 'application/x-git-upload-pack-result' };
const advertisement = { 'Content-Type': 'application/x-git-upload-pack-advertisement' };

describe('an answer that is cut', () => {
  it('at any byte of a real one is never taken for whole', async () => {
    const { directory, url } = await source();
    const oid = await git(directory, 'rev-parse', 'main');
    const answer = await fetch(`${url}/git-upload-pack`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-upload-pack-request' },
      body: `${pkt(`want ${oid} side-band-64k ofs-delta\n`)}0000${pkt('done\n')}`,
    });
    const whole = Buffer.from(await answer.arrayBuffer());
    const read = async (bytes: Buffer) => {
      async function* arriving() {
        yield bytes.subarray(0, 7);
        yield bytes.subarray(7);
      }
      const capabilities = new Map([['side-band-64k', ['']]]);
      const request = {
        wants: [oid],
        haves: [],
        done: true,
        shallow: [],
        deepen: null,
        filter: null,
        includeTag: false,
        thin: false,
        progress: true,
      };
      const { pack } = await readPackAnswer(
        createPacketReader(arriving(), 'host.test', 'fetch'),
        { version: 0, capabilities, refs: [], haves: [] },
        request,
        { data: () => undefined },
      );
      return pack;
    };
    expect(await read(whole)).toMatch(/^[0-9a-f]{40}$/);
    for (let cut = 0; cut < whole.length; cut += 1)
      await expect(read(whole.subarray(0, cut))).rejects.toThrow(AppFailure);
    // The last packet is whole and the flush is there, but a byte of the pack is another.
    const damaged = Buffer.from(whole);
    const at = damaged.indexOf('PACK') + 30;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    await expect(read(damaged)).rejects.toThrow(AppFailure);
  });

  const cuts = hostileEntries('git-transport').filter(
    (entry) =>
      (entry.input as { op: string }).op === 'clone' &&
      /cut the socket/.test((entry.input as { fault: string }).fault),
  );
  it.each(cuts.map((entry) => [entry.id, (entry.input as { fault: string }).fault] as const))(
    '%s: %s',
    async (_id, text) => {
      const { url } = await source(largeHistory(40_000));
      const number = Number(/(\d+)/.exec(text)?.[1]);
      const cutAfter = text.includes('%')
        ? Math.round((number / 100) * 40_000)
        : text.includes('last')
          ? -number
          : number;
      server.fault = { stage: 'fetch', cutAfter };
      expect(await outcome(url)).toMatchObject({ kind: 'transfer-incomplete' });
    },
  );

  it.each(['advertise', 'ls-refs'] as const)('while the branches are told (%s)', async (stage) => {
    const { url } = await source();
    for (const cutAfter of [41, -4]) {
      server.fault = { stage, cutAfter };
      expect(await outcome(url)).toMatchObject({ kind: 'transfer-incomplete' });
    }
  });
});

describe('a server that answers nonsense', () => {
  const oid = '1'.repeat(40);
  const head = (line: string) => `${pkt(line)}0000`;
  const faults: [string, Fault, object][] = [
    [
      'an ERR packet (GIT-017)',
      { stage: 'fetch', status: 200, headers: result, body: pkt('ERR no\u001b[2J way') },
      { kind: 'git-failed', detail: 'no [2J way' },
    ],
    [
      'a packet of 65535 bytes that ends after 3 (GIT-018)',
      { stage: 'fetch', status: 200, headers: result, body: 'ffffabc' },
      { kind: 'unexpected-answer' },
    ],
    [
      'no packets',
      { stage: 'fetch', status: 200, headers: result, body: 'hello there' },
      { kind: 'unexpected-answer' },
    ],
    [
      'an empty answer',
      { stage: 'fetch', status: 200, headers: result, body: '' },
      { kind: 'transfer-incomplete' },
    ],
    ['another content type', { stage: 'fetch', status: 200, body: '0000' }, { kind: 'unexpected-answer' }],
    [
      'a branch that is not there any more (GIT-022)',
      { stage: 'ls-refs', status: 200, headers: result, body: head(`${oid} refs/heads/main\n`) },
      { kind: 'git-failed' },
    ],
    [
      'a ref outside refs',
      { stage: 'ls-refs', status: 200, headers: result, body: head(`${oid} refs/heads/../../config\n`) },
      { kind: 'unexpected-answer' },
    ],
    [
      'a HEAD outside refs (REF-023)',
      {
        stage: 'ls-refs',
        status: 200,
        headers: result,
        body: head(`${oid} HEAD symref-target:refs/heads/../../../TARGET\n`),
      },
      { kind: 'unexpected-answer' },
    ],
    [
      'more refs than fit (GIT-021)',
      {
        stage: 'ls-refs',
        status: 200,
        headers: result,
        body: Array.from({ length: 1200 }, (_, index) =>
          pkt(`${oid} refs/heads/${index}${'x'.repeat(60_000)}\n`),
        ).join(''),
      },
      { kind: 'unsupported' },
    ],
    ['404', { status: 404 }, { kind: 'repository-not-found' }],
    ['503', { status: 503, body: 'try later' }, { kind: 'server-error', status: 503, detail: 'try later' }],
    ['429', { status: 429, headers: { 'Retry-After': '7' } }, { kind: 'rate-limited' }],
  ];
  it.each(faults)('%s', async (_name, fault, expected) => {
    const { url } = await source();
    server.fault = fault;
    expect(await outcome(url)).toMatchObject(expected);
  });

  it('a bundle address is not followed (GIT-019)', async () => {
    const { url } = await source();
    const body = `${pkt('# service=git-upload-pack\n')}0000${pkt('version 2\n')}${pkt('ls-refs\n')}${pkt('fetch\n')}${pkt(`bundle-uri=${evil.origin}/x\n`)}0000`;
    server.fault = { stage: 'advertise', status: 200, headers: advertisement, body };
    expect(await outcome(url)).toBe('cloned');
    expect(evil.requests.length + evil.others.length).toBe(0);
  });

  it('hosts that are not there are named', async () => {
    const { url } = await source();
    await server.close();
    expect(await outcome(url)).toMatchObject({
      kind: 'host-unreachable',
      cause: 'refused',
      host: new URL(url).host,
    });
    server = await startGitHttpServer();
  });

  it('ref names are refused as git check-ref-format refuses them', async () => {
    for (const entry of hostileInputsOfRefs()) {
      if (entry.refused) expect([entry.id, isRefName(entry.name)]).toEqual([entry.id, false]);
      if (!entry.name.startsWith('refs/')) continue;
      const accepted = await execa('git', ['check-ref-format', entry.name], { reject: false });
      expect([entry.id, isRefName(entry.name)]).toEqual([entry.id, accepted.exitCode === 0]);
    }
  });
});

function hostileInputsOfRefs(): { id: string; name: string; refused: boolean }[] {
  return hostileEntries('ref-name')
    .filter((one) => typeof one.input === 'string' && !one.input.includes('\0'))
    .map((one) => ({ id: one.id, name: hostileText(one.input), refused: verdict(one) === 'REFUSE' }));
}

describe('redirects', () => {
  const entries = hostileEntries('redirect').filter(
    // Those written for the other engine too.
    (entry) => (entry.input as { engine: string }).engine !== 'rest-api',
  );
  const moments = ['before it signs in', 'once it has signed in'] as const;
  it.each(entries.flatMap((entry) => moments.map((when) => [entry.id, when, entry.must, entry] as const)))(
    '%s %s: %s',
    async (_id, when, _must, entry) => {
      const { directory } = await source();
      const url = server.serve('repo', { directory, accepts: [{ kind: 'basic', password: canary }] });
      const input = entry.input as { status: 301; location: string };
      const location = input.location
        .replace(/https?:\/\/{{GOOD}}(?::other-port)?\/\.\.\./, `${evil.origin}$$path`)
        .replaceAll('https://{{EVIL}}', evil.origin)
        .replaceAll('{{EVIL}}', new URL(evil.origin).host)
        .replaceAll('{{GOOD}}', new URL(server.origin).host)
        .replace('/x.git/info/refs?loop=1', '/repo.git/info/refs?loop=1');
      const redirect = { status: input.status, location };
      const isFirst = when === 'before it signs in';
      server.fault = isFirst ? { redirect } : { redirect, when: 'signed-in' };
      expect(await outcome(url)).toMatchObject({
        kind: location.includes('loop') ? 'unexpected-answer' : 'moved',
      });
      const sent = server.requests.some(({ authorization }) => authorization !== undefined);
      if (!isFirst) expect(sent).toBe(true);
      for (const request of [...evil.requests, ...evil.others]) expect(request.authorization).toBeUndefined();
      expect(evil.requests.length + evil.others.length).toBe(0);
      if (location.includes('loop')) expect(server.requests.length).toBeLessThanOrEqual(7);
    },
  );

  it('S14 a token no header can carry is not quoted in the failure, and nothing is sent with it', async () => {
    const url = `${server.origin}/team/small.git`;
    const broken: OperationCredentials = {
      ...credentials(),
      fill: () => Promise.resolve({ kind: 'header', header: `Bearer ${canary}\nmore` }),
    };
    const { signal } = new AbortController();
    const failed = await engine.remoteBranches(requireRemoteUrl(url), broken, { signal }).then(
      () => null,
      (error: unknown) => (error instanceof AppFailure ? error.error : error),
    );
    expect(failed).toMatchObject({ kind: 'token-form', looksLike: 'unknown' });
    expect(JSON.stringify(failed)).not.toContain(canary);
    expect(server.requests).toEqual([]);
  });

  it('a repository that moved within its server is followed there, credentials included', async () => {
    const { directory } = await source();
    const accepts = [{ kind: 'basic' as const, password: canary }];
    server.serve('new/place', { directory, accepts });
    const url = server.serve('repo', {
      directory,
      fault: {
        redirect: {
          status: 301,
          location: `${server.origin}/new/place.git/info/refs?service=git-upload-pack`,
        },
      },
    });
    expect(await outcome(url)).toBe('cloned');
    expect(
      server.requests.filter((request) => request.method === 'POST').map((request) => request.url),
    ).toEqual(['/new/place.git/git-upload-pack', '/new/place.git/git-upload-pack']);
    expect(await git(path.join(place.path, 'target'), 'config', 'remote.origin.url')).toBe(url);
  });
});

describe('trees', () => {
  it('a symbolic link named .gitmodules, and names only Windows minds', () => {
    const entry = (mode: string, name: string): TreeEntry => ({
      mode,
      name: Buffer.from(name),
      oid: '1'.repeat(40),
    });
    for (const name of [
      '.gitmodules',
      '.GITMODULES',
      '.git\u200dmodules',
      '.gitmodules ',
      'GITMOD~1',
      'gi7eba~1',
    ])
      expect([name, unsafeTree([entry('120000', name)])]).not.toEqual([name, null]);
    expect(unsafeTree([entry('100644', '.gitmodules')])).toBeNull();
    for (const name of ['C:evil.txt', 'CON', 'aux.txt', 'trailing.', 'a\\b']) {
      expect([name, unsafeTree([entry('100644', name)], true)]).not.toEqual([name, null]);
      expect([name, unsafeTree([entry('100644', name)], false)]).toEqual([name, null]);
    }
    expect(parseTree(Buffer.from('100644 cut'))).toBeNull();
  });

  it('objects the server kept back are missed', async () => {
    const { directory, url } = await source();
    const blob = await git(directory, 'rev-parse', 'main:README.md');
    const pack = await execa('git', ['pack-objects', '--stdout'], {
      cwd: directory,
      env: gitEnvironment,
      extendEnv: false,
      encoding: 'buffer',
      input: `${(await git(directory, 'rev-list', '--objects', '--all'))
        .split('\n')
        .map((line) => line.slice(0, 40))
        .filter((oid) => oid !== blob)
        .join('\n')}\n`,
    });
    const stdout = Buffer.from(pack.stdout);
    const band = Buffer.concat([
      Buffer.from((stdout.length + 5).toString(16).padStart(4, '0')),
      Buffer.from([1]),
      stdout,
    ]);
    const lying = createServer((request, response) => {
      const seen: Buffer[] = [];
      request.on('data', (data: Buffer) => seen.push(data));
      request.on('end', () => {
        if (Buffer.concat(seen).includes('want ')) {
          response
            .writeHead(200, result)
            .end(Buffer.concat([Buffer.from(pkt('packfile\n')), band, Buffer.from('0000')]));
          return;
        }
        const headers = { ...request.headers } as Record<string, string>;
        delete headers['content-length'];
        delete headers['transfer-encoding'];
        void fetch(`${server.origin}${request.url}`, {
          method: request.method ?? 'GET',
          headers: Object.fromEntries(
            Object.entries(headers).filter(([name]) => !['host', 'connection'].includes(name)),
          ),
          body: request.method === 'POST' ? Buffer.concat(seen) : undefined,
        }).then(async (answer) =>
          response
            .writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' })
            .end(Buffer.from(await answer.arrayBuffer())),
        );
      });
    });
    await new Promise<void>((resolve) => lying.listen(0, '127.0.0.1', resolve));
    const { port } = lying.address() as { port: number };
    try {
      expect(await outcome(url.replace(String(server.port), String(port)))).toMatchObject({
        kind: 'transfer-incomplete',
        detail: 'a file or folder is missing',
      });
    } finally {
      lying.closeAllConnections();
      lying.close();
    }
  });
});

describe('more than fits into memory', () => {
  it('is refused before the built-in engine opens the pack of a small server', async () => {
    const { directory } = await source();
    const work = path.join(place.path, 'server/bomb');
    await git(path.join(place.path, 'server'), 'clone', '--quiet', directory, work);
    const file = await open(path.join(work, 'zeros'), 'w');
    await file.truncate(130 * 1024 ** 2);
    await file.close();
    await git(work, 'add', 'zeros');
    await git(
      work,
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.test',
      'commit',
      '--quiet',
      '-m',
      'Bomb',
    );
    const url = server.serve('bomb', { directory: path.join(work, '.git') });
    expect(await outcome(url)).toMatchObject({ kind: 'unsupported', what: 'a file of more than 128 MiB' });
  });

  it('is not read of an error that never ends', async () => {
    let sent = 0;
    const endless = createServer((_request, response) => {
      response.writeHead(500, { 'Content-Type': 'text/plain' });
      const more = () => {
        while (!response.destroyed && sent < 64 * 1024 ** 2) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'x'))) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { port } = endless.address() as { port: number };
    try {
      await source();
      expect(await outcome(`http://127.0.0.1:${port}/repo`)).toMatchObject({
        kind: 'server-error',
        status: 500,
      });
      expect(sent).toBeLessThan(32 * 1024 ** 2);
    } finally {
      endless.closeAllConnections();
      endless.close();
    }
  });
});
