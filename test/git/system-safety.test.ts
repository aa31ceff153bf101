import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CredentialChannel, createCredentialChannel } from '../../electron/credentials/channel';
import { createEngines } from '../../electron/git/choose';
import { trustNothing } from '../../electron/git/trust';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { createSystemEngine } from '../../electron/git/system/engine';
import { networkAccess } from '../../electron/git/system/environment';
import { masked, recognize } from '../../electron/git/system/errors';
import { progressReader } from '../../electron/git/system/progress';
import { read } from '../../electron/git/system/local';
import { atLeast, findGit } from '../../electron/git/system/program';
import { requireRemoteUrl } from '../../shared/remote-url';
import { fixedNetwork } from '../fakes/network';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import {
  git,
  largeHistory,
  makeBareRepository,
  makeRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { builtHelper, recordedCredentials } from './operation';
import { gitPrograms } from './programs';

interface Seen {
  pid: number;
  arguments: string;
  environment: string;
}

/**
 * Processes whose arguments name `word` and that work in `folder` or name it,
 * as Linux shows them: a stranger's process may well name `rev-parse` too.
 */
function processesAt(folder: string, word: string): Seen[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/cmdline`, 'latin1');
        const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
        const cwd = readlinkSync(`/proc/${name}/cwd`);
        return [{ pid: Number(name), arguments: text.replaceAll('\0', ' '), environment, cwd }];
      } catch {
        return [];
      }
    });
  return all.filter(
    (seen) =>
      seen.arguments.includes(word) && `${seen.arguments} ${seen.cwd} ${seen.environment}`.includes(folder),
  );
}

describe.each(await gitPrograms())('git $version of this machine', ({ path: program, version }) => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: GitHttpServer;
  let channel: CredentialChannel;
  let engine: GitEngine;
  let helper: Awaited<ReturnType<typeof builtHelper>>;
  const at = (...parts: string[]) => path.join(temporary.path, ...parts);
  const signal = () => new AbortController().signal;
  const here = (word: string) => processesAt(temporary.path, word);

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    server = await startGitHttpServer();
    channel = await createCredentialChannel();
    helper = await builtHelper(at('helper'));
    engine = createSystemEngine({ program, version, channel, network: fixedNetwork(), helper });
    await makeBareRepository(at('large.git'), largeHistory(600_000));
  });
  afterAll(async () => {
    await channel.close();
    await server.close();
    await temporary.remove();
  });

  // Only root can give a folder away; elsewhere vitest prints it as skipped.
  it.runIf(process.getuid?.() === 0)('refuses a repository of another user, as git does', async () => {
    const directory = await makeRepository(at('foreign'), smallHistory);
    await makeBareRepository(at('foreign.git'), smallHistory);
    for (const folder of [directory, path.join(directory, '.git'), at('foreign.git')])
      await chown(folder, 12_345, 12_345);
    for (const folder of [directory, at('foreign.git')])
      await expect(engine.discover(folder)).rejects.toMatchObject({ error: { kind: 'unsupported' } });
  });

  it.runIf(process.platform === 'linux')(
    'does not wait for ever for a pipe in the place of a file',
    async () => {
      const directory = await makeRepository(at('piped'), smallHistory);
      await rm(path.join(directory, '.git/HEAD'));
      await execa('mkfifo', [path.join(directory, '.git/HEAD')]);
      await expect(
        read({ program }, directory, ['rev-parse', 'HEAD'], { patience: 500 }),
      ).rejects.toMatchObject({
        error: { kind: 'git-failed', command: 'rev-parse' },
      });
      expect(here('rev-parse')).toEqual([]);
    },
  );

  it('does not fetch what a partial clone lacks while it reads', async () => {
    const directory = await makeRepository(at('partial'), smallHistory);
    const mark = at('mark-partial');
    const oid = await git(directory, 'rev-parse', 'HEAD~1');
    await git(directory, 'config', 'extensions.partialClone', 'origin');
    await git(directory, 'config', 'remote.origin.url', `ext::touch ${mark}`);
    await git(directory, 'config', 'protocol.ext.allow', 'always');
    await git(directory, 'repack', '-adq');
    await git(directory, 'update-ref', 'refs/heads/lost', oid);
    await writeFile(path.join(directory, '.git/refs/heads/lost'), `${'1'.repeat(40)}\n`);
    await engine.log(directory, { ref: 'lost', skip: 0, limit: 10 }).catch(() => undefined);
    await engine.branches(directory).catch(() => undefined);
    expect(existsSync(mark)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'shows no secret in arguments or foreign environments, and leaves no process when cancelled',
    async () => {
      const canary = 'canary-5b1d09aa';
      const basic = Buffer.from(`ada:${canary}`).toString('base64');
      const url = server.serve('team/slow', {
        directory: at('large.git'),
        accepts: [{ kind: 'basic', username: 'ada', password: canary }],
        fault: { stage: 'fetch', stallAfter: 50_000 },
      });
      const directory = at('cancelled');
      for (const credential of [
        { kind: 'password' as const, username: 'ada', password: canary },
        { kind: 'header' as const, header: `Basic ${basic}` },
      ]) {
        const controller = new AbortController();
        const remote = requireRemoteUrl(url);
        const work = cloneGuarded(
          engine,
          {
            url: remote,
            directory,
            branch: null,
            credentials: recordedCredentials(remote.origin, [credential]),
          },
          { signal: controller.signal },
        );
        const ended = expect(work).rejects.toMatchObject({ error: { kind: 'cancelled' } });
        await server.stalled();
        const seen = here(remote.origin.slice('http://'.length)).concat(here('index-pack'));
        expect(seen.some((one) => one.arguments.includes('remote-http'))).toBe(true);
        for (const one of seen) {
          expect(one.arguments).not.toContain(canary);
          expect(one.arguments).not.toContain(basic);
          // What a helper can give travels through the socket alone; an older git has a header in its own environment.
          if (credential.kind === 'header' && !atLeast(version, '2.46.0')) continue;
          expect(one.environment).not.toContain(canary);
          expect(one.environment).not.toContain(basic);
        }
        controller.abort();
        await ended;
        expect(here(remote.origin.slice('http://'.length))).toEqual([]);
        expect(readdirSync(temporary.path).filter((name) => /cancelled|polyforge-clone/.test(name))).toEqual(
          [],
        );
      }
    },
  );

  it('lets no setting of the user send a header elsewhere, replace it or leave a certificate unchecked', async () => {
    const canary = 'Bearer canary-7d20c1';
    const evil = await startGitHttpServer();
    const before = process.env['GIT_CONFIG_GLOBAL'];
    try {
      const repository = { directory: at('large.git') };
      const url = requireRemoteUrl(
        server.serve('team/moving', { ...repository, accepts: [{ kind: 'bearer', token: 'canary-7d20c1' }] }),
      );
      evil.serve('team/moving', repository);
      const clone = (name: string) =>
        cloneGuarded(
          engine,
          {
            url,
            directory: at(name),
            branch: null,
            credentials: recordedCredentials(url.origin, [{ kind: 'header', header: canary }]),
          },
          { signal: signal() },
        );
      process.env['GIT_CONFIG_GLOBAL'] = at('global.config');
      await writeFile(
        at('global.config'),
        `[http "${url.origin}/team"]\n\tfollowRedirects = true\n\textraHeader = X-Of-The-User: 1\n\tsslVerify = false\n`,
      );
      await clone('own-settings');
      const served = server.repositories.get('team/moving');
      if (served) served.fault = { redirect: { status: 302, location: `${evil.origin}$path` } };
      if (atLeast(version, '2.46.0')) await clone('moved');
      else await expect(clone('moved')).rejects.toMatchObject({ error: { kind: 'moved' } });
      // Only a git that has forgotten the header goes there: what anybody may read may have moved.
      expect(evil.requests.some((request) => request.authorization !== undefined)).toBe(false);
      expect(evil.requests.length > 0).toBe(atLeast(version, '2.46.0'));
      const network = fixedNetwork();
      const route = await network.route(new URL(url.origin));
      const { configuration } = networkAccess(
        url,
        { helper: { command: '', env: {} }, header: null, proactive: false, follow: true },
        { route, files: await network.files(route) },
      );
      const values = await git(
        temporary.path,
        '-c',
        `include.path=${at('global.config')}`,
        ...configuration.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        'config',
        '--get-urlmatch',
        'http.sslVerify',
        `${url.href}/`,
      );
      expect(values).toBe('true');
    } finally {
      if (before === undefined) delete process.env['GIT_CONFIG_GLOBAL'];
      else process.env['GIT_CONFIG_GLOBAL'] = before;
      await evil.close();
    }
  });

  it('blames the move, not the account, when a server sends a signed-in git to another host', async () => {
    const seen: (string | undefined)[] = [];
    const evil = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="evil"' }).end();
    });
    const good = createServer((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="good"' }).end();
      else response.writeHead(302, { location: `${originOf(evil)}${request.url}` }).end();
    });
    const originOf = (one: typeof good) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
    for (const one of [evil, good]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    try {
      const url = requireRemoteUrl(`${originOf(good)}/team/moved.git`);
      const answer = { kind: 'password' as const, username: 'ada', password: 'canary-a11ce' };
      const credentials = recordedCredentials(url.origin, [answer, answer, answer]);
      await expect(
        cloneGuarded(
          engine,
          { url, directory: at('sent-away'), branch: null, credentials },
          { signal: signal() },
        ),
      ).rejects.toMatchObject({ error: { kind: 'moved' } });
      expect(credentials.events).toEqual([]);
      expect(seen.every((authorization) => authorization === undefined)).toBe(true);
      expect(seen.length).toBeGreaterThan(0);
    } finally {
      good.close();
      evil.close();
    }
  });

  it('is found by absolute entries of PATH only, and not in the folder it works in', async () => {
    const folder = at('bin');
    await mkdir(folder);
    await writeFile(path.join(folder, 'git'), '#!/bin/sh\necho git version 9.9.9\n');
    await chmod(path.join(folder, 'git'), 0o755);
    const relative = path.relative(process.cwd(), folder);
    expect(await findGit(['.', relative, ''].join(path.delimiter))).toBeNull();
    expect(await findGit([relative, folder].join(path.delimiter))).toBe(path.join(folder, 'git'));
  });

  it('is used when new enough, and the choice says why', async () => {
    const isomorphic = { ...engine, id: 'isomorphic' as const };
    const make = async (searchPath: string, preferences = { engine: 'auto' as const, gitPath: '' }) =>
      createEngines({
        trust: trustNothing,
        preferences,
        isomorphic,
        channel,
        network: fixedNetwork(),
        helper,
        searchPath,
        log: () => undefined,
      });
    const program = async (name: string, text: string) => {
      await mkdir(at(name), { recursive: true });
      await writeFile(at(name, 'git'), `#!/bin/sh\necho '${text}'\n`);
      await chmod(at(name, 'git'), 0o755);
      return at(name);
    };
    const current = await make(await program('current', 'git version 2.51.0.windows.1'));
    expect(current.describe()).toMatchObject({
      engine: 'system',
      git: { found: true, version: '2.51.0', usable: true },
    });
    const old = await make(await program('old', 'git version 2.17.1'));
    expect(old.describe()).toMatchObject({ engine: 'isomorphic', git: { found: true, usable: false } });
    expect(old.describe().engineReason).toContain('2.17.1');
    expect((await make(at('nothing'))).describe()).toMatchObject({
      engine: 'isomorphic',
      git: { found: false },
    });
    expect((await make(await program('fake', 'hello'))).describe().git).toEqual({ found: false });
    await current.reconsider({ engine: 'isomorphic', gitPath: '' });
    expect(current.forNetwork().id).toBe('isomorphic');
    await current.reconsider({ engine: 'auto', gitPath: 'relative/git' });
    expect(current.describe().git).toEqual({ found: false });
  });

  it.runIf(process.platform === 'linux')(
    'says that a target cannot be written before git starts',
    async () => {
      const remote = requireRemoteUrl(server.urlOf('team/slow'));
      const before = server.requests.length;
      // Nobody, not even root, makes folders there.
      await expect(
        cloneGuarded(
          engine,
          {
            url: remote,
            directory: '/proc/polyforge',
            branch: null,
            credentials: recordedCredentials(remote.origin),
          },
          { signal: signal() },
        ),
      ).rejects.toMatchObject({ error: { kind: 'directory-not-writable', path: '/proc/polyforge' } });
      expect(server.requests.length).toBe(before);
    },
  );

  it('masks what could be a secret in the words of git', () => {
    const text = masked(
      "fatal: unable to access 'https://ada:hunter2@git.test/x/': Authorization: Basic YWRhOmh1bnRlcjI= ghp_abcdefghij \u001b[31m",
    );
    expect(text).not.toMatch(/hunter2|YWRhOmh1|ghp_a|\u001b/);
    expect(text).toContain('git.test/x/');
  });

  it.each([
    ['fatal: unable to access: Could not resolve host: git.test', { kind: 'host-unreachable', cause: 'dns' }],
    [
      "fatal: unable to access: Failed to connect to git.test port 443 after 3 ms: Couldn't connect to server",
      { kind: 'host-unreachable', cause: 'refused' },
    ],
    [
      'fatal: unable to access: SSL certificate problem: self-signed certificate',
      { kind: 'certificate', cause: 'self-signed' },
    ],
    [
      'fatal: unable to access: SSL certificate problem: certificate has expired',
      { kind: 'certificate', cause: 'expired' },
    ],
    [
      "fatal: unable to access: SSL: no alternative certificate subject name matches target host name 'x'",
      { kind: 'certificate', cause: 'wrong-name' },
    ],
    [
      'fatal: unable to access: server certificate verification failed. CAfile: none CRLfile: none',
      { kind: 'certificate', cause: 'unknown-issuer' },
    ],
    [
      'error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF',
      { kind: 'transfer-incomplete' },
    ],
    [
      'fatal: write error: No space left on device\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output',
      { kind: 'disk-full' },
    ],
    [
      "remote: Repository not found.\nfatal: repository 'https://git.test/x/' not found",
      { kind: 'repository-not-found' },
    ],
    [
      'fatal: Remote branch topic not found in upstream origin',
      { kind: 'branch-not-found', branch: 'topic' },
    ],
    ["fatal: detected dubious ownership in repository at '/srv/x'", { kind: 'unsupported' }],
    ['fatal: something nobody has heard of', { kind: 'git-failed', exitCode: 128 }],
  ])('reads "%s"', (stderr, expected) => {
    const context = { command: 'clone', host: 'git.test', path: 'x', directory: '/target', branch: null };
    expect(recognize(stderr, 128, context)).toMatchObject(expected);
  });

  it('reports progress that never falls, at most ten times a second in one phase', () => {
    const seen: { phase: string; fraction?: number; detail?: string }[] = [];
    let clock = 0;
    const read = progressReader(
      (progress) => seen.push(progress),
      () => clock,
    );
    for (let percent = 0; percent <= 100; percent += 1) {
      clock += 10;
      read(`Receiving objects: ${percent}% (${percent}/100), 1.00 MiB | 2.50 MiB/s`);
    }
    read('remote: Counting objects: 5% (5/100)');
    read('Resolving deltas: 100% (3/3), done.');
    expect(seen.length).toBeLessThanOrEqual(13);
    expect(seen[0]).toMatchObject({ phase: 'Receiving objects', detail: '0/100, 2.50 MiB/s' });
    const fractions = seen.map((progress) => progress.fraction ?? 0);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });
});
