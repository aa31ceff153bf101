import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneGuarded } from '../../electron/git/guard';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { pkt } from '../fakes/made-up-repository';
import {
  git,
  largeHistory,
  makeBareRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { recordedCredentials } from '../git/operation';
import { type AnyEngine, ended, type Ended, engineFor } from './both-engines';
import { startEvilServer } from './evil-server';
import { hostileEntries } from './hostile-inputs';

const entries = hostileEntries('git-transport').map((entry) => ({
  ...entry,
  input: entry.input as { fault: string; op: string },
}));
const outcomes = new Map<string, Record<string, string>>();

/** One engine, one server and an empty folder, anew for each test. */
interface Place {
  engine: AnyEngine;
  server: GitHttpServer;
  folder: string;
  clone(url: string): Promise<Ended>;
  list(url: string): Promise<Ended>;
  /** With `--prune`. */
  fetch(url: string, directory: string): Promise<Ended>;
}

const signal = () => new AbortController().signal;
const result = { 'Content-Type': 'application/x-git-upload-pack-result' };

async function source({ folder, server }: Place, spec = smallHistory) {
  const directory = await makeBareRepository(path.join(folder, 'server/repo'), spec);
  return { directory, url: server.serve('repo', { directory }) };
}

/** What a size is in a pack: seven bits a byte, lowest first. */
function sizeBytes(size: number): Buffer {
  const bytes: number[] = [];
  for (let rest = size; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 0x80 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** A pack of one small file and of a change that makes 4 GiB of it. */
function bomb(): Buffer {
  const file = Buffer.from('small');
  const head = (type: number, size: number) => Buffer.from([(type << 4) | size]);
  const change = Buffer.concat([sizeBytes(file.length), sizeBytes(2 ** 32), Buffer.from([0x91, 0, 5])]);
  const first = Buffer.concat([head(3, file.length), deflateSync(file)]);
  const second = Buffer.concat([head(6, change.length), Buffer.from([first.length]), deflateSync(change)]);
  const start = Buffer.from('PACK\0\0\0\x02\0\0\0\x02', 'latin1');
  const content = Buffer.concat([start, first, second]);
  return Buffer.concat([content, createHash('sha1').update(content).digest()]);
}

/** Answers what asks for a pack with these bytes, and everything else as usual. */
function packInstead(server: GitHttpServer, pack: Buffer): void {
  server.gate = (request, response) => {
    if (request.method !== 'POST') return false;
    // It is asked for after the branches were told: the second POST.
    if (server.requests.filter(({ stage }) => stage === 'ls-refs').length === 0) return false;
    request.resume();
    const version2 = request.headers['git-protocol'] === 'version=2';
    response.writeHead(200, result);
    response.end(
      Buffer.concat([
        pkt(version2 ? 'packfile\n' : 'NAK\n'),
        pkt(Buffer.concat([Buffer.from([1]), pack])),
        Buffer.from('0000'),
      ]),
    );
    return true;
  };
}

async function cutAt(place: Place, cutAfter: number): Promise<Ended> {
  const { url } = await source(place, largeHistory(40_000));
  place.server.fault = { stage: 'fetch', cutAfter };
  const end = await place.clone(url);
  expect(end).toMatchObject({ kind: 'transfer-incomplete' });
  // What was left does not stand in the way of another attempt.
  place.server.fault = null;
  expect(await place.clone(url)).toBe('done');
  return end;
}

/** What each entry asks for; the same for both engines. */
const cases: Record<string, (place: Place) => Promise<Ended>> = {
  'GIT-002': (place) => cutAt(place, 60),
  'GIT-004': (place) => cutAt(place, 281),
  'GIT-005': (place) => cutAt(place, 600),
  'GIT-006': (place) => cutAt(place, 1200),
  'GIT-007': (place) => cutAt(place, 10_000),
  'GIT-008': (place) => cutAt(place, 20_000),
  'GIT-010': (place) => cutAt(place, -20),
  async 'GIT-011'(place) {
    const { directory, url } = await source(place);
    expect(await place.clone(url)).toBe('done');
    const clone = path.join(place.folder, 'clone-1');
    const before = await git(clone, 'for-each-ref');
    await git(directory, 'update-ref', '-d', 'refs/heads/feature/side');
    // More than the cuts let through, whatever git says beside it.
    const more = await makeBareRepository(path.join(place.folder, 'server/more'), largeHistory(40_000));
    await git(directory, 'fetch', '--quiet', more, '+main:main');
    let end: Ended = 'done';
    for (const fault of [
      { stage: 'fetch', cutAfter: 400 },
      { stage: 'fetch', cutAfter: 40 },
      { stage: 'ls-refs', cutAfter: 60 },
    ] as const) {
      place.server.fault = fault;
      end = await place.fetch(url, clone);
      expect(await git(clone, 'for-each-ref')).toBe(before);
    }
    return end;
  },
  async 'GIT-016'(place) {
    const { url } = await source(place);
    packInstead(place.server, bomb());
    const end = await place.clone(url);
    expect(end).toMatchObject({ kind: 'unsupported', what: expect.stringMatching(/more than/) });
    return end;
  },
  async 'GIT-017'(place) {
    const { url } = await source(place);
    place.server.fault = {
      stage: 'ls-refs',
      status: 200,
      headers: result,
      body: pkt('ERR no\u001b[2J \u009b way').toString(),
    };
    const end = await place.list(url);
    expect(end).toMatchObject({ kind: 'git-failed', detail: expect.stringContaining('way') });
    expect(JSON.stringify(end)).not.toMatch(/\\u001b|\u009b/);
    return end;
  },
  async 'GIT-018'(place) {
    const { url } = await source(place);
    let end: Ended = 'done';
    for (const stage of ['ls-refs', 'fetch'] as const) {
      place.server.fault = { stage, status: 200, headers: result, body: 'ffffabc' };
      end = await place.clone(url);
      expect(['unexpected-answer', 'transfer-incomplete', 'git-failed']).toContain(
        end === 'done' ? end : end.kind,
      );
    }
    return end;
  },
  async 'GIT-019'(place) {
    const { url } = await source(place);
    const evil = await startEvilServer();
    try {
      for (const uri of ['file:///etc', `\\\\${evil.host}\\x`, `http://${evil.host}/x`]) {
        const capabilities = ['version 2\n', 'ls-refs\n', 'fetch\n', `bundle-uri=${uri}\n`, 'bundle-uri\n'];
        const body = [pkt('# service=git-upload-pack\n'), '0000', ...capabilities.map(pkt), '0000'].join('');
        place.server.fault = {
          stage: 'advertise',
          status: 200,
          headers: { 'Content-Type': 'application/x-git-upload-pack-advertisement' },
          body,
        };
        expect(await place.clone(url)).toBe('done');
      }
      expect(evil.connections).toBe(0);
      // Nobody even asked for the list of bundles.
      expect(place.server.requests.every(({ stage }) => stage !== null)).toBe(true);
      return 'done';
    } finally {
      await evil.close();
    }
  },
  async 'GIT-021'(place) {
    const { url } = await source(place);
    const line = pkt(`${'1'.repeat(40)} refs/heads/${'x'.repeat(60_000)}\n`).toString();
    place.server.fault = { stage: 'ls-refs', status: 200, headers: result, body: `${line.repeat(1200)}0000` };
    const end = await place.list(url);
    expect(['unsupported', 'unexpected-answer']).toContain(end === 'done' ? end : end.kind);
    return end;
  },
  async 'GIT-022'(place) {
    const { directory, url } = await source(place);
    const told = await git(directory, 'rev-parse', 'main');
    const tree = await git(directory, 'rev-parse', 'main^{tree}');
    const other = await git(directory, 'commit-tree', '-m', 'Another beginning', tree);
    place.server.gate = (request) => {
      // Between the branches and the pack.
      if (request.method === 'POST' && place.server.requests.some(({ stage }) => stage === 'ls-refs'))
        void git(directory, 'update-ref', 'refs/heads/main', other);
      return false;
    };
    const end = await place.clone(url);
    if (end === 'done') {
      const [name = ''] = (await readdir(place.folder)).filter((one) => one.startsWith('clone-'));
      const target = path.join(place.folder, name);
      expect(await git(target, 'rev-parse', 'HEAD')).toBe(told);
      expect(await git(target, 'fsck', '--strict')).toBe('');
    }
    return end;
  },
};

describe.each(['system', 'isomorphic'] as const)('hostile transports and the %s engine', (id) => {
  let engine: AnyEngine;
  let close: () => Promise<void>;
  let place: Place;
  let removePlace = () => Promise.resolve();

  beforeAll(async () => {
    ({ engine, close } = await engineFor(id));
  });
  afterAll(() => close());
  beforeEach(async () => {
    const server = await startGitHttpServer();
    const temporary = await temporaryDirectory();
    let count = 0;
    removePlace = async () => {
      await server.close();
      await temporary.remove();
    };
    place = {
      engine,
      server,
      folder: temporary.path,
      async clone(address) {
        const url = requireRemoteUrl(address);
        count += 1;
        const name = `clone-${count}`;
        const directory = path.join(temporary.path, name);
        const credentials = recordedCredentials(url.origin);
        const end = await ended(
          cloneGuarded(engine, { url, directory, branch: null, credentials }, { signal: signal() }),
        );
        expect((await readdir(temporary.path)).includes(name)).toBe(end === 'done');
        return end;
      },
      list(address) {
        const url = requireRemoteUrl(address);
        return ended(engine.remoteBranches(url, recordedCredentials(url.origin), { signal: signal() }));
      },
      fetch(address, directory) {
        const url = requireRemoteUrl(address);
        const credentials = recordedCredentials(url.origin);
        const request = { directory, remote: 'origin', url, credentials, prune: true, reach: null };
        return ended(engine.fetch(request, { signal: signal() }));
      },
    };
  });
  afterEach(() => removePlace());

  it.each(entries.map((entry) => [entry.id, entry.input.fault, entry.must, entry] as const))(
    '%s %s: %s',
    async (_id, _fault, must, entry) => {
      const check = cases[entry.id];
      if (!check) throw new Error(`${entry.id} is not tried`);
      const end = await check(place);
      outcomes.set(entry.id, { ...outcomes.get(entry.id), [id]: end === 'done' ? end : end.kind });
      if (must.startsWith('ERROR') && !must.includes('or success')) expect(end).not.toBe('done');
      // Half a clone is not left anywhere under another name.
      const left = (await readdir(place.folder)).filter((name) => !/^(?:server|clone-\d+)$/.test(name));
      expect(left).toEqual([]);
    },
  );
});

describe('every hostile transport', () => {
  it('was tried on both engines', () => {
    const table: Record<string, string>[] = entries.map(({ id }) => ({ id, ...outcomes.get(id) }));
    const lines = table
      .map((row) =>
        Object.values(row)
          .map((text) => text.padEnd(24))
          .join(''),
      )
      .join('\n');
    expect(
      table.filter((row) => !row['system'] || !row['isomorphic']),
      lines,
    ).toEqual([]);
  });
});
