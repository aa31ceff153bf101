import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { type ClonePlan, everything, type RemoteTransfer } from '../../electron/git/operations/transfer';
import { abilities } from '../../shared/engine-abilities';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { createLfsHandler, type LfsHandler, lfsPointer, oidOf } from '../fakes/lfs-server';
import {
  git,
  makeBareRepository,
  makeRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { hostileEntries } from '../security/hostile-inputs';
import { onPath } from '../tools/chromium.mjs';
import { recordedCredentials } from './operation';

/** An engine that clones by plans. `directory` is its own scratch folder. */
export interface ClonePlanFactory {
  name: GitEngine['id'];
  program?: string;
  create(
    directory: string,
  ): Promise<{ engine: GitEngine & Pick<RemoteTransfer, 'needs'>; close(): Promise<void> }>;
}

const withLfs = onPath('git-lfs') !== null;
if (!withLfs) console.log('git-lfs is not installed: clones with large files are not tested.');

const large = Buffer.from('a large file\n'.repeat(5000));

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it succeeded');
}

/** Clones by plans, each compared with the clone git itself makes with the same options. */
export function clonePlanSuite(factory: ClonePlanFactory): void {
  const can = (ability: keyof typeof abilities) => abilities[ability][factory.name] === true;

  describe(`clone plans of the ${factory.name} engine${factory.program ? ` with ${factory.program}` : ''}`, () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let server: GitHttpServer;
    let other: GitHttpServer;
    let beside: LfsHandler;
    let made: Awaited<ReturnType<ClonePlanFactory['create']>>;
    const at = (...parts: string[]) => path.join(temporary.path, ...parts);
    let count = 0;
    const fresh = () => at('clones', `clone-${(count += 1)}`);
    const left = () => readdirSync(at('clones')).filter((name) => !name.startsWith('clone-'));

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      // The git that is compared with reads none of these either.
      vi.stubEnv('HOME', temporary.path);
      vi.stubEnv('XDG_CONFIG_HOME', temporary.path);
      vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
      vi.stubEnv('GIT_CONFIG_GLOBAL', process.platform === 'win32' ? 'NUL' : '/dev/null');
      await mkdir(at('clones'));
      [server, other] = await Promise.all([startGitHttpServer(), startGitHttpServer()]);
      beside = createLfsHandler();
      server.gate = (request, response) => beside.handle(request, response);
      await makeBareRepository(at('small.git'), smallHistory);
      await makeBareRepository(at('folders.git'), {
        commits: [
          { message: 'Old', files: { 'docs/old.txt': 'old\n', 'src/a/one.c': 'one\n' } },
          {
            message: 'Now',
            files: {
              'top.txt': 'top\n',
              'docs/old.txt': 'new\n',
              'docs/ünï "x"/deep.txt': 'deep\n',
              'src/a/one.c': 'one more\n',
              'src/b/two.c': 'two\n'.repeat(500),
            },
          },
          { message: 'Side', branch: 'side', from: 'main', files: { 'side.txt': 'side\n' } },
        ],
        tags: { v1: 'main' },
      });
      made = await factory.create(at('engine'));
    });
    afterAll(async () => {
      await made.close();
      await Promise.all([server.close(), other.close()]);
      await temporary.remove();
      vi.unstubAllEnvs();
    });
    afterEach(() => {
      server.fault = null;
      for (const one of [server, other]) {
        one.requests.length = 0;
        one.others.length = 0;
      }
    });

    const clone = async (url: string, plan: Partial<ClonePlan>, branch: string | null = null) => {
      const remote = requireRemoteUrl(url);
      const directory = fresh();
      const credentials = recordedCredentials(remote.origin);
      const request = { url: remote, directory, branch, plan: { ...everything, ...plan }, credentials };
      await cloneGuarded(made.engine, request, { signal: new AbortController().signal });
      return directory;
    };

    /** What there is of a repository: objects, refs, where history ends, what is promised, configuration, files. */
    const stateOf = async (directory: string) => ({
      objects: await git(directory, 'cat-file', '--batch-all-objects', '--batch-check'),
      refs: await git(directory, 'for-each-ref'),
      head: await git(directory, 'symbolic-ref', 'HEAD'),
      shallow: await readFile(path.join(directory, '.git/shallow'), 'utf8').catch(() => ''),
      configuration: (await git(directory, 'config', '--list')).split('\n').sort(),
      patterns: await readFile(path.join(directory, '.git/info/sparse-checkout'), 'utf8').catch(() => ''),
      promised: readdirSync(path.join(directory, '.git/objects/pack')).some((name) =>
        name.endsWith('.promisor'),
      ),
      index: await git(directory, 'ls-files', '--stage', '-t'),
      status: await git(directory, 'status', '--porcelain'),
    });

    const rows: { name: string; plan: Partial<ClonePlan>; options: string[]; branch?: string }[] = [
      { name: 'a depth, of all branches', plan: { depth: 1 }, options: ['--depth=1', '--no-single-branch'] },
      {
        name: 'a depth of one branch',
        plan: { depth: 2, singleBranch: true },
        options: ['--depth=2', '--single-branch', '--branch=side'],
        branch: 'side',
      },
      { name: 'one branch', plan: { singleBranch: true }, options: ['--single-branch'] },
      {
        name: 'no contents but those checked out',
        plan: { filter: { kind: 'blobs' } },
        options: ['--filter=blob:none'],
      },
      {
        name: 'no large contents of the past',
        plan: { filter: { kind: 'larger', bytes: 1000 } },
        options: ['--filter=blob:limit=1000'],
      },
    ];
    it.each(rows)('clones with $name as git does', async ({ plan, options, branch }) => {
      const url = server.serve('team/folders', { directory: at('folders.git') });
      const directory = await clone(url, plan, branch ?? null);
      const oracle = fresh();
      await git(at(), 'clone', '--quiet', '--template=', ...options, url, oracle);
      expect(await stateOf(directory)).toEqual(await stateOf(oracle));
      expect(await git(directory, 'fsck', '--strict')).toBe('');
    });

    it.each([null, { kind: 'blobs' } as const])(
      'clones only the chosen folders, in cone mode (filter: %j)',
      async (filter) => {
        const url = server.serve('team/folders', { directory: at('folders.git') });
        const folders = ['src/a', 'docs/ünï "x"'];
        const directory = await clone(url, { sparse: folders, filter });
        const oracle = fresh();
        const options = filter ? ['--filter=blob:none'] : [];
        await git(at(), 'clone', '--quiet', '--template=', '--no-checkout', ...options, url, oracle);
        await git(oracle, 'sparse-checkout', 'set', '--cone', ...folders);
        await git(oracle, 'checkout', '--quiet');
        expect(await stateOf(directory)).toEqual(await stateOf(oracle));
        expect(existsSync(path.join(directory, 'src/a/one.c'))).toBe(true);
        expect(existsSync(path.join(directory, 'src/b'))).toBe(false);
      },
    );

    it('clones the files at the top alone where no folder is chosen, and a repository without commits', async () => {
      const url = server.serve('team/folders', { directory: at('folders.git') });
      expect(readdirSync(await clone(url, { sparse: [] })).sort()).toEqual(['.git', 'top.txt']);
      const empty = await makeBareRepository(at('empty.git'));
      const directory = await clone(server.serve('team/empty', { directory: empty }), {
        sparse: ['src'],
        filter: { kind: 'blobs' },
        depth: 1,
      });
      expect((await made.engine.overview(directory)).head).toEqual({ state: 'unborn', branch: 'main' });
    });

    it('leaves nothing where contents of the checkout do not arrive', async () => {
      const directory = at('folders.git');
      const url = server.serve('team/cut', { directory });
      // The second fetch is that of the contents.
      server.gate = (request, response) => {
        const isSecond = server.requests.some(({ stage }) => stage === 'fetch') && request.method === 'POST';
        if (!isSecond) return beside.handle(request, response);
        response.writeHead(500).end();
        return true;
      };
      try {
        for (const sparse of [null, ['src/a']]) {
          server.requests.length = 0;
          const failure = await failureOf(clone(url, { filter: { kind: 'blobs' }, sparse }));
          expect(['server-error', 'transfer-incomplete']).toContain(failure.kind);
        }
      } finally {
        server.gate = (request, response) => beside.handle(request, response);
      }
      expect(left()).toEqual([]);
    });

    it.each([
      [{ depth: 0 }, 'depth'],
      [{ filter: { kind: 'larger', bytes: -1 } as const }, 'filter'],
      [{ sparse: ['../outside'] }, 'sparse'],
      [{ sparse: ['/src'] }, 'sparse'],
    ])('refuses the plan %j', async (plan, field) => {
      const url = server.serve('team/folders', { directory: at('folders.git') });
      expect(await failureOf(clone(url, plan))).toMatchObject({ kind: 'invalid-input', field });
      expect(left()).toEqual([]);
    });

    describe('submodules', () => {
      /** A repository with submodules, in order: path -> address. */
      const withSubmodules = async (name: string, submodules: Record<string, string>) => {
        const work = await makeRepository(at(name), { commits: [{ message: 'Start', files: { a: 'a\n' } }] });
        const oid = await git(at('small.git'), 'rev-parse', 'main');
        let text = '';
        for (const [folder, address] of Object.entries(submodules)) {
          text += `[submodule "${folder}"]\n\tpath = ${folder}\n\turl = ${address}\n`;
          const target = address.endsWith('/nesting.git')
            ? await git(at('nesting'), 'rev-parse', 'HEAD')
            : oid;
          await git(work, 'update-index', '--add', '--cacheinfo', `160000,${target},${folder}`);
        }
        await writeFile(path.join(work, '.gitmodules'), text);
        await git(work, 'add', '.gitmodules');
        await git(work, 'commit', '--quiet', '-m', 'Add submodules');
        return path.join(work, '.git');
      };

      it.runIf(can('submodules'))('come from allowed origins only, nested ones too', async () => {
        server.serve('team/small', { directory: at('small.git') });
        server.serve('team/nesting', {
          directory: await withSubmodules('nesting', {
            'in/near': '../small.git',
            far: other.serve('team/small', { directory: at('small.git') }),
          }),
        });
        const directory = await withSubmodules('outer', {
          near: './../small.git',
          nesting: `${server.origin}/team/nesting.git`,
          far: other.urlOf('team/small'),
        });
        const url = server.serve('team/outer', { directory });
        const cloned = await clone(url, { submodules: [server.origin] });
        expect(await git(cloned, 'status', '--porcelain')).toBe('');
        expect(await readFile(path.join(cloned, 'near/README.md'), 'utf8')).toBe('# Sample\n');
        expect(await readFile(path.join(cloned, 'nesting/in/near/README.md'), 'utf8')).toBe('# Sample\n');
        expect(existsSync(path.join(cloned, 'far/.git'))).toBe(false);
        expect(existsSync(path.join(cloned, 'nesting/far/.git'))).toBe(false);
        expect([...other.requests, ...other.others]).toEqual([]);
        expect(await made.engine.needs(cloned)).toEqual({
          submodules: [
            ['near', './../small.git', `${server.origin}/team/small.git`, true],
            ['nesting', `${server.origin}/team/nesting.git`, `${server.origin}/team/nesting.git`, true],
            ['far', other.urlOf('team/small'), other.urlOf('team/small'), false],
          ].map(([name, address, href, fetched]) => ({
            name,
            path: name,
            address,
            url: expect.objectContaining({ href }),
            refused: null,
            fetched,
          })),
          unreadable: false,
          lfs: false,
        });
        const all = await clone(url, { submodules: [server.origin, other.origin], depth: 1 });
        expect(await git(all, 'submodule', 'status', '--recursive')).not.toMatch(/^[-+U]/m);
        expect(existsSync(path.join(all, 'nesting/far/README.md'))).toBe(true);
      });

      it.runIf(!can('submodules'))(
        'are refused with the reason before anything is asked of the server',
        async () => {
          const url = server.serve('team/folders', { directory: at('folders.git') });
          expect(await failureOf(clone(url, { submodules: [server.origin] }))).toMatchObject({
            kind: 'unsupported',
            reason: abilities.submodules[factory.name],
          });
          expect(server.requests).toEqual([]);
        },
      );

      it.runIf(can('submodules'))('that cannot be fetched leave nothing of the clone', async () => {
        const directory = await withSubmodules('missing', { gone: '../gone.git' });
        const url = server.serve('team/missing', { directory });
        expect(await failureOf(clone(url, { submodules: [server.origin] }))).toMatchObject({
          kind: 'repository-not-found',
          path: 'team/gone.git',
        });
        expect(left()).toEqual([]);
      });

      it.each(hostileEntries('gitmodules'))('$id: $must', async ({ id, input, must }) => {
        const marker = at(`marker-${id}`);
        other.serve('x', { directory: at('small.git') });
        const text = String(input)
          .replaceAll('https://{{EVIL}}/', `${other.origin}/`)
          .replaceAll('{{MARK}}', marker);
        const work = await makeRepository(at(`hostile-${id}`), {
          commits: [{ message: 'Start', files: { '.gitmodules': text } }],
        });
        const oid = await git(at('small.git'), 'rev-parse', 'main');
        // What git lets into an index: of the others there can be no submodule.
        for (const folder of ['x', 'A/modules/x', ...(id === 'SUB-005' ? [] : ['a']), 'sub\r', '-u'])
          await git(work, 'update-index', '--add', '--cacheinfo', `160000,${oid},${folder}`);
        if (id === 'SUB-005') {
          await symlink('.git', path.join(work, 'a'));
          await git(work, 'add', 'a');
        }
        await git(work, 'commit', '--quiet', '-m', 'Add submodules');
        const url = server.serve(`team/${id}`, { directory: path.join(work, '.git') });
        // Not wanted: nobody is asked for one, whatever comes of the rest.
        await clone(url, {}).catch((error: unknown) => {
          if (!(error instanceof AppFailure)) throw error;
        });
        expect([other.requests, existsSync(marker)]).toEqual([[], false]);
        const allowed = can('submodules') ? [server.origin, other.origin, 'file://'] : null;
        const cloned = await clone(url, { submodules: allowed }).catch((error: unknown) => {
          if (error instanceof AppFailure) return null;
          throw error;
        });
        expect(existsSync(marker)).toBe(false);
        if (must.startsWith('REFUSE')) {
          expect(other.requests).toEqual([]);
          const { submodules } = cloned ? await made.engine.needs(cloned) : { submodules: [] };
          if (cloned) expect(submodules.length).toBeGreaterThan(0);
          expect(
            submodules.map(({ url: found, refused }) => found === null && refused !== null),
          ).not.toContain(false);
        }
      });
    });

    describe('large files', () => {
      const served = async () => {
        const directory = at('lfs.git');
        if (!existsSync(directory))
          await makeBareRepository(directory, {
            commits: [
              {
                message: 'Start',
                files: {
                  'deep/.gitattributes': '*.bin filter=lfs -text\n',
                  'deep/large.bin': lfsPointer(large),
                },
              },
            ],
          });
        const accepts = [{ kind: 'basic' as const, username: 'ada', password: 'right' }];
        beside.repositories.set('team/lfs', { accepts, objects: new Map([[oidOf(large), large]]) });
        beside.requests.length = 0;
        return server.serve('team/lfs', { directory, accepts });
      };
      const cloneLfs = async (lfs: boolean) => {
        const url = requireRemoteUrl(await served());
        const directory = fresh();
        const credentials = recordedCredentials(url.origin, [
          { kind: 'password', username: 'ada', password: 'right' },
        ]);
        const request = { url, directory, branch: null, plan: { ...everything, lfs }, credentials };
        await cloneGuarded(made.engine, request, { signal: new AbortController().signal });
        return directory;
      };

      it('stay pointers where they are not wanted, and nobody is asked for them', async () => {
        const directory = await cloneLfs(false);
        expect(await readFile(path.join(directory, 'deep/large.bin'), 'utf8')).toBe(lfsPointer(large));
        expect(await git(directory, 'status', '--porcelain')).toBe('');
        expect(beside.requests).toEqual([]);
        expect(await made.engine.needs(directory)).toEqual({ submodules: [], unreadable: false, lfs: true });
      });

      it.runIf(withLfs && can('lfs'))(
        'come with the operation’s credentials where they are wanted',
        async () => {
          const directory = await cloneLfs(true);
          expect((await readFile(path.join(directory, 'deep/large.bin'))).equals(large)).toBe(true);
          expect(beside.requests.filter(({ status }) => status === 200).length).toBe(2);
          // git in a terminal, which has no filter of its own here, sees no change either.
          expect(await git(directory, 'status', '--porcelain')).toBe('');
        },
      );

      it.runIf(!can('lfs'))(
        'are refused with the reason before anything is asked of the server',
        async () => {
          expect(await failureOf(cloneLfs(true))).toMatchObject({
            kind: 'unsupported',
            reason: abilities.lfs[factory.name],
          });
          expect(server.requests).toEqual([]);
        },
      );
    });
  });
}
