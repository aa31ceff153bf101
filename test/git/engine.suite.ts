import { readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import type { Progress } from '../../shared/contract/procedure';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import {
  git,
  largeHistory,
  makeBareRepository,
  makeRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { type RecordedCredentials, recordedCredentials } from './operation';

/** Makes one engine for a suite run; `directory` is the engine's own scratch folder. */
export interface EngineFactory {
  name: GitEngine['id'];
  /** Which git it runs, if it runs one. */
  program?: string;
  create(directory: string): Promise<{ engine: GitEngine; close(): Promise<void> }>;
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it succeeded');
}

/** What every engine must do alike, shown on real repositories behind a real server. */
export function engineSuite(factory: EngineFactory): void {
  describe(`the ${factory.name} engine${factory.program ? ` with ${factory.program}` : ''}`, () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let server: GitHttpServer;
    let engine: GitEngine;
    let made: Awaited<ReturnType<EngineFactory['create']>>;
    const at = (...parts: string[]) => path.join(temporary.path, ...parts);
    let count = 0;
    const fresh = () => at('clones', `clone-${(count += 1)}`);
    const left = () => readdirSync(at('clones'));

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      await mkdir(at('clones'));
      server = await startGitHttpServer();
      await makeBareRepository(at('small.git'), smallHistory);
      await makeBareRepository(at('large.git'), largeHistory(600_000));
      await makeBareRepository(at('empty.git'));
      made = await factory.create(at('engine'));
      engine = made.engine;
    });
    afterAll(async () => {
      await made.close();
      await server.close();
      await temporary.remove();
    });
    afterEach(() => {
      server.fault = null;
      server.requests.length = 0;
    });

    const clone = (
      url: string,
      directory: string,
      options: {
        credentials?: RecordedCredentials;
        branch?: string;
        signal?: AbortSignal;
        progress?: (progress: Progress) => void;
      } = {},
    ) => {
      const remote = requireRemoteUrl(url);
      return cloneGuarded(
        engine,
        {
          url: remote,
          directory,
          branch: options.branch ?? null,
          credentials: options.credentials ?? recordedCredentials(remote.origin),
        },
        { signal: options.signal ?? new AbortController().signal, progress: options.progress },
      );
    };
    const password = (text: string) => ({ kind: 'password' as const, username: 'ada', password: text });

    describe('clone', () => {
      it('clones an open repository, sound and complete, without a question', async () => {
        const url = server.serve('team/small', { directory: at('small.git') });
        const directory = fresh();
        const seen: Progress[] = [];
        await clone(url, directory, { progress: (progress) => seen.push(progress) });
        expect(await git(directory, 'fsck', '--strict')).toBe('');
        expect(await git(directory, 'status', '--porcelain')).toBe('');
        expect(await git(directory, 'rev-parse', 'HEAD')).toBe(
          await git(at('small.git'), 'rev-parse', 'main'),
        );
        expect(await git(directory, 'remote', 'get-url', 'origin')).toBe(url);
        expect(await readFile(path.join(directory, 'src/two.txt'), 'utf8')).toBe('two\n');
        expect(await engine.discover(path.join(directory, 'src'))).toBe(directory);
        const fractions = seen.flatMap((progress) => progress.fraction ?? []);
        expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
        expect(fractions.at(-1)).toBe(1);
      });

      it('clones with a password and with Basic and Bearer headers, and keeps no secret (rows 0.12, 0.13, F)', async () => {
        const canary = 'canary-3f9c1b77';
        const url = server.serve('team/private', {
          directory: at('small.git'),
          accepts: [
            { kind: 'basic', username: 'ada', password: canary },
            { kind: 'bearer', token: canary },
          ],
        });
        const basic = `Basic ${Buffer.from(`ada:${canary}`).toString('base64')}`;
        for (const credential of [
          password(canary),
          { kind: 'header' as const, header: basic },
          { kind: 'header' as const, header: `Bearer ${canary}` },
        ]) {
          const directory = fresh();
          const credentials = recordedCredentials(server.origin, [credential]);
          await clone(url, directory, { credentials });
          expect(credentials.events).toContain('approve');
          expect(credentials.events).not.toContain('reject');
          expect(await readFile(path.join(directory, '.git/config'), 'utf8')).not.toContain(canary);
          expect(await readFile(path.join(directory, '.git/config'), 'utf8')).not.toMatch(/authorization/i);
        }
      });

      it('reports a refusal, asks again, and goes on with the better answer', async () => {
        const url = server.serve('team/private', {
          directory: at('small.git'),
          accepts: [{ kind: 'basic', username: 'ada', password: 'right' }],
        });
        for (const wrong of [password('wrong'), { kind: 'header' as const, header: 'Bearer wrong' }]) {
          const credentials = recordedCredentials(server.origin, [wrong, password('right')]);
          await clone(url, fresh(), { credentials });
          expect([...new Set(credentials.events)]).toEqual(['reject', 'approve']);
        }
        const credentials = recordedCredentials(server.origin, [password('wrong')]);
        const before = left();
        expect(await failureOf(clone(url, fresh(), { credentials }))).toMatchObject({
          kind: 'authentication-failed',
          path: 'team/private.git',
        });
        expect(credentials.events).toEqual(['reject']);
        expect(left()).toEqual(before);
      });

      it('uses two accounts on one host for two repositories', async () => {
        for (const name of ['one', 'two']) {
          const url = server.serve(`${name}/repository`, {
            directory: at('small.git'),
            accepts: [{ kind: 'basic', username: name, password: `secret-${name}` }],
          });
          const credentials = recordedCredentials(server.origin, [
            { kind: 'password', username: name, password: `secret-${name}` },
          ]);
          await clone(url, fresh(), { credentials });
          expect(credentials.asked.at(-1)?.path).toBe(`${name}/repository.git`);
        }
      });

      it('checks out the chosen branch and names one that is not there (row 1.1)', async () => {
        const url = server.serve('team/small', { directory: at('small.git') });
        const directory = fresh();
        await clone(url, directory, { branch: 'feature/side' });
        expect((await engine.overview(directory)).head).toMatchObject({
          state: 'branch',
          branch: 'feature/side',
        });
        for (const branch of ['absent', '--upload-pack=touch x'])
          expect(await failureOf(clone(url, fresh(), { branch }))).toEqual({
            kind: 'branch-not-found',
            branch,
          });
      });

      it('checks certificates, whatever the environment says', async () => {
        const [cert, key] = await Promise.all(
          ['self-signed.pem', 'self-signed.key.pem'].map((name) =>
            readFile(path.resolve(import.meta.dirname, '../providers/data/tls', name), 'utf8'),
          ),
        );
        const secure = await startGitHttpServer({ tls: { key: key ?? '', cert: cert ?? '' } });
        const switches = { GIT_SSL_NO_VERIFY: '1', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
        try {
          Object.assign(process.env, switches);
          const url = secure.serve('team/secure', { directory: at('small.git') });
          const credentials = recordedCredentials(secure.origin, [
            { kind: 'header', header: 'Bearer right' },
          ]);
          expect(await failureOf(clone(url, fresh(), { credentials }))).toMatchObject({
            kind: 'certificate',
          });
          expect(secure.requests).toEqual([]);
        } finally {
          for (const name of Object.keys(switches)) delete process.env[name];
          await secure.close();
        }
      });

      it('does not ask for submodules, wherever they are', async () => {
        const other = await startGitHttpServer();
        try {
          const inside = other.serve('team/sub', { directory: at('small.git') });
          const work = at('with-submodule');
          await git(temporary.path, 'clone', '--quiet', at('small.git'), work);
          const oid = await git(work, 'rev-parse', 'HEAD');
          await writeFile(
            path.join(work, '.gitmodules'),
            `[submodule "sub"]\n\tpath = sub\n\turl = ${inside}\n\tupdate = checkout\n`,
          );
          await git(work, 'add', '.gitmodules');
          await git(work, 'update-index', '--add', '--cacheinfo', `160000,${oid},sub`);
          await git(work, 'commit', '--quiet', '-m', 'Add a submodule');
          const directory = fresh();
          await clone(server.serve('team/outer', { directory: path.join(work, '.git') }), directory);
          expect(await readFile(path.join(directory, '.gitmodules'), 'utf8')).toContain(inside);
          expect(readdirSync(path.join(directory, '.git'))).not.toContain('modules');
          expect([...other.requests, ...other.others]).toEqual([]);
        } finally {
          await other.close();
        }
      });

      it('clones a repository without commits', async () => {
        const url = server.serve('team/empty', { directory: at('empty.git') });
        const directory = fresh();
        await clone(url, directory);
        expect(await engine.overview(directory)).toMatchObject({
          head: { state: 'unborn', branch: 'main' },
          remotes: [{ name: 'origin', url, pushUrl: null }],
        });
        expect(await engine.log(directory, { skip: 0, limit: 10 })).toEqual({ commits: [], more: false });
        expect(await engine.branches(directory)).toEqual([]);
      });

      it('clones names of 255 bytes', async () => {
        const name = `${'x'.repeat(251)}.txt`;
        const directory = await makeBareRepository(at('long.git'), {
          commits: [{ message: 'Long', files: { [name]: 'long\n', '-rf': 'dash\n', 'a\u202eb': 'bidi\n' } }],
        });
        const target = fresh();
        await clone(server.serve('team/long', { directory }), target);
        expect(await readFile(path.join(target, name), 'utf8')).toBe('long\n');
        expect(await git(target, 'status', '--porcelain')).toBe('');
      });

      it('refuses a target with content before anything is asked of the server', async () => {
        const url = server.serve('team/small', { directory: at('small.git') });
        const directory = fresh();
        await mkdir(directory);
        await writeFile(path.join(directory, 'mine.txt'), 'mine');
        expect(await failureOf(clone(url, directory))).toEqual({
          kind: 'directory-not-empty',
          path: directory,
        });
        expect(await failureOf(clone(url, path.join(directory, 'mine.txt')))).toMatchObject({
          kind: 'directory-not-empty',
        });
        expect(await failureOf(clone(url, path.join(directory, 'mine.txt', 'below')))).toMatchObject({
          kind: expect.stringMatching(/^directory-not-/),
        });
        expect(server.requests).toEqual([]);
        expect(readdirSync(directory)).toEqual(['mine.txt']);
      });

      it('clones into an existing empty folder and leaves it empty on failure', async () => {
        const directory = fresh();
        await mkdir(directory);
        expect(await failureOf(clone(server.urlOf('team/absent'), directory))).toMatchObject({
          kind: 'repository-not-found',
        });
        expect(readdirSync(directory)).toEqual([]);
        await clone(server.serve('team/small', { directory: at('small.git') }), directory);
        expect(await git(directory, 'status', '--porcelain')).toBe('');
        expect(readdirSync(directory).sort()).toEqual(['.git', 'README.md', 'side.txt', 'src']);
      });

      it('removes the folders it made on the way when it fails', async () => {
        const directory = path.join(fresh(), 'deeper', 'still');
        const before = left();
        await failureOf(clone(server.urlOf('team/absent'), directory));
        expect(left()).toEqual(before);
      });

      it('ends within the transfer when cancelled and leaves nothing behind', async () => {
        const url = server.serve('team/large', { directory: at('large.git') });
        server.fault = { stage: 'fetch', stallAfter: 100_000 };
        const before = left();
        const controller = new AbortController();
        const work = failureOf(clone(url, fresh(), { signal: controller.signal }));
        await server.stalled();
        controller.abort();
        expect(await work).toEqual({ kind: 'cancelled' });
        expect(left()).toEqual(before);
      });

      it.each([0, 41, 60, 281, 600, 1200, 150_000, 300_000, -20, -1])(
        'never takes an answer cut at byte %i for a repository',
        async (cutAfter) => {
          const url = server.serve('team/large', { directory: at('large.git') });
          const before = left();
          server.fault = { stage: 'fetch', cutAfter };
          const failure = await failureOf(clone(url, fresh()));
          expect(['transfer-incomplete', 'host-unreachable']).toContain(failure.kind);
          expect(left()).toEqual(before);
        },
      );

      it.each(['advertise', 'ls-refs'] as const)('never takes a cut %s for a repository', async (stage) => {
        const url = server.serve('team/large', { directory: at('large.git') });
        const before = left();
        server.fault = { stage, cutAfter: 30 };
        await failureOf(clone(url, fresh()));
        expect(left()).toEqual(before);
      });

      it('sends no credential to another origin a server redirects to', async () => {
        const other = await startGitHttpServer();
        try {
          other.serve('team/private', {
            directory: at('small.git'),
            accepts: [{ kind: 'basic', password: 'right' }],
          });
          const url = server.serve('team/private', {
            directory: at('small.git'),
            fault: { redirect: { status: 302, location: `${other.origin}$path` } },
          });
          for (const credential of [password('right'), { kind: 'header' as const, header: 'Bearer right' }]) {
            const credentials = recordedCredentials(server.origin, [credential]);
            expect(await failureOf(clone(url, fresh(), { credentials }))).toMatchObject({ kind: 'moved' });
          }
          const seen = [...other.requests, ...other.others].map((request) => request.authorization);
          expect(seen.filter((authorization) => authorization !== undefined)).toEqual([]);
        } finally {
          await other.close();
        }
      });

      it.each(['file:///etc/passwd', '/team/loop.git/info/refs?service=git-upload-pack'])(
        'ends with a clear error when redirected to %s',
        async (location) => {
          const url = server.serve('team/loop', {
            directory: at('small.git'),
            fault: { redirect: { status: 302, location } },
          });
          expect((await failureOf(clone(url, fresh()))).kind).toMatch(/^(unexpected-answer|moved)$/);
        },
      );

      it.each([
        [404, 'repository-not-found'],
        [403, 'missing-permission'],
        [429, 'rate-limited'],
        [503, 'server-error'],
      ] as const)('reads status %i as %s', async (status, kind) => {
        const url = server.serve('team/status', { directory: at('small.git'), fault: { status } });
        expect((await failureOf(clone(url, fresh()))).kind).toBe(kind);
      });

      it('says that nobody listens at an address', async () => {
        const gone = await startGitHttpServer();
        const url = gone.urlOf('team/small');
        await gone.close();
        expect(await failureOf(clone(url, fresh()))).toMatchObject({
          kind: 'host-unreachable',
          cause: 'refused',
        });
      });
    });

    describe('remote branches', () => {
      it('lists the branches and HEAD', async () => {
        const url = requireRemoteUrl(server.serve('team/small', { directory: at('small.git') }));
        const found = await engine.remoteBranches(url, recordedCredentials(url.origin), {
          signal: new AbortController().signal,
        });
        expect({ ...found, branches: found.branches.sort() }).toEqual({
          branches: ['feature/side', 'main'],
          head: 'main',
        });
      });

      it('uses the credentials of the operation', async () => {
        const url = requireRemoteUrl(
          server.serve('team/private', {
            directory: at('small.git'),
            accepts: [{ kind: 'basic', username: 'ada', password: 'right' }],
          }),
        );
        const credentials = recordedCredentials(url.origin, [password('right')]);
        const running = { signal: new AbortController().signal };
        expect((await engine.remoteBranches(url, credentials, running)).head).toBe('main');
        expect(
          await failureOf(engine.remoteBranches(url, recordedCredentials(url.origin), running)),
        ).toMatchObject({ kind: 'authentication-failed' });
      });
    });

    describe('a repository on disk', () => {
      let directory: string;
      beforeAll(async () => {
        directory = await makeRepository(at('work'), smallHistory);
        await git(directory, 'remote', 'add', 'origin', 'https://git.example.test/team/small.git');
        await git(directory, 'update-ref', 'refs/remotes/origin/main', 'main~1');
        await git(directory, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
        await git(directory, 'config', 'branch.main.remote', 'origin');
        await git(directory, 'config', 'branch.main.merge', 'refs/heads/main');
      });

      it('is found from any folder inside it', async () => {
        expect(await engine.discover(path.join(directory, 'src'))).toBe(directory);
        expect(await engine.discover(directory)).toBe(directory);
        expect(await engine.discover(at('small.git'))).toBe(at('small.git'));
        await mkdir(at('nowhere'), { recursive: true });
        expect((await failureOf(engine.discover(at('nowhere')))).kind).toBe('not-a-repository');
      });

      it('shows its head and remotes', async () => {
        const oid = await git(directory, 'rev-parse', 'HEAD');
        expect(await engine.overview(directory)).toEqual({
          head: { state: 'branch', branch: 'main', oid },
          bare: false,
          shallow: false,
          narrow: null,
          partial: false,
          remotes: [{ name: 'origin', url: 'https://git.example.test/team/small.git', pushUrl: null }],
        });
        expect(await engine.overview(at('small.git'))).toMatchObject({ bare: true, remotes: [] });
      });

      it('keeps to itself what other programs left in the addresses of remotes', async () => {
        const shared = await makeRepository(at('with-tokens'), smallHistory);
        const token = 'c4nary-T0ken';
        const addresses = [
          `https://ada:${token}@git.example.test/team/small.git`,
          `https://${token}@git.example.test/team/small.git`,
          `https://ada:with@${token}@git.example.test/team/small.git`,
          `https://git.example.test/team/small.git?private_token=${token}`,
          `ssh://git:${token}@git.example.test/team/small.git`,
          `git+https://oauth2:${token}@git.example.test/team/small.git`,
          `oauth2:${token}@git.example.test/team/small.git`,
        ];
        for (const [index, address] of addresses.entries()) {
          await git(shared, 'config', `remote.r${index}.url`, address);
          await git(shared, 'config', `remote.r${index}.pushurl`, address);
        }
        const { remotes } = await engine.overview(shared);
        expect(remotes).toHaveLength(addresses.length);
        expect(JSON.stringify(remotes)).not.toContain(token);
        for (const remote of remotes) expect(remote.pushUrl).toContain('git.example.test/team/small.git');
      });

      it('shows a detached head', async () => {
        const detached = await makeRepository(at('detached'), smallHistory);
        await git(detached, 'checkout', '--quiet', '--detach', 'HEAD~1');
        const oid = await git(detached, 'rev-parse', 'HEAD');
        expect((await engine.overview(detached)).head).toEqual({ state: 'detached', oid });
      });

      it('lists local and remote branches', async () => {
        const found = await engine.branches(directory);
        expect(found.map((branch) => `${branch.name} ${branch.remote} ${branch.current}`).sort()).toEqual([
          'feature/side false false',
          'main false true',
          'origin/main true false',
        ]);
        expect(found.find((branch) => branch.name === 'main')?.upstream).toBe('origin/main');
      });

      it('pages through its history', async () => {
        const first = await engine.log(directory, { skip: 0, limit: 2 });
        const second = await engine.log(directory, { skip: 2, limit: 10 });
        expect(first.more).toBe(true);
        expect(second.more).toBe(false);
        const subjects = [...first.commits, ...second.commits].map((commit) => commit.subject);
        expect(subjects).toEqual(['Merge the side', 'Add three', 'Work on the side', 'Add two', 'Start']);
        expect(first.commits[0]).toMatchObject({
          author: { name: 'Ada Example', email: 'ada@example.test' },
        });
        expect(first.commits[0]?.parents).toHaveLength(2);
        expect([...(first.commits[0]?.refs ?? [])].sort()).toEqual(['main', 'v1.0']);
        expect(second.commits[1]?.body).toBe('With a body of\ntwo lines.');
        const side = await engine.log(directory, { ref: 'feature/side', skip: 0, limit: 10 });
        expect(side.commits.map((commit) => commit.subject)).toContain('Work on the side');
        for (const ref of ['absent', '--output=marker'])
          expect(await failureOf(engine.log(directory, { ref, skip: 0, limit: 1 }))).toEqual({
            kind: 'branch-not-found',
            branch: ref,
          });
        expect(readdirSync(directory)).not.toContain('marker');
      });

      it('reads authors and messages that are no UTF-8', async () => {
        const strange = await makeBareRepository(at('strange.git'), {
          commits: [
            { message: 'One', author: { name: Buffer.from('J\xf6rg', 'latin1'), email: 'j@example.test' } },
            { message: 'Two' },
          ],
        });
        const { commits } = await engine.log(strange, { skip: 0, limit: 10 });
        expect(commits.map((commit) => commit.subject)).toEqual(['Two', 'One']);
        expect(commits[1]?.author.name).toMatch(/^J.+rg$/);
      });
    });
  });
}
