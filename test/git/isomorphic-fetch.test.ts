import { randomBytes } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import type { FetchRequest, PushRequest } from '../../electron/git/operations/transfer';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import {
  git,
  gitEnvironment,
  makeBareRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { recordedCredentials } from './operation';

let engine: ReturnType<typeof createIsomorphicEngine>;
let server: GitHttpServer;
let place: Awaited<ReturnType<typeof temporaryDirectory>>;
/** What every repository here starts as. */
let template: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  const worker = await buildGitWorker();
  engine = createIsomorphicEngine(worker.file, fixedNetwork());
  server = await startGitHttpServer();
  place = await temporaryDirectory();
  closing.push(
    () => worker.remove(),
    () => server.close(),
    () => place.remove(),
  );
  template = await makeBareRepository(path.join(place.path, 'template'), smallHistory);
  await git(template, 'config', 'uploadpack.allowFilter', 'true');
  await git(template, 'config', 'http.receivepack', 'true');
});
afterAll(async () => {
  for (const close of closing) await close();
});

let count = 0;

/** A server's repository of its own, and two clones of it by git: one for git, one for us. */
async function world(clone: readonly string[] = []) {
  count += 1;
  const folder = path.join(place.path, `world-${count}`);
  const bare = path.join(folder, 'server');
  await cp(template, bare, { recursive: true });
  const url = server.serve(`world-${count}`, { directory: bare });
  const ours = path.join(folder, 'ours');
  await git(place.path, 'clone', '--quiet', ...clone, url, ours);
  const theirs = path.join(folder, 'theirs');
  await cp(ours, theirs, { recursive: true });
  const commit = async (branch: string, message: string, parent = branch) => {
    const tree = await git(bare, 'rev-parse', `${parent}^{tree}`);
    const oid = await git(bare, 'commit-tree', '-p', parent, '-m', message, tree);
    await git(bare, 'update-ref', `refs/heads/${branch}`, oid);
    return oid;
  };
  const transfer = { directory: ours, remote: 'origin', url: requireRemoteUrl(url) };
  const running = { signal: new AbortController().signal };
  return {
    bare,
    ours,
    theirs,
    url,
    commit,
    fetch: (more: Partial<FetchRequest> = {}) =>
      engine.fetch(
        { ...transfer, credentials: recordedCredentials(server.origin), prune: false, reach: null, ...more },
        running,
      ),
    push: (more: Partial<PushRequest> = {}) =>
      engine.push(
        {
          ...transfer,
          credentials: recordedCredentials(server.origin),
          branch: 'main',
          to: 'main',
          setUpstream: false,
          lease: null,
          ...more,
        },
        running,
      ),
  };
}

/** All of a repository that a fetch changes, without times. */
async function state(directory: string): Promise<Record<string, unknown>> {
  const gitdir = path.join(directory, '.git');
  const text = (file: string) => readFile(path.join(gitdir, file), 'utf8').catch(() => null);
  const logs = await readdir(path.join(gitdir, 'logs'), { recursive: true, withFileTypes: true });
  const reflogs: Record<string, string> = {};
  for (const file of logs.filter((one) => one.isFile())) {
    const name = path.relative(gitdir, path.join(file.parentPath, file.name));
    reflogs[name] = ((await text(name)) ?? '')
      .split('\n')
      .map((line) => line.replace(/^(\S+ \S+) [^\t]*/, '$1'))
      .join('\n');
  }
  return {
    refs: await git(directory, 'for-each-ref', '--format=%(refname) %(objectname) %(symref)'),
    shallow: await text('shallow'),
    config: await text('config'),
    reflogs,
    locks: (await readdir(gitdir, { recursive: true })).filter((name) => /\.lock$|tmp_/.test(name)),
    fsck: await git(directory, 'fsck', '--strict', '--no-dangling'),
    objects: (await git(directory, 'rev-list', '--objects', '--all')).split('\n').sort(),
  };
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof AppFailure) return error.error;
  throw error;
}

/** Azure DevOps and older servers; the suite of both engines fetches over version 2. */
describe('a fetch from a server without version 2 of the protocol', () => {
  beforeAll(() => {
    server.gate = (request) => {
      delete request.headers['git-protocol'];
      return false;
    };
  });
  afterAll(() => {
    server.gate = null;
  });

  it('does what git does with new, moved, forced and removed branches and with tags', async () => {
    const { bare, ours, theirs, commit, fetch } = await world();
    const old = await git(bare, 'rev-parse', 'feature/side');
    const main = await git(bare, 'rev-parse', 'main');
    const next = await commit('main', 'More');
    const forced = await commit('feature/side', 'Another way', 'main~3');
    const fresh = await commit('topic/a/b', 'A topic', 'main');
    await git(bare, 'tag', 'light', 'main');
    await git(bare, 'tag', '-a', '-m', 'Annotated', 'v2.0', 'topic/a/b');
    const { updated } = await fetch();
    await git(theirs, 'fetch', 'origin');
    expect(await state(ours)).toEqual(await state(theirs));
    const tag = await git(bare, 'rev-parse', 'v2.0');
    const byName = Object.fromEntries(updated.map((one) => [one.name, one]));
    expect(byName).toEqual({
      'origin/main': { name: 'origin/main', kind: 'branch', from: main, to: next, forced: false },
      'origin/feature/side': {
        name: 'origin/feature/side',
        kind: 'branch',
        from: old,
        to: forced,
        forced: true,
      },
      'origin/topic/a/b': { name: 'origin/topic/a/b', kind: 'branch', from: null, to: fresh, forced: false },
      light: { name: 'light', kind: 'tag', from: null, to: next, forced: false },
      'v2.0': { name: 'v2.0', kind: 'tag', from: null, to: tag, forced: false },
    });
    expect(await fetch()).toEqual({ updated: [] });
    await git(theirs, 'fetch', 'origin');
    expect(await state(ours)).toEqual(await state(theirs));

    await git(bare, 'update-ref', '-d', 'refs/heads/topic/a/b');
    await commit('topic', 'In the place of a folder', 'main');
    expect((await fetch({ prune: true })).updated).toContainEqual({
      name: 'origin/topic/a/b',
      kind: 'branch',
      from: fresh,
      to: null,
      forced: false,
    });
    await git(theirs, 'fetch', '--prune', 'origin');
    const [mine, gits] = [await state(ours), await state(theirs)];
    expect(mine['refs']).toEqual(gits['refs']);
    expect(mine['fsck']).toBe('');
  });

  it('deepens, and takes the rest of a history', async () => {
    const { ours, theirs, fetch, commit } = await world(['--depth=1', '--no-single-branch']);
    await commit('main', 'One');
    await commit('main', 'Two');
    await fetch();
    await git(theirs, 'fetch', 'origin');
    expect(await state(ours)).toEqual(await state(theirs));
    await fetch({ reach: { kind: 'deepen', by: 1 } });
    await git(theirs, 'fetch', '--deepen=1', 'origin');
    // What stands in reflogs is the command line, which is not the same.
    const without = (whole: Record<string, unknown>) => ({ ...whole, reflogs: null });
    expect(without(await state(ours))).toEqual(without(await state(theirs)));
    await fetch({ reach: { kind: 'unshallow' } });
    await git(theirs, 'fetch', '--unshallow', 'origin');
    expect(without(await state(ours))).toEqual(without(await state(theirs)));
    expect((await state(ours))['shallow']).toBe(null);
  });

  it('leaves out what was left out before', async () => {
    const { bare, ours, fetch, commit } = await world(['--filter=blob:none', '--no-checkout']);
    await commit('main', 'More');
    await fetch();
    expect(await git(ours, 'rev-parse', 'origin/main')).toBe(await git(bare, 'rev-parse', 'main'));
    expect(await git(ours, 'fsck')).toBe('');
    expect(await git(ours, 'rev-list', '--objects', '--all', '--missing=print')).toContain('?');
  });
});

describe('a fetch', () => {
  it('tells by rounds what is here, and gets only what is not', async () => {
    const { bare, ours, fetch, commit } = await world();
    // A long history of ours, which the server knows nothing of.
    let parent = await git(ours, 'rev-parse', 'main');
    const tree = await git(ours, 'rev-parse', 'main^{tree}');
    for (let index = 0; index < 60; index += 1)
      parent = await git(ours, 'commit-tree', '-p', parent, '-m', `Mine ${index}`, tree);
    await git(ours, 'update-ref', 'refs/heads/mine', parent);
    await git(ours, 'update-ref', '-d', 'refs/remotes/origin/main');
    await commit('main', 'Theirs');
    const before = await git(ours, 'count-objects', '-v');
    server.requests.length = 0;
    await fetch();
    const packs = /in-pack: (\d+)/;
    const size = (text: string) => Number(packs.exec(text)?.[1]);
    expect(size(await git(ours, 'count-objects', '-v')) - size(before)).toBe(1);
    expect(server.requests.filter(({ stage }) => stage === 'fetch').length).toBeLessThan(6);
    expect(await git(ours, 'rev-parse', 'origin/main')).toBe(await git(bare, 'rev-parse', 'main'));
  });

  it('takes many new branches and tags at once, as git sees it', async () => {
    const { bare, ours, theirs, fetch } = await world();
    const main = await git(bare, 'rev-parse', 'main');
    await git(bare, 'tag', '-a', '-m', 'Annotated', 'v2', 'main');
    const tag = await git(bare, 'rev-parse', 'v2');
    const names = Array.from({ length: 150 }, (_, index) => `many/${index % 7}/${index}`);
    await execa('git', ['update-ref', '--stdin'], {
      cwd: bare,
      env: gitEnvironment,
      extendEnv: false,
      input: names
        .map((name) => `create refs/heads/${name} ${main}\ncreate refs/tags/${name} ${tag}\n`)
        .join(''),
    });
    expect((await fetch()).updated).toHaveLength(301);
    await git(theirs, 'fetch', 'origin');
    expect(await state(ours)).toEqual(await state(theirs));
    const peeled = ['for-each-ref', '--format=%(refname) %(*objectname)'];
    expect(await git(ours, ...peeled)).toBe(await git(theirs, ...peeled));
    // A name that is a folder of others is refused, and nothing is written of the rest.
    await git(bare, 'update-ref', '-d', 'refs/heads/many/0/0');
    await git(bare, 'update-ref', 'refs/heads/many/0/0/below', main);
    for (let index = 0; index < 2; index += 1) await git(bare, 'branch', `more-${index}`, 'main');
    expect(await failure(fetch())).toMatchObject({ kind: 'git-failed' });
    await fetch({ prune: true });
    await git(theirs, 'fetch', '--prune', 'origin');
    expect((await state(ours))['refs']).toEqual((await state(theirs))['refs']);
  });

  it('says that the branch it follows is gone', async () => {
    const { bare, fetch } = await world(['--single-branch', '--branch=feature/side']);
    await git(bare, 'update-ref', '-d', 'refs/heads/feature/side');
    expect(await failure(fetch())).toEqual({ kind: 'branch-not-found', branch: 'feature/side' });
  });
});

describe('a push', () => {
  it('sends much in pieces, once the server knows who sends it', async () => {
    const { bare, ours, push, url } = await world();
    server.serve(url.slice(server.origin.length + 1).replace('.git', ''), {
      directory: bare,
      accepts: [{ kind: 'basic', username: 'ada', password: 'right' }],
    });
    await writeFile(path.join(ours, 'large.bin'), randomBytes(3_000_000));
    await git(ours, 'add', 'large.bin');
    await git(ours, 'commit', '--quiet', '-m', 'Large');
    const to = await git(ours, 'rev-parse', 'main');
    const credentials = recordedCredentials(server.origin, [
      { kind: 'password', username: 'ada', password: 'right' },
    ]);
    server.requests.length = 0;
    expect(await push({ credentials })).toMatchObject({ result: 'pushed', to });
    expect(await git(bare, 'fsck', '--strict')).toBe('');
    const posts = server.requests.filter(({ method }) => method === 'POST');
    expect(posts.map(({ headers }) => headers['transfer-encoding'])).toEqual([undefined, 'chunked']);
  });
});
