import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperationCredentials } from '../../electron/credentials/broker';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import type { GitCredential } from '../../electron/providers/provider';
import type { Progress } from '../../shared/contract/procedure';
import { AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
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

let worker: Awaited<ReturnType<typeof buildGitWorker>>;
let engine: GitEngine;
let server: GitHttpServer;
let place: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  worker = await buildGitWorker();
  engine = createIsomorphicEngine(worker.file, fixedNetwork());
});
afterAll(() => worker.remove());
beforeEach(async () => {
  server = await startGitHttpServer();
  place = await temporaryDirectory();
});
afterEach(async () => {
  await server.close();
  await place.remove();
});

interface Broker extends OperationCredentials {
  calls: string[];
}

/** A broker that gives these credentials one after the other. */
function broker(...credentials: GitCredential[]): Broker {
  const calls: string[] = [];
  return {
    calls,
    async fill({ origin, path, preemptive }) {
      if (preemptive) return credentials[0]?.kind === 'header' ? (credentials.shift() ?? null) : null;
      calls.push(`fill ${origin} ${path}`);
      return credentials.shift() ?? null;
    },
    async approve() {
      calls.push('approve');
    },
    async reject() {
      calls.push('reject');
    },
    get refused() {
      return calls.includes('reject');
    },
  };
}

const password = (username: string, secret: string): GitCredential => ({
  kind: 'password',
  username,
  password: secret,
});

function clone(
  url: string,
  credentials: OperationCredentials = broker(),
  more: { branch?: string; signal?: AbortSignal; progress?: (progress: Progress) => void } = {},
) {
  return cloneGuarded(
    engine,
    {
      url: requireRemoteUrl(url),
      directory: path.join(place.path, 'target'),
      branch: more.branch ?? null,
      credentials,
    },
    { signal: more.signal ?? new AbortController().signal, progress: more.progress },
  );
}

async function failure(promise: Promise<unknown>): Promise<AppFailure['error']> {
  const error: unknown = await promise.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppFailure);
  return (error as AppFailure).error;
}

async function source(spec = smallHistory, key = 'team/repo') {
  const directory = await makeBareRepository(path.join(place.path, 'server', key), spec);
  return { directory, url: server.serve(key, { directory }) };
}

const left = async () =>
  (await readdir(place.path)).filter((name) => name !== 'server' && name !== 'reference');
const target = () => path.join(place.path, 'target');

describe('a clone by the embedded engine', () => {
  it('is the repository git makes: clean, complete, the same refs', async () => {
    const { url } = await source();
    const seen: Progress[] = [];
    await clone(url, broker(), { progress: (progress) => seen.push(progress) });
    const reference = path.join(place.path, 'reference');
    await git(place.path, 'clone', '--quiet', url, reference);
    expect(await git(target(), 'fsck', '--strict')).toBe('');
    expect(await git(target(), 'status', '--porcelain=v2', '--branch')).toBe(
      await git(reference, 'status', '--porcelain=v2', '--branch'),
    );
    const objects = ['cat-file', '--batch-all-objects', '--batch-check'];
    expect(await git(target(), ...objects)).toBe(await git(reference, ...objects));
    const refs = ['for-each-ref', '--format=%(refname) %(objectname) %(symref)'];
    expect(await git(target(), ...refs)).toBe(await git(reference, ...refs));
    expect(await git(target(), 'rev-parse', '--abbrev-ref', 'main@{upstream}')).toBe('origin/main');
    expect(await left()).toEqual(['target']);
    expect(await readdir(path.join(target(), '.git'))).not.toContain('index.lock');
    const fractions = seen.map((progress) => progress.fraction ?? 0);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(0);
  });

  it('keeps modes, links, odd names and submodules', async () => {
    const work = path.join(place.path, 'server', 'work');
    await mkdir(work, { recursive: true });
    await git(work, 'init', '--quiet', '-b', 'main');
    await writeFile(path.join(work, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    for (const name of [
      '-rf',
      ':(exclude)*',
      'a\nb.txt',
      'a\tb',
      '"quoted".txt',
      '日本 😀.txt',
      'x'.repeat(255),
      'CON',
      'trailing.',
    ])
      await writeFile(path.join(work, name), name);
    await mkdir(path.join(work, '__proto__'));
    await writeFile(path.join(work, '__proto__', 'polluted'), 'x');
    await promisify(execFile)('ln', ['-s', '../outside', path.join(work, 'link')]);
    await git(work, 'add', '-A');
    await git(work, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
    await git(work, 'commit', '--quiet', '-m', 'All');
    const url = server.serve('odd', { directory: path.join(work, '.git') });
    await clone(url);
    expect(await git(target(), 'status', '--porcelain')).toBe('');
    expect(await git(target(), 'ls-files', '-s', '-z')).toBe(await git(work, 'ls-files', '-s', '-z'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('leaves an index git does not have to read the files for', async () => {
    const { url } = await source();
    await clone(url);
    const before = await readFile(path.join(target(), '.git/index'));
    await git(target(), 'update-index', '--refresh');
    expect(await git(target(), 'diff-files', '--raw')).toBe('');
    expect((await readFile(path.join(target(), '.git/index'))).equals(before)).toBe(true);
  });

  it('checks out the branch that was asked for, and says when there is none of that name', async () => {
    const { url } = await source();
    await clone(url, broker(), { branch: 'feature/side' });
    expect(await git(target(), 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/side');
    expect(await git(target(), 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/feature/side');
    expect(await git(target(), 'symbolic-ref', 'refs/remotes/origin/HEAD')).toBe('refs/remotes/origin/main');
    const { url: other } = await source(smallHistory, 'other');
    expect(
      await failure(
        cloneGuarded(
          engine,
          {
            url: requireRemoteUrl(other),
            directory: path.join(place.path, 'second'),
            branch: 'nowhere',
            credentials: broker(),
          },
          { signal: new AbortController().signal },
        ),
      ),
    ).toEqual({ kind: 'branch-not-found', branch: 'nowhere' });
    expect(await left()).toEqual(['target']);
  });

  it('takes an empty repository, a detached one and one whose HEAD leads nowhere', async () => {
    const { url: empty } = await source({ branch: 'trunk' }, 'empty');
    await clone(empty);
    expect(await engine.overview(target())).toMatchObject({
      head: { state: 'unborn' },
      bare: false,
      shallow: false,
    });
    expect(await git(target(), 'status', '--porcelain')).toBe('');
    expect(await engine.log(target(), { skip: 0, limit: 10 })).toEqual({ commits: [], more: false });

    const { url: detached, directory } = await source(smallHistory, 'detached');
    await git(directory, 'commit-tree', '-m', 'aside', 'main^{tree}').then((oid) =>
      git(directory, 'update-ref', '--no-deref', 'HEAD', oid),
    );
    const second = path.join(place.path, 'second');
    const running = { signal: new AbortController().signal };
    await cloneGuarded(
      engine,
      { url: requireRemoteUrl(detached), directory: second, branch: null, credentials: broker() },
      running,
    );
    expect(await engine.overview(second)).toMatchObject({ head: { state: 'detached' } });
    expect(await git(second, 'rev-parse', 'HEAD')).toBe(await git(directory, 'rev-parse', 'HEAD'));

    const { url: dangling, directory: bare } = await source(smallHistory, 'dangling');
    await git(bare, 'symbolic-ref', 'HEAD', 'refs/heads/gone');
    const third = path.join(place.path, 'third');
    await cloneGuarded(
      engine,
      { url: requireRemoteUrl(dangling), directory: third, branch: null, credentials: broker() },
      running,
    );
    expect((await engine.overview(third)).head.state).toBe('unborn');
    expect(await git(third, 'fsck', '--strict')).toBe('');
  });

  it('makes missing parents, and takes them away again when it fails', async () => {
    const { url } = await source();
    const deep = path.join(place.path, 'a/b/target');
    const request = { url: requireRemoteUrl(url), directory: deep, branch: 'nowhere', credentials: broker() };
    await failure(cloneGuarded(engine, request, { signal: new AbortController().signal }));
    expect(await left()).toEqual([]);
    await cloneGuarded(engine, { ...request, branch: null }, { signal: new AbortController().signal });
    expect(await git(deep, 'status', '--porcelain')).toBe('');
  });

  it('says that ssh is not for it', async () => {
    expect(await failure(clone('git@127.0.0.1:team/repo'))).toMatchObject({
      kind: 'unsupported',
      what: 'connecting by ssh',
    });
  });
});

describe('credentials', () => {
  it('are asked for with the exact origin and path, approved, and written nowhere', async () => {
    const { directory } = await source();
    const url = server.serve('team/repo', {
      directory,
      accepts: [{ kind: 'basic', username: 'ada', password: 's3cr3t-canary' }],
    });
    const asked = broker(password('ada', 's3cr3t-canary'));
    await clone(url, asked);
    expect(asked.calls).toEqual([`fill ${server.origin} team/repo.git`, 'approve']);
    const grep = await promisify(execFile)('grep', ['-rl', 's3cr3t-canary', target()], {
      env: gitEnvironment,
    }).catch((error: { code: number }) => error.code);
    expect(grep).toBe(1);
  });

  it('two accounts clone two repositories of one host', async () => {
    for (const name of ['one', 'two']) {
      const { directory } = await source(smallHistory, name);
      const url = server.serve(name, {
        directory,
        accepts: [{ kind: 'basic', username: name, password: `token-${name}` }],
      });
      await cloneGuarded(
        engine,
        {
          url: requireRemoteUrl(url),
          directory: path.join(place.path, `clone-${name}`),
          branch: null,
          credentials: broker(password(name, `token-${name}`)),
        },
        { signal: new AbortController().signal },
      );
    }
    expect(await left()).toEqual(['clone-one', 'clone-two']);
  });

  it('may be a Bearer header', async () => {
    const { directory } = await source();
    const url = server.serve('team/repo', {
      directory,
      accepts: [{ kind: 'bearer', token: 'token-of-app' }],
    });
    await clone(url, broker({ kind: 'header', header: 'Authorization: Bearer token-of-app' }));
    expect(await git(target(), 'status', '--porcelain')).toBe('');
  });

  it('a refused one is rejected and another asked for; the end is said with host and path', async () => {
    const { directory } = await source();
    const url = server.serve('team/repo', {
      directory,
      accepts: [{ kind: 'basic', password: 'right-token' }],
    });
    const second = broker(password('a', 'wrong-token'), password('a', 'right-token'));
    await clone(url, second);
    expect(second.calls.map((call) => call.split(' ')[0])).toEqual(['fill', 'reject', 'fill', 'approve']);
    const none = broker(password('a', 'wrong-token'));
    const error = await failure(
      engine.remoteBranches(requireRemoteUrl(url), none, { signal: new AbortController().signal }),
    );
    expect(error).toEqual({
      kind: 'authentication-failed',
      host: new URL(server.origin).host,
      path: 'team/repo.git',
    });
    expect(none.refused).toBe(true);
  });

  it('a sign-in page is asked about once and then named', async () => {
    const { url } = await source();
    server.fault = { status: 203, body: '<html>Sign in</html>', headers: { 'Content-Type': 'text/html' } };
    const asked = broker();
    expect(await failure(clone(url, asked))).toMatchObject({ kind: 'sign-in-page', status: 203 });
    expect(asked.calls).toHaveLength(1);
    expect(await left()).toEqual([]);
  });
});

describe('the branches of a remote', () => {
  it('come with the one HEAD names', async () => {
    const { url } = await source();
    const found = await engine.remoteBranches(requireRemoteUrl(url), broker(), {
      signal: new AbortController().signal,
    });
    expect(found).toEqual({ branches: ['feature/side', 'main'], head: 'main' });
    expect(server.requests.map((request) => request.stage)).toEqual(['advertise', 'ls-refs']);
  });
});

describe('cancelling', () => {
  it.each(['advertise', 'fetch'] as const)('during %s ends it and leaves nothing', async (stage) => {
    const { url } = await source(largeHistory(4_000_000));
    server.fault = { stage, stallAfter: stage === 'fetch' ? 1_000_000 : 10 };
    const stop = new AbortController();
    const ending = failure(clone(url, broker(), { signal: stop.signal }));
    await server.stalled();
    stop.abort();
    expect(await ending).toEqual({ kind: 'cancelled' });
    expect(await left()).toEqual([]);
  });

  it('before it begins contacts nobody', async () => {
    const { url } = await source();
    expect(await failure(clone(url, broker(), { signal: AbortSignal.abort() }))).toEqual({
      kind: 'cancelled',
    });
    expect(server.requests).toEqual([]);
  });
});
