// Takes the place of renderer/rpc/port.ts in the page under test: answers from plain data.
import { type ClientContext, type ClientLink, ORPCError } from '@orpc/client';
import type { AppError } from '../../../shared/errors';
import { counted } from '../calls-under-way';
import { remoteHandlers, type RemoteScene, remoteScene } from './remotes';
import * as data from './stand-in-data';
import { trust } from './trust';

export interface Scene {
  accounts: number;
  /** Repositories of each account. */
  repositories: number;
  pullRequests: number;
  description: string;
  /** Accounts whose lists fail, with how. */
  failing: Record<string, AppError>;
  recent: number;
  overview: 'branch' | 'detached' | 'unborn' | AppError;
  clone: 'runs' | AppError;
  trust: keyof typeof trust;
  remotes: Partial<RemoteScene>;
}

declare global {
  interface Window {
    scene?: Partial<Scene>;
    /** Every call, oldest first. */
    calls: { path: string; input: unknown }[];
  }
}

const scene: Scene = {
  accounts: 4,
  repositories: 40,
  pullRequests: 30,
  description: data.description,
  failing: {},
  recent: 3,
  overview: 'branch',
  clone: 'runs',
  trust: 'plain',
  remotes: {},
  ...window.scene,
};
window.calls = [];

const accounts = data.accounts.slice(0, scene.accounts);
const fail = (error: AppError) => new ORPCError('APP_ERROR', { status: 422, defined: true, data: error });
const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));
const recent = Array.from({ length: scene.recent }, (_, index) => ({
  id: `r${index}`,
  name: ['web-shop', 'api-gateway', 'a-name-that-is-rather-long-for-a-repository-folder'][index % 3],
  path: `/home/jane/src/${['contoso/retail', 'customers/with/a/deeply/nested/folder/structure', 'x'][index % 3]}/repository-${index}`,
  accountId: null,
  lastOpened: Date.now() - index * 9_000_000,
  present: index !== 1,
}));
let favourites = ['a1:2'];

async function* hostedList() {
  for (const { id } of accounts)
    yield {
      kind: 'items',
      accountId: id,
      source: 'cache',
      fetchedAt: Date.now() - 400_000,
      items: data.hostedRepositories(id, scene.repositories),
    };
  for (const { id } of accounts) {
    const error = scene.failing[id];
    if (error) yield { kind: 'failed', accountId: id, error };
    else yield { kind: 'done', accountId: id, count: scene.repositories };
  }
}

async function* pullRequestList() {
  for (const { id } of accounts) {
    const error = scene.failing[id];
    if (error) yield { kind: 'failed', accountId: id, error };
    else {
      yield { kind: 'items', accountId: id, items: data.pullRequests(id, scene.pullRequests) };
      yield {
        kind: 'done',
        accountId: id,
        partial: id === 'a3' ? 'Only pull requests you wrote or review are listed.' : null,
      };
    }
  }
}

async function* cloning(signal: AbortSignal | undefined) {
  if (scene.clone !== 'runs') throw fail(scene.clone);
  for (let step = 1; ; step = Math.min(step + 1, 42)) {
    yield { phase: 'Receiving objects', fraction: step / 100, detail: '12.4 MiB, 3.1 MiB/s' };
    await pause(20);
    if (signal?.aborted) return recent[0];
  }
}

// oxlint-disable-next-line require-yield
async function* silence(signal: AbortSignal | undefined): AsyncGenerator<never> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
}

interface Input {
  [name: string]: unknown;
  url?: string;
  name?: string;
  number?: number;
  skip?: number;
  limit?: number;
  key?: string;
  favourite?: boolean;
  typed?: string;
  branch?: string;
  remote?: string;
  to?: string;
}

const preferences = {
  theme: 'system',
  cloneParent: '/home/jane/src',
  cloneProtocol: 'https',
  diffStyle: 'split',
  engine: 'auto',
  gitPath: '',
  saveFromTerminal: 'ask',
  backgroundFetchMinutes: 15,
  fetchPrune: false,
  writeCommitGraph: true,
};
const handlers: Record<string, (input: Input, signal?: AbortSignal) => unknown> = {
  'accounts.list': () => accounts,
  'accounts.kinds': () => data.kinds,
  'application.info': () => ({
    version: '0.1.0',
    shell: 'browser',
    platform: 'linux',
    dataDirectory: '/home/jane/.polyforge',
    homeDirectory: '/home/jane',
    git: { found: true, path: '/usr/bin/git', version: '2.39.5', usable: true },
    engine: 'system',
    engineReason: 'git 2.39.5 is there.',
  }),
  'application.programs': () => ({
    git: { path: '/usr/bin/git', version: '2.39.5', lacks: [] },
    ssh: { path: '/usr/bin/ssh', version: '9.2', lacks: [] },
    shell: '/bin/sh',
  }),
  'application.events': (_, signal) => silence(signal),
  'application.notices': () => [],
  'application.completeDirectory': ({ typed }) => [`${typed}one`, `${typed}two`],
  'application.openExternal': () => undefined,
  'preferences.get': () => preferences,
  'preferences.set': (change) => Object.assign(preferences, change),
  'preferences.secretStore': () => ({ backend: 'os', locked: false, choices: [], why: null }),
  'prompts.open': () => [],
  'hostedRepositories.list': hostedList,
  'hostedRepositories.favourites': () => favourites,
  'hostedRepositories.setFavourite': ({ key = '', favourite }) => {
    favourites = favourite ? [...favourites, key] : favourites.filter((one) => one !== key);
  },
  'hostedRepositories.recentlyCloned': () => ['a1:3', 'a2:1'],
  'hostedRepositories.accessPage': ({ accountId }) => ({
    url: `https://provider.example/${String(accountId)}/access`,
  }),
  'pullRequests.list': pullRequestList,
  'pullRequests.get': ({ number }) =>
    data.detailOf(
      data.pullRequests('a1', scene.pullRequests).find((one) => one.number === number) ??
        (data.pullRequests('a1', 1)[0] as never),
      scene.description,
    ),
  'pullRequests.threads': () => data.threads,
  'pullRequests.files': () => ({
    files: [
      { path: 'src/cart.ts', previousPath: null, status: 'modified', additions: 4, deletions: 2 },
      {
        path: 'src/a/rather/deep/folder/with-a-file-name-that-is-long.test.ts',
        previousPath: null,
        status: 'added',
        additions: 120,
        deletions: 0,
      },
      { path: 'logo.png', previousPath: null, status: 'deleted', additions: null, deletions: null },
    ],
    partial: null,
  }),
  'pullRequests.fileDiff': ({ path }) =>
    path === 'src/cart.ts'
      ? { kind: 'patch', patch: data.patch }
      : path === 'logo.png'
        ? { kind: 'binary' }
        : { kind: 'contents', before: null, after: 'const a = 1;\n'.repeat(120) },
  'repositories.list': () => recent,
  'repositories.overview': () => {
    if (typeof scene.overview === 'object') throw fail(scene.overview);
    const head = {
      branch: { state: 'branch', branch: 'main', oid: '1' },
      detached: { state: 'detached', oid: 'f'.repeat(40) },
      unborn: { state: 'unborn', branch: 'main' },
    }[scene.overview];
    return {
      repository: recent[0],
      engine: 'system',
      head,
      bare: false,
      shallow: true,
      narrow: 'origin',
      partial: false,
      remotes: [
        { name: 'origin', url: 'https://example.com/platform/web-shop.git', pushUrl: null },
        { name: 'fork', url: 'git@example.com:ada/web-shop.git', pushUrl: null },
      ],
      account: { accountId: 'a1', source: 'matched' },
    };
  },
  'repositories.inspectRemote': ({ url = '' }) =>
    /^https?:\/\/[^/]+\/.+|^git@/.test(url)
      ? {
          ok: true,
          url,
          protocol: url.startsWith('http:') ? 'http' : url.startsWith('git@') ? 'ssh' : 'https',
          host: 'example.com',
          path: 'platform/web-shop',
          suggestedName: 'web-shop',
          provider: 'gitlab',
          accountIds: url.startsWith('http:') ? [] : ['a2', 'a1'],
          droppedCredentials: url.includes('@') && url.startsWith('http'),
        }
      : {
          ok: false,
          error: { kind: 'address-invalid', part: 'scheme', reason: 'ext:: addresses start programs.' },
        },
  'clonePlan.needs': () => ({
    submodules: [{ origin: 'https://elsewhere.example', paths: ['lib/one', 'lib/two', 'web/theme', 'x'] }],
    placeholders: true,
  }),
  'bindings.choiceFor': ({ url = '' }) => ({
    accountId: url.startsWith('http:') ? null : 'a2',
    source: url.startsWith('http:') ? null : 'path',
    rule: url.startsWith('http:') ? null : data.rule,
    candidates: [],
    identity: url.startsWith('http:') ? null : data.identity,
    warnings: [],
    place: null,
  }),
  'ssh.keys': () => [
    {
      path: '/home/jane/.ssh/id_ed25519',
      type: 'ed25519',
      comment: 'jane@example.com',
      fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
      inAgent: true,
    },
  ],
  'ssh.choice': () => ({ path: '/home/jane/.ssh/gone', source: 'account', missing: true }),
  'bindings.choice': () => ({
    accountId: 'a1',
    source: 'path',
    rule: data.rule,
    candidates: [],
    identity: data.identity,
    warnings: [{ kind: 'other-host', accountHost: 'gitlab.example.com', remoteHost: 'example.com' }],
    place: {
      origin: 'https://example.com',
      host: 'example.com',
      path: 'platform/web-shop.git',
      organization: 'platform',
    },
    bound: { accountId: null, identity: null },
    folder: '/home/jane/src/contoso/retail/repository-0',
  }),
  'bindings.identity': () => ({
    effective: { name: 'Jane', email: 'jane@home.example', signingKey: '' },
    source: 'global',
    wanted: data.identity,
    mismatch: true,
    complete: true,
    written: 'no',
  }),
  'repositories.inspectTarget': ({ name }) => ({
    path: `/home/jane/src/${name}`,
    state: name === 'full' ? 'not-empty' : 'absent',
  }),
  'repositories.remoteBranches': () => ({ branches: ['main', 'develop'], head: 'main' }),
  'repositories.clone': (_, signal) => cloning(signal),
  'repositories.forget': () => undefined,
  'trust.state': () => trust[scene.trust],
  'trust.grant': () => {
    scene.trust = 'plain';
    return { ...trust.untrusted, state: 'trusted' };
  },
  'branches.list': () => [
    ...['main', 'feature/a-branch-with-a-rather-long-name-for-this-list', 'fix', 'a', 'b', 'c', 'd', 'e'].map(
      (name, index) => ({
        name,
        remote: false,
        current: index === 0 && scene.overview === 'branch',
        oid: '1',
        upstream: `origin/${name}`,
        ahead: index,
        behind: index % 2,
      }),
    ),
    {
      name: 'origin/main',
      remote: true,
      current: false,
      oid: '1',
      upstream: null,
      ahead: null,
      behind: null,
    },
  ],
  ...remoteHandlers({ ...remoteScene, ...scene.remotes }, fail),
  'history.log': ({ skip = 0, limit = 100 }) => ({ commits: data.commits(skip, limit), more: skip < 1000 }),
};

export const linkState = { get: () => 'open', subscribe: () => () => undefined };

export function createLink(): ClientLink<ClientContext> {
  return counted({
    async call(path, input, options) {
      const name = path.join('.');
      window.calls.push({ path: name, input });
      const handler = handlers[name];
      if (!handler) throw fail({ kind: 'internal', reference: `no stand-in for ${name}` });
      return handler((input ?? {}) as Input, options.signal);
    },
  });
}
