import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import { createIsomorphicEngine } from '../../electron/git/isomorphic/engine';
import { createGitFs } from '../../electron/git/isomorphic/fs';
import { createProgress } from '../../electron/git/isomorphic/progress';
import type { Progress } from '../../shared/contract/procedure';
import { AppFailure } from '../../shared/errors';
import { buildGitWorker } from '../fakes/git-worker';
import { fixedNetwork } from '../fakes/network';
import {
  git,
  makeBareRepository,
  makeRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';

let worker: Awaited<ReturnType<typeof buildGitWorker>>;
let engine: GitEngine;
let place: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  worker = await buildGitWorker();
  engine = createIsomorphicEngine(worker.file, fixedNetwork());
});
afterAll(() => worker.remove());
beforeEach(async () => {
  place = await temporaryDirectory();
});
afterEach(() => place.remove());

async function failure(promise: Promise<unknown>): Promise<AppFailure['error']> {
  const error: unknown = await promise.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppFailure);
  return (error as AppFailure).error;
}

const repository = () => makeRepository(path.join(place.path, 'repo'), smallHistory);

describe('reading a repository on disk', () => {
  it('lists commits in the order and with the words of git log', async () => {
    const directory = await repository();
    const { commits, more } = await engine.log(directory, { skip: 0, limit: 100 });
    const lines = (await git(directory, 'log', '--format=%H|%P|%s|%an|%ae|%at')).split('\n');
    expect(
      commits.map((one) =>
        [
          one.oid,
          one.parents.join(' '),
          one.subject,
          one.author.name,
          one.author.email,
          one.authoredAt / 1000,
        ].join('|'),
      ),
    ).toEqual(lines);
    expect(more).toBe(false);
    expect(commits.find((one) => one.subject === 'Add two')?.body).toBe('With a body of\ntwo lines.');
    expect(commits[0]?.refs).toEqual(expect.arrayContaining(['main', 'v1.0']));
    const page = await engine.log(directory, { skip: 1, limit: 2 });
    expect(page).toEqual({ commits: commits.slice(1, 3), more: true });
    const side = await engine.log(directory, { ref: 'feature/side', skip: 0, limit: 1 });
    expect(side.commits[0]?.subject).toBe('Work on the side');
    expect(await failure(engine.log(directory, { ref: 'nowhere', skip: 0, limit: 1 }))).toEqual({
      kind: 'branch-not-found',
      branch: 'nowhere',
    });
  });

  it('ends where a shallow history ends', async () => {
    const source = await repository();
    const directory = path.join(place.path, 'shallow');
    await git(place.path, 'clone', '--quiet', '--depth=2', `file://${source}`, directory);
    expect(await engine.overview(directory)).toMatchObject({ shallow: true });
    const { commits } = await engine.log(directory, { skip: 0, limit: 100 });
    expect(commits.map((one) => one.oid)).toEqual((await git(directory, 'log', '--format=%H')).split('\n'));
  });

  it('decorates the commit behind an annotated tag', async () => {
    const directory = await repository();
    await git(directory, 'tag', '-a', '-m', 'Two', 'v2.0', 'feature/side');
    const { commits } = await engine.log(directory, { ref: 'feature/side', skip: 0, limit: 1 });
    expect(commits[0]?.refs).toEqual(['v2.0', 'feature/side']);
  });

  it('lists branches with their upstreams, packed or not', async () => {
    const source = await repository();
    const directory = path.join(place.path, 'clone');
    await git(place.path, 'clone', '--quiet', source, directory);
    await git(directory, 'branch', 'alone');
    await git(directory, 'pack-refs', '--all');
    const oid = await git(directory, 'rev-parse', 'main');
    const branches = await engine.branches(directory);
    expect(branches).toContainEqual({
      name: 'main',
      remote: false,
      current: true,
      oid,
      upstream: 'origin/main',
      ahead: 0,
      behind: 0,
    });
    expect(branches).toContainEqual({
      name: 'alone',
      remote: false,
      current: false,
      oid,
      upstream: null,
      ahead: null,
      behind: null,
    });
    expect(branches.filter((one) => one.remote).map((one) => one.name)).toEqual([
      'origin/feature/side',
      'origin/main',
    ]);
  });

  it('shows remotes without the secrets others left in them', async () => {
    const directory = await repository();
    await git(directory, 'remote', 'add', 'origin', 'https://ada:s3cr3t-canary@host.test/a/b.git');
    await git(directory, 'config', 'remote.origin.pushurl', 'git@host.test:a/b.git');
    expect((await engine.overview(directory)).remotes).toEqual([
      { name: 'origin', url: 'https://host.test/a/b.git', pushUrl: 'git@host.test:a/b.git' },
    ]);
  });

  it.runIf(process.platform === 'linux')('does not wait for a pipe in the place of a file', async () => {
    const refusals: Record<string, AppFailure['error']['kind']> = {
      config: 'git-failed',
      HEAD: 'not-a-repository',
    };
    for (const name of ['config', 'shallow', 'packed-refs', 'refs/heads/pipe', 'HEAD']) {
      const directory = await makeRepository(path.join(place.path, path.basename(name)), smallHistory);
      const file = path.join(directory, '.git', name);
      await rm(file, { force: true });
      await execa('mkfifo', [file]);
      const refusal = refusals[name];
      if (refusal === undefined)
        expect(await engine.overview(directory)).toMatchObject({ shallow: false, remotes: [] });
      else expect((await failure(engine.overview(directory))).kind).toBe(refusal);
      await engine.branches(directory).catch(() => undefined);
      await engine.log(directory, { skip: 0, limit: 1 }).catch(() => undefined);
    }
  });

  it('takes bare, empty and detached repositories', async () => {
    const bare = await makeBareRepository(path.join(place.path, 'bare.git'), smallHistory);
    expect(await engine.overview(bare)).toMatchObject({
      bare: true,
      head: { state: 'branch', branch: 'main' },
    });
    expect((await engine.log(bare, { skip: 0, limit: 100 })).commits).toHaveLength(5);
    const empty = await makeRepository(path.join(place.path, 'empty'), { branch: 'trunk' });
    expect(await engine.overview(empty)).toMatchObject({ head: { state: 'unborn', branch: 'trunk' } });
    expect(await engine.branches(empty)).toEqual([]);
    const directory = await repository();
    await git(directory, 'checkout', '--quiet', '--detach');
    expect((await engine.overview(directory)).head).toEqual({
      state: 'detached',
      oid: await git(directory, 'rev-parse', 'HEAD'),
    });
  });

  it('runs nothing the repository names, and changes nothing', async () => {
    const directory = await repository();
    const mark = path.join(place.path, 'mark');
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'diff.external',
      'filter.x.clean',
      'filter.x.process',
    ])
      await git(directory, 'config', key, `touch ${mark}`);
    await writeFile(path.join(directory, '.gitattributes'), '* filter=x diff=x\n');
    const digest = async () =>
      createHash('sha1')
        .update(await readFile(path.join(directory, '.git/index')))
        .digest('hex');
    const before = await digest();
    await engine.overview(directory);
    await engine.branches(directory);
    await engine.log(directory, { skip: 0, limit: 10 });
    await expect(stat(mark)).rejects.toThrow();
    expect(await digest()).toBe(before);
  });
});

describe('finding the repository of a path', () => {
  it('goes up to the folder that holds .git', async () => {
    const directory = await repository();
    expect(await engine.discover(path.join(directory, 'src'))).toBe(directory);
    expect(await engine.discover(path.join(directory, 'src/one.txt'))).toBe(directory);
    expect(await engine.discover(path.join(directory, '.git'))).toBe(directory);
    const bare = await makeBareRepository(path.join(place.path, 'bare.git'), smallHistory);
    expect(await engine.discover(bare)).toBe(bare);
  });

  it('does not take a bare repository somebody put into a folder for the folder around it', async () => {
    const directory = await repository();
    await makeBareRepository(path.join(directory, 'inner'), smallHistory);
    expect(await engine.discover(path.join(directory, 'inner/objects'))).toBe(directory);
  });

  it('says what is no repository and what is not there', async () => {
    await mkdir(path.join(place.path, 'plain'));
    expect(await failure(engine.discover(path.join(place.path, 'plain')))).toMatchObject({
      kind: 'not-a-repository',
    });
    expect(await failure(engine.discover(path.join(place.path, 'gone')))).toMatchObject({
      kind: 'path-not-found',
    });
    expect(await failure(engine.overview(path.join(place.path, 'plain')))).toMatchObject({
      kind: 'not-a-repository',
    });
  });

  it('says which kinds of repository need git itself', async () => {
    const directory = await repository();
    const linked = path.join(place.path, 'linked');
    await git(directory, 'worktree', 'add', '--quiet', linked, 'feature/side');
    expect(await engine.discover(linked)).toBe(linked);
    expect(await failure(engine.overview(linked))).toMatchObject({
      kind: 'unsupported',
      what: 'opening a linked working tree',
    });
    const sha256 = path.join(place.path, 'sha256');
    await git(place.path, 'init', '--quiet', '--object-format=sha256', sha256);
    expect(await failure(engine.overview(sha256))).toMatchObject({ kind: 'unsupported' });
    await git(directory, 'config', 'core.repositoryFormatVersion', '1');
    await git(directory, 'config', 'extensions.worktreeConfig', 'false');
    expect(await engine.overview(directory)).toMatchObject({ bare: false });
    await git(directory, 'config', '--file', '.git/config', 'extensions.ofTomorrow', 'true');
    expect(await failure(engine.overview(directory))).toMatchObject({
      kind: 'unsupported',
      what: 'opening a repository with the extension oftomorrow',
    });
    await git(directory, 'config', '--file', '.git/config', 'core.repositoryFormatVersion', '2');
    expect(await failure(engine.overview(directory))).toMatchObject({
      kind: 'unsupported',
      what: 'opening a repository of the format 2',
    });
  });
});

describe('the file system of the engine', () => {
  it('takes git lock files, replaces whole files and leaves no other', async () => {
    const directory = await repository();
    const fs = createGitFs(directory).promises;
    const head = path.join(directory, '.git/HEAD');
    await writeFile(`${head}.lock`, '');
    expect(await failure(fs.writeFile(head, 'ref: refs/heads/other\n'))).toEqual({
      kind: 'repository-busy',
      path: `${head}.lock`,
    });
    expect(await readFile(head, 'utf8')).toBe('ref: refs/heads/main\n');
    const index = path.join(directory, '.git/index');
    const inode = (await stat(index)).ino;
    await fs.writeFile(index, await readFile(index));
    expect((await stat(index)).ino).not.toBe(inode);
    expect(
      (await readdir(path.join(directory, '.git'))).filter((name) => /\.(lock|tmp)$/.test(name)),
    ).toEqual(['HEAD.lock']);
  });

  it('leaves the old file when the new one cannot be written', async () => {
    const directory = await repository();
    const fs = createGitFs(directory).promises;
    const config = path.join(directory, '.git/config');
    const before = await readFile(config, 'utf8');
    await expect(fs.writeFile(config, { cut: true } as unknown as string)).rejects.toThrow();
    expect(await readFile(config, 'utf8')).toBe(before);
    expect(await readdir(path.join(directory, '.git'))).not.toContain('config.lock');
  });

  it('writes nothing outside its folder', async () => {
    const directory = await repository();
    const fs = createGitFs(directory).promises;
    const outside = path.join(place.path, 'outside');
    for (const attempt of [
      fs.writeFile(path.join(directory, '../outside'), 'x'),
      fs.mkdir(outside),
      fs.symlink('x', outside),
      fs.unlink(path.join(directory, '../repo2/x')),
    ])
      expect(await failure(attempt)).toMatchObject({ kind: 'git-failed' });
    expect(await readdir(place.path)).toEqual(['repo']);
    await symlink('README.md', path.join(directory, 'link'));
    expect(await fs.readlink(path.join(directory, 'link'))).toBe('README.md');
  });
});

describe('progress', () => {
  it('never goes back and comes at most ten times a second', () => {
    let now = 0;
    const seen: Progress[] = [];
    const report = createProgress(
      (progress) => seen.push(progress),
      () => now,
    );
    for (let step = 0; step < 1000; step += 1) {
      now += 7;
      report('Receiving objects', step / 1000);
    }
    now += 200;
    report('Counting objects', 1);
    now += 200;
    report('Checking out files', 0.5);
    expect(seen.length).toBeLessThanOrEqual(72);
    const fractions = seen.map((one) => one.fraction ?? -1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ phase: 'Checking out files' });
    expect(seen.map((one) => one.phase)).not.toContain('Counting objects');
  });
});
