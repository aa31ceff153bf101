import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import { cloneGuarded } from '../../electron/git/guard';
import { everything, type RemoteTransfer } from '../../electron/git/operations/transfer';
import type { WorkingTree } from '../../electron/git/operations/working-tree';
import { pull, type PullRequest } from '../../electron/git/pull';
import type { Progress } from '../../shared/contract/procedure';
import { type AppError, AppFailure } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import { type GitHttpServer, startGitHttpServer } from '../fakes/git-http-server';
import { git, makeBareRepository, smallHistory, temporaryDirectory } from '../fakes/repositories';
import { recordedCredentials } from './operation';

/** An engine that fetches and merges. `directory` is its own scratch folder. */
export interface PullFactory {
  name: GitEngine['id'];
  program?: string;
  create(
    directory: string,
  ): Promise<{ engine: GitEngine & RemoteTransfer & WorkingTree; close(): Promise<void> }>;
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

/** Fetch and merge in one, on any engine. */
export function pullSuite(factory: PullFactory): void {
  describe(`pulls of the ${factory.name} engine${factory.program ? ` with ${factory.program}` : ''}`, () => {
    let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
    let server: GitHttpServer;
    let made: Awaited<ReturnType<PullFactory['create']>>;
    const at = (...parts: string[]) => path.join(temporary.path, ...parts);
    let count = 0;
    let bare: string;
    let url: string;
    let directory: string;

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
      directory = at(`clone-${count}`);
      await cp(at('model.git'), bare, { recursive: true });
      url = server.serve(`team/repository-${count}`, { directory: bare });
      await git(at(), 'clone', '--quiet', '--template=', url, directory);
      await git(directory, 'config', 'user.name', 'Ada Example');
      await git(directory, 'config', 'user.email', 'ada@example.test');
      server.requests.length = 0;
    });

    const commit = async (work: string, file: string, content: string) => {
      await writeFile(path.join(work, file), content);
      await git(work, 'add', file);
      await git(work, 'commit', '--quiet', '-m', `Change ${file}`);
      return git(work, 'rev-parse', 'HEAD');
    };
    const onServer = async (file: string, content: string) => {
      const work = at(`work-${count}`);
      await git(at(), 'clone', '--quiet', '--template=', bare, work);
      const oid = await commit(work, file, content);
      await git(work, 'push', '--quiet', 'origin', 'main');
      return oid;
    };
    const pullMain = (
      more: Partial<PullRequest> = {},
      running: { progress?: (progress: Progress) => void } = {},
    ) =>
      pull(
        made.engine,
        {
          directory,
          remote: 'origin',
          url: requireRemoteUrl(url),
          credentials: recordedCredentials(server.origin),
          prune: false,
          how: 'fast-forward',
          ...more,
        },
        { signal: new AbortController().signal, ...running },
      );
    const state = async () => [
      await git(directory, 'rev-parse', 'HEAD'),
      await git(directory, 'status', '--porcelain'),
      await git(directory, 'ls-files', '--stage'),
    ];

    it('goes forward to what the branch follows, and says when there is nothing new', async () => {
      const oid = await onServer('new.txt', 'new\n');
      const seen: Progress[] = [];
      expect(await pullMain({}, { progress: (progress) => seen.push(progress) })).toMatchObject({
        updated: [{ name: 'origin/main', to: oid }],
        outcome: { kind: 'fast-forward', oid },
      });
      expect(await git(directory, 'rev-parse', 'HEAD')).toBe(oid);
      expect(await git(directory, 'status', '--porcelain')).toBe('');
      const fractions = seen.flatMap(({ fraction }) => fraction ?? []);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.at(-1)).toBe(1);
      expect(await pullMain()).toEqual({ updated: [], outcome: { kind: 'up-to-date' } });
    });

    it('merges branches that went apart by choice only', async () => {
      const theirs = await onServer('theirs.txt', 'theirs\n');
      const ours = await commit(directory, 'ours.txt', 'ours\n');
      const before = await state();
      expect(await failureOf(pullMain())).toEqual({ kind: 'not-fast-forward' });
      expect(await state()).toEqual(before);
      expect((await pullMain({ how: 'merge' })).outcome).toMatchObject({ kind: 'merged' });
      expect((await git(directory, 'rev-parse', 'HEAD^1', 'HEAD^2')).split('\n')).toEqual([ours, theirs]);
    });

    it('contacts nobody while something else is under way, or where nothing is followed', async () => {
      await onServer('theirs.txt', 'theirs\n');
      const refused = async () => {
        const before = await state();
        const failure = await failureOf(pullMain({ how: 'merge' }));
        expect(server.requests).toEqual([]);
        expect(await state()).toEqual(before);
        return failure;
      };
      await git(directory, 'checkout', '--quiet', '-b', 'apart');
      expect(await refused()).toMatchObject({ kind: 'invalid-input', field: 'upstream' });
      await git(directory, 'checkout', '--quiet', '--detach');
      expect(await refused()).toMatchObject({ kind: 'invalid-input', field: 'branch' });
      await git(directory, 'checkout', '--quiet', 'apart');
      await commit(directory, 'README.md', 'one\n');
      await git(directory, 'checkout', '--quiet', 'main');
      await commit(directory, 'README.md', 'other\n');
      await git(directory, 'merge', '--quiet', 'apart').catch(() => undefined);
      expect(await refused()).toEqual({ kind: 'unfinished', what: 'merge' });
    });

    it('leaves changes in the way as they are', async () => {
      await onServer('README.md', 'theirs\n');
      await writeFile(path.join(directory, 'README.md'), 'mine, not saved\n');
      const before = await state();
      expect(await failureOf(pullMain())).toEqual({ kind: 'would-overwrite', paths: ['README.md'] });
      expect(await state()).toEqual(before);
    });

    it('fetches what a merge needs in a partial clone', async () => {
      const theirs = await onServer('README.md', 'theirs\n');
      await git(bare, 'update-ref', 'refs/heads/next', theirs);
      await git(bare, 'update-ref', 'refs/heads/main', `${theirs}~1`);
      directory = at(`partial-${count}`);
      const credentials = recordedCredentials(server.origin);
      await cloneGuarded(
        made.engine,
        {
          url: requireRemoteUrl(url),
          directory,
          branch: null,
          plan: { ...everything, filter: { kind: 'blobs' } },
          credentials,
        },
        { signal: new AbortController().signal },
      );
      const next = { kind: 'detached', ref: 'origin/next' } as const;
      const running = { signal: new AbortController().signal };
      expect(await failureOf(made.engine.switchTo(directory, next, running))).toEqual({
        kind: 'contents-missing',
        oid: await git(bare, 'rev-parse', 'next:README.md'),
      });
      expect(await git(directory, 'status', '--porcelain')).toBe('');
      await git(bare, 'update-ref', 'refs/heads/main', theirs);
      expect((await pullMain()).outcome).toEqual({ kind: 'fast-forward', oid: theirs });
      expect(await git(directory, 'status', '--porcelain')).toBe('');
    });
  });
}
