// Answers about remotes and the working tree for the page under test, from plain data.
import type { FetchResult, PullResult, PushResult, RemoteState } from '../../../shared/contract/remotes';
import type { StatusPart } from '../../../shared/contract/working-tree';
import type { AppError } from '../../../shared/errors';

export interface RemoteScene {
  state: Partial<RemoteState>;
  /** `runs`: for ever. */
  fetch: 'runs' | FetchResult;
  pull: PullResult | AppError;
  /** Of one push after the other; the last stays. */
  pushes: (PushResult | AppError)[];
  arrived: boolean;
  /** Changed files of the working tree. */
  changes: number;
  underWay: 'merge' | null;
}

const oid = (digit: string) => digit.repeat(40);

export const remoteScene: RemoteScene = {
  state: {},
  fetch: {
    updated: [
      { name: 'origin/main', kind: 'branch', from: oid('1'), to: oid('2'), forced: false },
      { name: 'origin/topic', kind: 'branch', from: null, to: oid('3'), forced: false },
      { name: 'v1.0', kind: 'tag', from: null, to: oid('4'), forced: false },
    ],
    failures: [],
  },
  pull: { updated: [], outcome: { kind: 'fast-forward', oid: oid('2') } },
  pushes: [{ result: 'pushed', from: oid('1'), to: oid('2') }],
  arrived: true,
  changes: 7,
  underWay: null,
};

const untilAborted = (signal: AbortSignal | undefined) =>
  new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));

/** `fail`: as the core reports a failure. */
export function remoteHandlers(scene: RemoteScene, fail: (error: AppError) => Error) {
  let pushed = 0;
  async function* progressed<Result>(result: Result | AppError): AsyncGenerator<unknown, Result> {
    yield { phase: 'Receiving objects', fraction: 0.4, detail: '1.2 MiB/s' };
    if (typeof result === 'object' && result !== null && 'kind' in result) throw fail(result);
    return result;
  }
  async function* running(signal: AbortSignal | undefined) {
    yield { phase: 'Receiving objects', fraction: 0.4, detail: '120 MiB, 1.2 MiB/s' };
    await untilAborted(signal);
  }
  async function* status(): AsyncGenerator<StatusPart> {
    const entry = {
      from: null,
      kind: 'tracked',
      index: 'unmodified',
      workingTree: 'unmodified',
      conflict: null,
      submodule: false,
    } as const;
    if (scene.changes > 0)
      yield {
        type: 'entries',
        entries: [
          { ...entry, path: 'README.md', index: 'modified', workingTree: 'modified' },
          { ...entry, path: 'src/cart-total.ts', from: 'src/total.ts', index: 'renamed' },
          { ...entry, path: 'old.txt', workingTree: 'deleted' },
          { ...entry, path: 'notes-\udcff.txt', kind: 'untracked' },
          {
            ...entry,
            path: 'customers/with/a/deeply/nested/folder/structure/and-a-file-name-that-does-not-end-soon.test.ts',
            kind: 'conflict',
            conflict: 'both-modified',
          },
          ...Array.from({ length: scene.changes - 5 }, (_, index) => ({
            ...entry,
            path: `src/generated/part-${index}.ts`,
            workingTree: 'modified' as const,
          })),
        ],
      };
    yield {
      type: 'status',
      status: {
        head: { state: 'branch', branch: 'main', oid: oid('1') },
        upstream: { name: 'origin/main', ahead: 2, behind: 3 },
        underWay: scene.underWay,
        stashes: 1,
      },
    };
  }
  const remote = (name: string, url: string) => ({ name, url, pushUrl: null });
  return {
    'remotes.state': (): RemoteState => ({
      remotes: [
        remote('origin', 'https://example.com/platform/web-shop.git'),
        remote('fork', 'https://example.com/ada/web-shop.git'),
      ],
      branch: 'main',
      upstream: { name: 'origin/main', remote: 'origin', branch: 'main', ahead: 2, behind: 3 },
      lastFetch: { at: Date.now() - 300_000, background: true, failures: [] },
      fetching: false,
      nextFetch: Date.now() + 600_000,
      ...scene.state,
    }),
    'remotes.fetch': (_: unknown, signal?: AbortSignal) =>
      scene.fetch === 'runs' ? running(signal) : progressed(scene.fetch),
    'remotes.pull': () => progressed<PullResult>(scene.pull),
    'remotes.pushPlan': (input: { branch?: string; remote?: string; to?: string }) => ({
      branch: input.branch,
      remote: input.remote ?? 'origin',
      remotes: ['origin', 'fork'],
      to: input.to ?? 'main',
      setUpstream: false,
      seen: input.to === undefined || input.to === 'main' ? oid('2') : null,
      ahead: 2,
      behind: 3,
    }),
    'remotes.push': () => {
      const result = scene.pushes[Math.min(pushed, scene.pushes.length - 1)];
      pushed += 1;
      return progressed<PushResult>(result ?? { result: 'up-to-date' });
    },
    'remotes.checkPush': () => ({ arrived: scene.arrived, oid: oid('2') }),
    'workingTree.status': status,
  };
}
