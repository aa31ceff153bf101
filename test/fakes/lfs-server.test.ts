import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onPath } from '../tools/chromium.mjs';
import { type GitHttpServer, startGitHttpServer } from './git-http-server';
import {
  createLfsHandler,
  type LfsHandler,
  type LfsServer,
  lfsPointer,
  oidOf,
  startLfsServer,
} from './lfs-server';
import { git, gitEnvironment, makeBareRepository, temporaryDirectory } from './repositories';

const large = Buffer.from('a large file\n'.repeat(5000));
const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n';
const key = 'team/large';
const accepts = [{ kind: 'basic' as const, username: 'ada', password: 'right' }];

const withLfs = onPath('git-lfs') !== null;
if (!withLfs)
  console.log('git-lfs is not installed: what its own client makes of the stand-in is not tested.');

describe('the stand-in of a Git LFS server', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: GitHttpServer;
  let beside: LfsHandler;
  let elsewhere: LfsServer;
  const at = (...parts: string[]) => path.join(temporary.path, ...parts);

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    server = await startGitHttpServer();
    beside = createLfsHandler();
    server.gate = (request, response) => beside.handle(request, response);
    elsewhere = await startLfsServer();
  });
  afterAll(async () => {
    await server.close();
    await elsewhere.close();
    await temporary.remove();
  });

  /** A private repository with one large file. */
  async function served(name: string, lfsUrl?: string): Promise<string> {
    const config: Record<string, string> = lfsUrl ? { '.lfsconfig': `[lfs]\n\turl = ${lfsUrl}\n` } : {};
    const files = { '.gitattributes': attributes, 'large.bin': lfsPointer(large), ...config };
    const directory = await makeBareRepository(at(`${name}.git`), { commits: [{ message: 'Start', files }] });
    return server.serve(key, { directory, accepts });
  }

  /** git with git-lfs as its user has set it up, and a password for each host that is named. */
  async function lfsGit(name: string, hosts: string[], ...args: string[]) {
    const store = at(`${name}.credentials`);
    await writeFile(store, hosts.map((host) => `${host.replace('://', '://ada:right@')}\n`).join(''));
    const configuration = [
      ['filter.lfs.process', 'git-lfs filter-process'],
      ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
      ['filter.lfs.clean', 'git-lfs clean -- %f'],
      ['filter.lfs.required', 'true'],
      ['credential.helper', `store --file='${store}'`],
    ];
    return execa('git', args, {
      cwd: temporary.path,
      env: {
        ...gitEnvironment,
        HOME: temporary.path,
        GIT_CONFIG_COUNT: String(configuration.length),
        ...Object.fromEntries(
          configuration.flatMap(([k = '', value = ''], index) => [
            [`GIT_CONFIG_KEY_${index}`, k],
            [`GIT_CONFIG_VALUE_${index}`, value],
          ]),
        ),
      },
      extendEnv: false,
      reject: false,
    });
  }

  it.runIf(withLfs)('gives a large file to whoever signed in, on the host of the repository', async () => {
    const url = await served('same');
    beside.repositories.set(key, { accepts, objects: new Map([[oidOf(large), large]]) });
    const done = await lfsGit('same', [server.origin], 'clone', '--quiet', url, at('same'));
    expect(done.stderr).toBe('');
    expect((await readFile(at('same', 'large.bin'))).equals(large)).toBe(true);
    expect(beside.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'POST 401',
      'POST 200',
      // The object itself is at an address of its own, which git-lfs tries without a password first.
      'GET 401',
      'GET 200',
    ]);
  });

  it.runIf(withLfs)('gives it on another host as well, and refuses a stranger', async () => {
    const url = await served('other', elsewhere.urlOf(key));
    elsewhere.repositories.set(key, { accepts, objects: new Map([[oidOf(large), large]]) });
    const refused = await lfsGit('refused', [server.origin], 'clone', '--quiet', url, at('refused'));
    expect(refused.exitCode).not.toBe(0);
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual(
      elsewhere.requests.map(() => undefined),
    );
    const both = [server.origin, elsewhere.origin];
    expect((await lfsGit('other', both, 'clone', '--quiet', url, at('other'))).stderr).toBe('');
    expect((await readFile(at('other', 'large.bin'))).equals(large)).toBe(true);
  });

  it.runIf(withLfs)('takes a large file that is pushed', async () => {
    const url = await served('push');
    const objects = new Map([[oidOf(large), large]]);
    beside.repositories.set(key, { accepts, objects });
    await lfsGit('push', [server.origin], 'clone', '--quiet', url, at('push'));
    const more = Buffer.from('more\n');
    await writeFile(at('push', 'more.bin'), more);
    for (const args of [
      ['add', 'more.bin'],
      ['commit', '-qm', 'Add more'],
      ['lfs', 'push', 'origin', 'main'],
      ['push', '--quiet', '--no-verify', 'origin', 'main'],
    ]) {
      const done = await lfsGit('push', [server.origin], '-C', at('push'), ...args);
      expect(`${args.join(' ')}: ${done.exitCode} ${done.stderr}`).toMatch(/: 0 /);
    }
    expect(objects.get(oidOf(more))?.equals(more)).toBe(true);
    expect(await git(at('push.git'), 'show', 'main:more.bin')).toBe(lfsPointer(more).trimEnd());
  });

  it('refuses what the specification does not allow', async () => {
    const objects = new Map([[oidOf(large), large]]);
    elsewhere.repositories.set('team/open', { objects });
    elsewhere.repositories.set('team/read', { objects, readOnly: true });
    const headers = {
      Accept: 'application/vnd.git-lfs+json',
      'Content-Type': 'application/vnd.git-lfs+json; charset=utf-8',
    };
    const wanted = { oid: oidOf(large), size: large.length };
    const batch = { operation: 'download', transfers: ['basic'], objects: [wanted] };
    const send = async (body: unknown, more: { at?: string; headers?: Record<string, string> } = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const address = `${elsewhere.urlOf(more.at ?? 'team/open')}/objects/batch`;
      return fetch(address, { method: 'POST', headers: { ...headers, ...more.headers }, body: text });
    };
    const granted = await send(batch);
    expect(granted.status).toBe(200);
    expect(await granted.json()).toEqual({
      transfer: 'basic',
      hash_algo: 'sha256',
      objects: [
        {
          ...wanted,
          actions: { download: { href: `${elsewhere.urlOf('team/open')}/objects/${wanted.oid}` } },
        },
      ],
    });
    const statuses = [
      send('{'),
      send([]),
      send({ ...batch, operation: 'delete' }),
      send({ ...batch, transfers: ['tus'] }),
      send({ ...batch, hash_algo: 'md5' }),
      send({ ...batch, ref: {} }),
      send({ ...batch, objects: [{ ...wanted, size: -1 }] }),
      send({ ...batch, objects: [{ ...wanted, oid: 'short' }] }),
      send({ operation: 'download' }),
      send(batch, { headers: { Accept: 'application/json' } }),
      send(batch, { headers: { 'Content-Type': 'application/json' } }),
      send({ ...batch, operation: 'upload' }, { at: 'team/read' }),
      send(batch, { at: 'team/none' }),
    ];
    expect((await Promise.all(statuses)).map((response) => response.status)).toEqual([
      422, 422, 422, 422, 409, 422, 422, 422, 422, 406, 422, 403, 404,
    ]);
    const absent = await send({ ...batch, objects: [{ oid: oidOf(Buffer.from('absent')), size: 6 }] });
    expect(await absent.json()).toMatchObject({ objects: [{ error: { code: 404 } }] });
    const upload = `${elsewhere.urlOf('team/open')}/objects/${oidOf(Buffer.from('one'))}`;
    expect((await fetch(upload, { method: 'PUT', body: 'two' })).status).toBe(422);
    expect((await fetch(upload, { method: 'PUT', body: 'one' })).status).toBe(200);
    expect(await (await fetch(upload)).text()).toBe('one');
  });
});
