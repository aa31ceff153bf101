import { existsSync, readdirSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import {
  type ClonePlan,
  everything,
  type FetchRequest,
  type PushRequest,
  type RemoteTransfer,
  type WantedContents,
} from '../../electron/git/operations/transfer';
import type { Progress } from '../../shared/contract/procedure';
import { abilities } from '../../shared/engine-abilities';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { createLfsHandler, lfsPointer, oidOf } from '../fakes/lfs-server';
import {
  git,
  largeHistory,
  makeBareRepository,
  smallHistory,
  temporaryDirectory,
} from '../fakes/repositories';
import { onPath } from '../tools/chromium.mjs';
import { recordedCredentials } from './operation';

const withLfs = onPath('git-lfs') !== null;
if (!withLfs) console.log('git-lfs is not installed: pushes of large files are not tested.');

/** An engine that works with remotes. `directory` is its own scratch folder. */
export interface TransferFactory {
  name: GitEngine['id'];
  program?: string;
  /** What the table of abilities denies may be missing. */
  create(directory: string): Promise<{
    engine: GitEngine & Omit<RemoteTransfer, 'needs' | 'fetchContents'> & Partial<RemoteTransfer>;
    close(): Promise<void>;
  }>;
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

/** Fetch and push, each compared with what git itself does in a copy of the same repository. */
export function transferSuite(factory: TransferFactory): void {
  describe(`transfers of the ${factory.name} engine${factory.program ? ` with ${factory.program}` : ''}`, () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let server: GitHttpServer;
    let made: Awaited<ReturnType<TransferFactory['create']>>;
    const at = (...parts: string[]) => path.join(temporary.path, ...parts);
    let count = 0;
    /** The repository of the server, and its address; another one for each test. */
    let bare: string;
    let url: string;

    beforeAll(async () => {
      temporary = await temporaryDirectory();
      vi.stubEnv('HOME', temporary.path);
      vi.stubEnv('XDG_CONFIG_HOME', temporary.path);
      vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
      vi.stubEnv('GIT_CONFIG_GLOBAL', process.platform === 'win32' ? 'NUL' : '/dev/null');
      server = await startGitHttpServer();
      await makeBareRepository(at('model.git'), smallHistory);
      made = await factory.create(at('engine'));
    });
    afterAll(async () => {
      await made.close();
      await server.close();
      await temporary.remove();
      vi.unstubAllEnvs();
    });
    beforeEach(async () => {
      count += 1;
      bare = at(`server-${count}.git`);
      await cp(at('model.git'), bare, { recursive: true });
      url = server.serve(`team/repository-${count}`, { directory: bare });
    });
    afterEach(() => {
      server.fault = null;
      server.requests.length = 0;
    });

    const signal = () => new AbortController().signal;
    /** A clone by git, and a copy of it in which git does what the engine does. */
    const pair = async (...options: string[]) => {
      const [directory, oracle] = [at(`ours-${count}`), at(`oracle-${count}`)];
      await git(at(), 'clone', '--quiet', '--template=', ...options, url, directory);
      await cp(directory, oracle, { recursive: true });
      return { directory, oracle };
    };
    /** A commit on a branch of the server. */
    const commitOn = async (branch: string, file: string, content: string, parent = branch) => {
      const work = at(`work-${count}`);
      if (!existsSync(work)) await git(at(), 'clone', '--quiet', '--template=', bare, work);
      await git(work, 'fetch', '--quiet', '--prune', 'origin');
      await git(work, 'checkout', '--quiet', '--detach', `origin/${parent}`);
      await writeFile(path.join(work, file), content);
      await git(work, 'add', file);
      await git(work, 'commit', '--quiet', '-m', `Change ${file}`);
      await git(work, 'push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`);
      return git(work, 'rev-parse', 'HEAD');
    };
    const stateOf = async (directory: string) => ({
      objects: await git(directory, 'cat-file', '--batch-all-objects', '--batch-check'),
      refs: await git(directory, 'for-each-ref'),
      shallow: (await readFile(path.join(directory, '.git/shallow'), 'utf8').catch(() => ''))
        .split('\n')
        .sort(),
      configuration: (await git(directory, 'config', '--list')).split('\n').sort(),
      status: await git(directory, 'status', '--porcelain'),
    });
    // A loose object of a git that had to be killed is git's own to prune: it may as well be another program's.
    const leftover =
      factory.name === 'system' ? /\.lock$|tmp_(?!obj_)|FETCH_HEAD$/ : /\.lock$|tmp_|FETCH_HEAD$/;
    const leftovers = (directory: string) =>
      readdirSync(path.join(directory, '.git'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        leftover.test(name),
      );
    const fetch = (
      directory: string,
      more: Partial<FetchRequest> = {},
      running: { signal?: AbortSignal; progress?: (progress: Progress) => void } = {},
    ) =>
      made.engine.fetch(
        {
          directory,
          remote: 'origin',
          url: requireRemoteUrl(url),
          credentials: recordedCredentials(server.origin),
          prune: false,
          reach: null,
          ...more,
        },
        { signal: signal(), ...running },
      );

    describe('fetch', () => {
      it('brings what is new, as git does, and says what changed', async () => {
        await git(bare, 'branch', 'gone', 'main');
        const { directory, oracle } = await pair();
        const before = await git(directory, 'rev-parse', 'main');
        const side = await git(directory, 'rev-parse', 'origin/feature/side');
        const main = await commitOn('main', 'new.txt', 'new\n');
        const topic = await commitOn('topic', 'topic.txt', 'topic\n', 'main');
        const forced = await commitOn('feature/side', 'other.txt', 'other\n', 'main');
        await git(bare, 'branch', '-f', 'feature/side', `${forced}~1`);
        await git(bare, 'tag', '-a', 'v2', '-m', 'Two', main);
        await git(bare, 'branch', '-D', 'gone');
        const tag = await git(bare, 'rev-parse', 'v2');
        const seen: Progress[] = [];
        const { updated } = await fetch(directory, {}, { progress: (progress) => seen.push(progress) });
        expect(updated).toEqual([
          { name: 'origin/feature/side', kind: 'branch', from: side, to: main, forced: false },
          { name: 'origin/main', kind: 'branch', from: before, to: main, forced: false },
          { name: 'origin/topic', kind: 'branch', from: null, to: topic, forced: false },
          { name: 'v2', kind: 'tag', from: null, to: tag, forced: false },
        ]);
        await git(oracle, 'fetch', '--quiet', '--no-write-fetch-head');
        expect(await stateOf(directory)).toEqual(await stateOf(oracle));
        expect(await git(directory, 'fsck', '--strict')).toBe('');
        expect(leftovers(directory)).toEqual([]);
        const fractions = seen.flatMap(({ fraction }) => fraction ?? []);
        expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
        expect(fractions.at(-1)).toBe(1);
        expect((await fetch(directory)).updated).toEqual([]);
      });

      it('says that a branch was moved to another history', async () => {
        const { directory } = await pair();
        const from = await git(directory, 'rev-parse', 'origin/feature/side');
        const to = await commitOn('feature/side', 'other.txt', 'other\n', 'main');
        await git(bare, 'branch', '-f', 'feature/side', 'main~2');
        const moved = await git(bare, 'rev-parse', 'main~2');
        expect(to).not.toBe(moved);
        expect((await fetch(directory)).updated).toEqual([
          { name: 'origin/feature/side', kind: 'branch', from, to: moved, forced: true },
        ]);
      });

      it('forgets by choice what is gone on the server, also where it is in the way', async () => {
        await git(bare, 'branch', 'topic', 'main');
        await git(bare, 'branch', 'gone', 'main');
        const { directory, oracle } = await pair();
        const oid = await git(directory, 'rev-parse', 'origin/main');
        await git(bare, 'branch', '-D', 'gone');
        expect((await fetch(directory)).updated).toEqual([]);
        expect((await fetch(directory, { prune: true })).updated).toEqual([
          { name: 'origin/gone', kind: 'branch', from: oid, to: null, forced: false },
        ]);
        await git(bare, 'branch', '-D', 'topic');
        await git(bare, 'branch', 'topic/deeper', 'main');
        expect((await fetch(directory, { prune: true })).updated).toEqual([
          { name: 'origin/topic', kind: 'branch', from: oid, to: null, forced: false },
          { name: 'origin/topic/deeper', kind: 'branch', from: null, to: oid, forced: false },
        ]);
        await git(oracle, 'fetch', '--quiet', '--prune', '--no-write-fetch-head');
        expect(await stateOf(directory)).toEqual(await stateOf(oracle));
      });

      it('keeps a tag the server moved', async () => {
        const { directory } = await pair();
        await git(directory, 'config', 'remote.origin.tagOpt', '--tags');
        const kept = await git(directory, 'rev-parse', 'v1.0');
        await git(bare, 'tag', '-f', 'v1.0', 'main~1');
        await git(bare, 'tag', 'v9', 'main');
        expect((await fetch(directory)).updated.map(({ name }) => name)).toEqual(['v9']);
        expect(await git(directory, 'rev-parse', 'v1.0')).toBe(kept);
      });

      it.each([
        { name: 'deepens', reach: { kind: 'deepen', by: 1 } as const, option: '--deepen=1' },
        { name: 'completes', reach: { kind: 'unshallow' } as const, option: '--unshallow' },
      ])('$name a shallow clone', async ({ reach, option }) => {
        const { directory, oracle } = await pair('--depth=1', '--no-single-branch');
        await fetch(directory, { reach });
        await git(oracle, 'fetch', '--quiet', '--no-write-fetch-head', option);
        expect(await stateOf(directory)).toEqual(await stateOf(oracle));
        expect(await git(directory, 'fsck', '--strict')).toBe('');
        // Nothing to do in a whole one, and no shallow one is made of it.
        await fetch(directory, { reach: { kind: 'unshallow' } });
        await fetch(directory, { reach: { kind: 'deepen', by: 100 } });
        expect(existsSync(path.join(directory, '.git/shallow'))).toBe(false);
      });

      it('widens a clone of one branch to all of them, from then on', async () => {
        const { directory, oracle } = await pair('--single-branch');
        const { updated } = await fetch(directory, { reach: { kind: 'all-branches' } });
        expect(updated.map(({ name }) => name)).toEqual(['origin/feature/side']);
        await git(oracle, 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
        await git(oracle, 'fetch', '--quiet', '--no-write-fetch-head');
        expect(await stateOf(directory)).toEqual(await stateOf(oracle));
        await git(bare, 'branch', 'later', 'main');
        expect((await fetch(directory)).updated.map(({ name }) => name)).toEqual(['origin/later']);
      });

      it('contacts the given address alone and runs nothing, whatever the configuration says', async () => {
        const { directory } = await pair();
        const evil = await startGitHttpServer();
        const marker = at(`marker-${count}`);
        const command = `touch '${marker}'`;
        const hook = path.join(directory, '.git/hooks/reference-transaction');
        await mkdir(path.dirname(hook), { recursive: true });
        await writeFile(hook, `#!/bin/sh\n${command}\n`);
        await chmod(hook, 0o755);
        try {
          for (const [key, value] of [
            [`url.${evil.origin}/.insteadOf`, `${server.origin}/`],
            [`url.${evil.origin}/whole.insteadOf`, url],
            [`url.${evil.origin}/any.insteadOf`, 'polyforge-'],
            ['remote.origin.uploadpack', command],
            ['remote.origin.vcs', 'ext'],
            ['remote.origin.proxy', evil.origin],
            ['remote.origin.pushurl', `${evil.origin}/x`],
            ['core.sshCommand', command],
            ['core.gitProxy', command],
            ['credential.helper', `!${command}; echo`],
            [`credential.${server.origin}.helper`, `!${command}; echo`],
            ['core.askPass', command],
            ['fetch.bundleURI', `${evil.origin}/bundle`],
            ['fetch.recurseSubmodules', 'yes'],
            ['gc.auto', '1'],
            ['core.hooksPath', path.dirname(hook)],
          ] as const)
            await git(directory, 'config', key, value);
          const main = await commitOn('main', 'new.txt', 'new\n');
          const accepts = [{ kind: 'basic' as const, username: 'ada', password: 'right' }];
          url = server.serve(`team/repository-${count}`, { directory: bare, accepts });
          const credentials = recordedCredentials(server.origin, [
            { kind: 'password', username: 'ada', password: 'right' },
          ]);
          const { updated } = await fetch(directory, { credentials, prune: true });
          expect(updated).toMatchObject([{ name: 'origin/main', to: main }]);
          expect(existsSync(marker)).toBe(false);
          expect([...evil.requests, ...evil.others]).toEqual([]);
        } finally {
          await evil.close();
        }
      });

      it('names a remote that is not there', async () => {
        const { directory } = await pair();
        expect(await failureOf(fetch(directory, { remote: 'nowhere' }))).toMatchObject({
          kind: 'invalid-input',
          field: 'remote',
        });
      });

      describe('of much', () => {
        beforeEach(async () => {
          await makeBareRepository(at(`much-${count}.git`), largeHistory(400_000));
        });
        /** A clone in which a large history is new, and the server's refs it would forget. */
        const behind = async () => {
          await git(bare, 'branch', 'gone', 'main');
          const { directory } = await pair();
          await git(bare, 'branch', '-D', 'gone');
          await git(bare, 'fetch', '--quiet', at(`much-${count}.git`), 'main:much');
          return { directory, before: await shownOf(directory) };
        };
        /** Objects of a few that came may stay, as loose ones git writes them one by one. */
        const shownOf = async (directory: string) => ({ ...(await stateOf(directory)), objects: '' });

        it('leaves everything as it was when it is cut', async () => {
          const { directory, before } = await behind();
          for (const cutAfter of [0, 30, 500, 150_000, -1]) {
            server.fault = { stage: 'fetch', cutAfter };
            const failure = await failureOf(fetch(directory, { prune: true }));
            expect(['transfer-incomplete', 'host-unreachable']).toContain(failure.kind);
            expect(await shownOf(directory)).toEqual(before);
          }
          server.fault = { stage: 'ls-refs', cutAfter: 100 };
          await failureOf(fetch(directory, { prune: true }));
          expect(await shownOf(directory)).toEqual(before);
          expect(leftovers(directory)).toEqual([]);
          expect(await git(directory, 'fsck', '--strict', '--no-dangling')).toBe('');
        });

        it('leaves everything as it was when it is cancelled', async () => {
          const { directory, before } = await behind();
          server.fault = { stage: 'fetch', stallAfter: 200_000 };
          const controller = new AbortController();
          const work = failureOf(fetch(directory, { prune: true }, { signal: controller.signal }));
          await server.stalled();
          controller.abort();
          expect(await work).toEqual({ kind: 'cancelled' });
          expect(await shownOf(directory)).toEqual(before);
          expect(leftovers(directory)).toEqual([]);
        });
      });
    });

    describe('a partial clone', () => {
      const clonePartly = async (plan: Partial<ClonePlan> = {}) => {
        const directory = at(`partial-${count}`);
        await cloneGuarded(
          made.engine,
          {
            url: requireRemoteUrl(url),
            directory,
            branch: null,
            plan: { ...everything, filter: { kind: 'blobs' }, ...plan },
            credentials: recordedCredentials(server.origin),
          },
          { signal: signal() },
        );
        return directory;
      };
      const contents = (directory: string, wanted: WantedContents) =>
        made.engine.fetchContents?.(
          {
            directory,
            remote: 'origin',
            url: requireRemoteUrl(url),
            credentials: recordedCredentials(server.origin),
            wanted,
          },
          { signal: signal() },
        );
      const missing = async (directory: string, ...revisions: string[]) =>
        (await git(directory, 'rev-list', '--objects', '--missing=print', ...revisions))
          .split('\n')
          .filter((line) => line.startsWith('?'));

      it('fetches the contents something needs, once, and no others', async () => {
        await commitOn('main', 'README.md', 'changed\n');
        await commitOn('main', 'README.md', 'changed again\n');
        const directory = await clonePartly();
        server.requests.length = 0;
        expect(
          await contents(directory, { kind: 'changes', from: 'HEAD~1', to: 'HEAD', paths: null }),
        ).toEqual({ objects: 1 });
        expect(server.requests.length).toBeGreaterThan(0);
        server.requests.length = 0;
        for (const paths of [null, ['README.md'], ['src']])
          expect(await contents(directory, { kind: 'changes', from: 'HEAD~1', to: 'HEAD', paths })).toEqual({
            objects: 0,
          });
        expect(server.requests).toEqual([]);
        expect(await contents(directory, { kind: 'history', ref: 'HEAD', path: 'README.md' })).toEqual({
          objects: 1,
        });
        expect(await contents(directory, { kind: 'checkout', ref: 'origin/feature/side' })).toEqual({
          objects: 0,
        });
        expect(await missing(directory, '--all')).toEqual([]);
        const [configuration, oracle] = [
          await git(directory, 'config', '--list'),
          at(`partial-oracle-${count}`),
        ];
        await git(at(), 'clone', '--quiet', '--template=', '--filter=blob:none', url, oracle);
        expect(configuration).toBe(await git(oracle, 'config', '--list'));
        expect(readdirSync(path.join(directory, '.git/objects/pack')).join()).toContain('.promisor');
      });

      it('fetches for a checkout only what its folders hold', async () => {
        const then = await git(bare, 'rev-parse', 'main');
        for (const file of ['README.md', 'src/two.txt', 'docs.txt'])
          await commitOn('main', file, `${file} changed\n`);
        await git(bare, 'branch', 'next', 'main');
        await git(bare, 'branch', '-f', 'main', then);
        const directory = await clonePartly({ sparse: [] });
        expect(await contents(directory, { kind: 'checkout', ref: 'origin/next' })).toEqual({ objects: 2 });
        const blob = await git(directory, 'rev-parse', 'origin/next:src/two.txt');
        expect(await missing(directory, '--no-walk', 'origin/next')).toContain(`?${blob}`);
        expect(await contents(directory, { kind: 'objects', oids: [blob, 'HEAD', '--all'] })).toEqual({
          objects: 1,
        });
      });

      it('stays one in a fetch', async () => {
        const directory = await clonePartly();
        await commitOn('main', 'README.md', 'changed\n');
        expect((await fetch(directory)).updated).toMatchObject([{ name: 'origin/main' }]);
        const blob = await git(bare, 'rev-parse', 'main:README.md');
        expect(await missing(directory, '--all')).toContain(`?${blob}`);
      });
    });

    describe('push', () => {
      const push = (
        directory: string,
        more: Partial<PushRequest> = {},
        running: { signal?: AbortSignal; progress?: (progress: Progress) => void } = {},
      ) =>
        made.engine.push(
          {
            directory,
            remote: 'origin',
            url: requireRemoteUrl(url),
            credentials: recordedCredentials(server.origin),
            branch: 'main',
            to: 'main',
            setUpstream: false,
            lease: null,
            ...more,
          },
          { signal: signal(), ...running },
        );
      const remoteRef = (branch: string) =>
        made.engine.remoteRef(
          { url: requireRemoteUrl(url), branch, credentials: recordedCredentials(server.origin) },
          { signal: signal() },
        );
      const commit = async (directory: string, content: string, ...options: string[]) => {
        await writeFile(path.join(directory, 'mine.txt'), content);
        await git(directory, 'add', 'mine.txt');
        await git(directory, 'commit', '--quiet', '-m', `Write ${content}`, ...options);
        return git(directory, 'rev-parse', 'HEAD');
      };
      /** A clone with a commit of its own, and the same in the oracle's. */
      const ahead = async () => {
        const { directory, oracle } = await pair();
        const from = await git(directory, 'rev-parse', 'HEAD');
        const to = await commit(directory, 'mine');
        await git(oracle, 'pull', '--quiet', '--no-rebase', directory, 'main');
        await git(oracle, 'update-ref', '-d', 'ORIG_HEAD');
        return { directory, oracle, from, to };
      };
      const hook = async (name: string, text: string) => {
        await mkdir(path.join(bare, 'hooks'), { recursive: true });
        await writeFile(path.join(bare, 'hooks', name), `#!/bin/sh\n${text}\n`);
        await chmod(path.join(bare, 'hooks', name), 0o755);
      };
      const onServer = (branch: string) => git(bare, 'rev-parse', `refs/heads/${branch}`);

      it('sends a branch as git does, and says from what to what', async () => {
        const { directory, oracle, from, to } = await ahead();
        const marker = at(`marker-${count}`);
        const own = path.join(directory, '.git/hooks/pre-push');
        await mkdir(path.dirname(own), { recursive: true });
        await writeFile(own, `#!/bin/sh\ntouch '${marker}'\n`);
        await chmod(own, 0o755);
        const seen: Progress[] = [];
        expect(await push(directory, {}, { progress: (progress) => seen.push(progress) })).toEqual({
          result: 'pushed',
          from,
          to,
        });
        expect(await onServer('main')).toBe(to);
        await git(bare, 'update-ref', 'refs/heads/main', from);
        await git(oracle, 'push', '--quiet', 'origin', 'main');
        expect(await stateOf(directory)).toEqual(await stateOf(oracle));
        expect(await push(directory)).toEqual({ result: 'up-to-date' });
        expect(existsSync(marker)).toBe(false);
        const fractions = seen.flatMap(({ fraction }) => fraction ?? []);
        expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
        expect(fractions.at(-1)).toBe(1);
      });

      it('makes a branch of another name, and follows it by choice', async () => {
        const { directory, oracle, to } = await ahead();
        expect(await push(directory, { to: 'topic/new', setUpstream: true })).toEqual({
          result: 'pushed',
          from: null,
          to,
        });
        await git(bare, 'branch', '-D', 'topic/new');
        await git(oracle, 'push', '--quiet', '-u', 'origin', 'main:topic/new');
        expect(await stateOf(directory)).toEqual(await stateOf(oracle));
        expect(await remoteRef('topic/new')).toBe(to);
        expect(await remoteRef('new')).toBeNull();
        expect(await remoteRef('topic')).toBeNull();
      });

      it('keeps commits of the server that are not here', async () => {
        const { directory } = await ahead();
        const theirs = await commitOn('main', 'theirs.txt', 'theirs\n');
        expect(await push(directory)).toMatchObject({ result: 'rejected', reason: 'behind' });
        await fetch(directory);
        expect(await push(directory)).toMatchObject({ result: 'rejected', reason: 'behind' });
        expect(await onServer('main')).toBe(theirs);
      });

      it('overwrites with the right lease only', async () => {
        const { directory, to } = await ahead();
        await push(directory);
        const rewritten = await commit(directory, 'other', '--amend');
        const theirs = await commitOn('main', 'theirs.txt', 'theirs\n');
        expect(await push(directory, { lease: to })).toMatchObject({
          result: 'rejected',
          reason: 'stale-lease',
        });
        expect(await onServer('main')).toBe(theirs);
        expect(await push(directory, { lease: theirs })).toEqual({
          result: 'pushed',
          from: theirs,
          to: rewritten,
        });
        expect(await failureOf(push(directory, { lease: 'main' }))).toMatchObject({
          kind: 'invalid-input',
          field: 'lease',
        });
      });

      it.each([
        [
          'echo "Commit messages need a number."; printf "\\033[31mno\\033[0m\\n"',
          'hook',
          'Commit messages need a number.',
        ],
        [
          'echo "GitLab: You are not allowed to push code to protected branches on this project."',
          'protected',
          'GitLab',
        ],
        ['echo "error: GH006: Protected branch update failed for refs/heads/main."', 'protected', 'GH006'],
        ['echo "TF401027: You need the Git \'GenericContribute\' permission."', 'no-permission', 'TF401027'],
      ])('tells the words of a server that refuses: %s', async (text, reason, words) => {
        const { directory, from } = await ahead();
        await hook('pre-receive', `{ ${text}; } >&2; exit 1`);
        const result = await push(directory);
        expect(result).toMatchObject({ result: 'rejected', reason });
        const detail = result.result === 'rejected' ? result.detail : '';
        expect(detail).toContain(words);
        expect(detail).not.toMatch(/\u001b/);
        expect(await onServer('main')).toBe(from);
      });

      it('says who may not write', async () => {
        const { directory, from } = await ahead();
        server.repositories.set(`team/repository-${count}`, {
          directory: bare,
          fault: { status: 403, body: 'Write access to repository not granted.\n' },
        });
        expect(await push(directory)).toMatchObject({ result: 'rejected', reason: 'no-permission' });
        expect(await onServer('main')).toBe(from);
      });

      it('asks the broker, and goes on with the better answer', async () => {
        const { directory, from, to } = await ahead();
        const accepts = [{ kind: 'basic' as const, username: 'ada', password: 'right' }];
        server.serve(`team/repository-${count}`, { directory: bare, accepts });
        const answer = (password: string) => ({ kind: 'password' as const, username: 'ada', password });
        const credentials = recordedCredentials(server.origin, [answer('wrong'), answer('right')]);
        expect(await push(directory, { credentials })).toEqual({ result: 'pushed', from, to });
        expect([...new Set(credentials.events)]).toEqual(['reject', 'approve']);
      });

      it.each(['absent', '-x', 'a..b'])(
        'names a branch that is not there or cannot be: %s',
        async (branch) => {
          const { directory } = await pair();
          expect((await failureOf(push(directory, { branch }))).kind).toMatch(
            /^(branch-not-found|invalid-input)$/,
          );
        },
      );

      it.runIf(withLfs && abilities.lfs[factory.name] === true)(
        'sends large files before the commits that name them',
        async () => {
          const files = createLfsHandler();
          server.gate = (request, response) => files.handle(request, response);
          const large = Buffer.from('a large file\n'.repeat(500));
          const objects = new Map([[oidOf(large), large]]);
          files.repositories.set(`team/repository-${count}`, { objects });
          try {
            const { directory } = await pair();
            await writeFile(path.join(directory, '.gitattributes'), '*.bin filter=lfs -text\n');
            await git(directory, 'add', '.gitattributes');
            await git(directory, 'commit', '--quiet', '-m', 'Keep large files apart');
            expect(await push(directory)).toMatchObject({ result: 'pushed' });
            expect(files.requests.filter(({ path: at }) => at.includes('objects'))).toEqual([]);
            const more = Buffer.from('another large file\n'.repeat(500));
            const lfs = ['-c', 'filter.lfs.clean=git-lfs clean -- %f', '-c', 'core.hooksPath=/dev/null'];
            await writeFile(path.join(directory, 'large.bin'), more);
            await git(directory, ...lfs, 'add', 'large.bin');
            await git(directory, ...lfs, 'commit', '--quiet', '-m', 'Add a large file');
            expect(await push(directory)).toMatchObject({ result: 'pushed' });
            expect(objects.get(oidOf(more))?.equals(more)).toBe(true);
            expect(await git(bare, 'show', 'main:large.bin')).toBe(lfsPointer(more).trimEnd());
          } finally {
            server.gate = null;
          }
        },
      );

      it('never takes a cut answer for success, and says that the outcome is not known', async () => {
        const { directory, from, to } = await ahead();
        for (const cutAfter of [0, 10, -5, -1]) {
          await git(bare, 'update-ref', 'refs/heads/main', from);
          server.fault = { stage: 'push', cutAfter };
          expect(await failureOf(push(directory))).toEqual({
            kind: 'push-unknown',
            host: new URL(url).host,
            branch: 'main',
          });
          server.fault = null;
          // Looked at, the outcome is known: it arrived and only the answer was lost.
          await expect.poll(() => remoteRef('main')).toBe(to);
        }
        await git(bare, 'update-ref', 'refs/heads/main', from);
        server.fault = { stage: 'advertise', cutAfter: 20 };
        expect((await failureOf(push(directory))).kind).not.toBe('push-unknown');
        server.fault = null;
        expect(await remoteRef('main')).toBe(from);
        expect(await git(directory, 'rev-parse', 'origin/main')).toBe(from);
        expect(leftovers(directory)).toEqual([]);
      });

      it('says that the outcome is not known when it is cancelled while it waits', async () => {
        const { directory } = await ahead();
        server.fault = { stage: 'push', stallAfter: 0 };
        const controller = new AbortController();
        const work = failureOf(push(directory, {}, { signal: controller.signal }));
        await server.stalled();
        controller.abort();
        expect((await work).kind).toBe('push-unknown');
        server.fault = { stage: 'advertise', stallAfter: 10 };
        const again = new AbortController();
        const early = failureOf(push(directory, {}, { signal: again.signal }));
        await server.stalled();
        again.abort();
        expect(await early).toEqual({ kind: 'cancelled' });
      });
    });
  });
}
