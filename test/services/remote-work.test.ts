import { describe, expect, it } from 'vitest';
import type { Engines } from '../../electron/git/choose';
import type { GitEngine } from '../../electron/git/engine';
import type { FetchRequest, PushRequest } from '../../electron/git/operations/transfer';
import { createEventBus } from '../../electron/services/application';
import { createRemoteWork } from '../../electron/services/remote-work';
import type { Storage } from '../../electron/storage/storage';
import type { AppEvent } from '../../shared/contract/application';
import type { Branch } from '../../shared/contract/branches';
import { type AppError, AppFailure } from '../../shared/errors';

const oid = (digit: string) => digit.repeat(40);
const signal = () => new AbortController().signal;

function local(name: string, more: Partial<Branch> = {}): Branch {
  return {
    name,
    remote: false,
    current: name === 'main',
    oid: oid('1'),
    upstream: null,
    ahead: null,
    behind: null,
    ...more,
  };
}

/** Remote work over an engine whose fetches end when the test says so. */
function scene(options: { branches?: Branch[]; failing?: Record<string, AppError> } = {}) {
  const events = createEventBus();
  const heard: AppEvent['type'][] = [];
  events.listen((event) => heard.push(event.type));
  const asked: { operation: string; interactive: boolean; url: string }[] = [];
  const fetches: { request: FetchRequest; end: () => void }[] = [];
  const pushes: PushRequest[] = [];
  const engine: Partial<GitEngine> = {
    overview: () =>
      Promise.resolve({
        head: { state: 'branch', branch: 'main', oid: oid('1') },
        bare: false,
        shallow: false,
        remotes: [
          { name: 'origin', url: 'https://git.example.com/team/shop.git', pushUrl: null },
          {
            name: 'team/fork',
            url: 'https://git.example.com/ada/shop.git',
            pushUrl: 'https://push.example.com/ada/shop.git',
          },
        ],
      } as unknown as Awaited<ReturnType<GitEngine['overview']>>),
    branches: () =>
      Promise.resolve(options.branches ?? [local('main', { upstream: 'origin/main', ahead: 2, behind: 1 })]),
    fetch: (request, running) =>
      new Promise((resolve, reject) => {
        const failing = options.failing?.[request.remote];
        fetches.push({ request, end: () => resolve({ updated: [] }) });
        running.signal.addEventListener('abort', () => reject(new AppFailure({ kind: 'cancelled' })));
        if (failing) reject(new AppFailure(failing));
      }),
    push: (request) => {
      pushes.push(request);
      return Promise.resolve({ result: 'up-to-date' });
    },
    remoteRef: () => Promise.resolve(oid('1')),
  };
  const work = createRemoteWork({
    storage: {
      repositories: { find: (id: string) => (id === 'one' ? { id, path: '/one' } : undefined) },
    } as unknown as Storage,
    engines: {
      forReading: () => Promise.resolve(engine),
      forWriting: () => Promise.resolve(engine),
    } as unknown as Engines,
    credentials: {
      begin: ({ operation, interactive, url }) => {
        asked.push({ operation, interactive, url: url.href });
        return {} as never;
      },
    },
    events,
    now: () => 1_767_600_000_000,
  });
  const begun = (count: number) => expect.poll(() => fetches.length).toBe(count);
  return { work, heard, asked, fetches, pushes, begun };
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

describe('fetching', () => {
  it('asks every remote; one that fails keeps none of the others from it, and is told', async () => {
    const unreachable: AppError = { kind: 'host-unreachable', host: 'git.example.com', cause: 'timeout' };
    const { work, fetches, begun, heard, asked } = scene({ failing: { origin: unreachable } });
    const fetching = work.fetch(
      { repositoryId: 'one', remote: null, prune: true, background: false },
      { signal: signal() },
    );
    await begun(2);
    fetches[1]?.end();
    expect(await fetching).toEqual({ updated: [], failures: [{ remote: 'origin', error: unreachable }] });
    expect(fetches.map(({ request }) => [request.remote, request.prune])).toEqual([
      ['origin', true],
      ['team/fork', true],
    ]);
    expect(asked.map(({ interactive }) => interactive)).toEqual([true, true]);
    expect((await work.state('one')).lastFetch).toMatchObject({
      background: false,
      failures: [{ remote: 'origin' }],
    });
    await expect.poll(() => heard).toContain('repository.changed');
  });

  it('in the background never asks, and ends when the user starts something', async () => {
    const { work, fetches, begun, asked } = scene();
    const background = failureOf(
      work.fetch({ repositoryId: 'one', remote: null, prune: false, background: true }, { signal: signal() }),
    );
    await begun(1);
    expect(asked[0]?.interactive).toBe(false);
    expect((await work.state('one')).fetching).toBe(true);
    const users = work.fetch(
      { repositoryId: 'one', remote: 'origin', prune: false, background: false },
      { signal: signal() },
    );
    expect(await background).toEqual({ kind: 'cancelled' });
    await begun(2);
    expect((await work.state('one')).fetching).toBe(false);
    fetches[1]?.end();
    expect(await users).toEqual({ updated: [], failures: [] });
  });

  it('is not begun twice for one repository by the user, nor by the background while the user works', async () => {
    const { work, fetches, begun } = scene();
    const request = { repositoryId: 'one', remote: 'origin', prune: false };
    const first = work.fetch({ ...request, background: false }, { signal: signal() });
    await begun(1);
    for (const background of [false, true])
      expect(await failureOf(work.fetch({ ...request, background }, { signal: signal() }))).toEqual({
        kind: 'repository-busy',
        path: '/one',
      });
    fetches[0]?.end();
    await first;
  });

  it('stands back for other work of the user in the repository', async () => {
    const { work, begun } = scene();
    const request = { repositoryId: 'one', remote: 'origin', prune: false };
    const background = failureOf(work.fetch({ ...request, background: true }, { signal: signal() }));
    await begun(1);
    let finish = (_word: string): void => undefined;
    const done = new Promise<string>((resolve) => (finish = resolve));
    const other = work.exclusive('one', { signal: signal() }, () => done);
    expect(await background).toEqual({ kind: 'cancelled' });
    for (const again of [false, true])
      expect(await failureOf(work.fetch({ ...request, background: again }, { signal: signal() }))).toEqual({
        kind: 'repository-busy',
        path: '/one',
      });
    finish('done');
    expect(await other).toBe('done');
    expect(await failureOf(work.exclusive('two', { signal: signal() }, () => done))).toEqual({
      kind: 'gone',
      what: 'repository',
    });
  });

  it('of a repository or a remote that is gone says so', async () => {
    const { work } = scene();
    expect(await failureOf(work.state('two'))).toEqual({ kind: 'gone', what: 'repository' });
    const request = { repositoryId: 'one', remote: 'elsewhere', prune: false, background: false };
    expect(await failureOf(work.fetch(request, { signal: signal() }))).toEqual({
      kind: 'revision-not-found',
      name: 'elsewhere',
    });
  });
});

describe('where a push goes', () => {
  it('is the upstream, also of a remote with a slash in its name', async () => {
    const { work } = scene({
      branches: [
        local('main', { upstream: 'team/fork/wip/main', ahead: 2, behind: 0 }),
        local('team/fork/wip/main', { remote: true, oid: oid('3') }),
      ],
    });
    expect(await work.pushPlan({ repositoryId: 'one', branch: 'main' })).toEqual({
      branch: 'main',
      remote: 'team/fork',
      remotes: ['origin', 'team/fork'],
      to: 'wip/main',
      setUpstream: false,
      seen: oid('3'),
      ahead: 2,
      behind: 0,
    });
  });

  it('is a branch of the same name at origin where there is none, which becomes it', async () => {
    const { work } = scene({ branches: [local('main'), local('topic')] });
    expect(await work.pushPlan({ repositoryId: 'one', branch: 'topic' })).toMatchObject({
      remote: 'origin',
      to: 'topic',
      setUpstream: true,
      seen: null,
      ahead: null,
    });
  });

  it('tells nothing of how far apart another branch is', async () => {
    const { work } = scene();
    expect(await work.pushPlan({ repositoryId: 'one', branch: 'main', to: 'other' })).toMatchObject({
      to: 'other',
      setUpstream: false,
      ahead: null,
      behind: null,
    });
  });

  it('is the address the remote pushes to, with the lease that was given', async () => {
    const { work, pushes, asked } = scene();
    await work.push(
      {
        repositoryId: 'one',
        branch: 'main',
        remote: 'team/fork',
        to: 'main',
        setUpstream: false,
        overwrite: oid('3'),
      },
      { signal: signal() },
    );
    expect(asked).toEqual([
      { operation: 'push', interactive: true, url: 'https://push.example.com/ada/shop.git' },
    ]);
    expect(pushes[0]).toMatchObject({ remote: 'team/fork', branch: 'main', lease: oid('3') });
  });
});

it('a push whose answer was lost is looked up by what the server has', async () => {
  const { work, pushes } = scene();
  const target = { repositoryId: 'one', branch: 'main', remote: 'origin', to: 'main' };
  expect(await work.checkPush(target, signal())).toEqual({ arrived: true, oid: oid('1') });
  expect(pushes).toEqual([]);
});
