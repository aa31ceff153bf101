import type { Progress } from '../../shared/contract/procedure';
import type {
  FetchResult,
  PullResult,
  PushPlan,
  PushResult,
  RemoteState,
} from '../../shared/contract/remotes';
import type { Remote } from '../../shared/contract/remotes';
import { AppFailure, fail, isCancelled } from '../../shared/errors';
import { type RemoteUrl, requireRemoteUrl } from '../../shared/remote-url';
import type { CredentialBroker, OperationCredentials } from '../credentials/broker';
import type { Engines } from '../git/choose';
import type { Running } from '../git/engine';
import { pull } from '../git/pull';
import type { EventSink } from '../platform';
import type { Storage, StoredRepository } from '../storage/storage';

export interface RemoteWorkParts {
  storage: Pick<Storage, 'repositories'>;
  engines: Engines;
  credentials: CredentialBroker;
  events: EventSink;
  /** Epoch milliseconds. */
  now: () => number;
}

type LastFetch = NonNullable<RemoteState['lastFetch']>;

/**
 * Fetching, pulling and pushing of the repositories on this machine. One at a
 * time for each repository: what the user starts ends a fetch of the
 * background and waits for nothing else.
 */
export interface RemoteWork {
  state(repositoryId: string): Promise<Omit<RemoteState, 'nextFetch'>>;
  /** `remote` null: all of them; one that fails does not keep the others from being asked. */
  fetch(
    request: { repositoryId: string; remote: string | null; prune: boolean; background: boolean },
    running: Running,
  ): Promise<FetchResult>;
  pull(
    request: { repositoryId: string; how: 'fast-forward' | 'merge' },
    running: Running,
  ): Promise<PullResult>;
  /** Other work of the user's in a repository that a fetch must not run beside. */
  exclusive<T>(repositoryId: string, running: Running, work: (running: Running) => Promise<T>): Promise<T>;
  pushPlan(request: {
    repositoryId: string;
    branch: string;
    remote?: string;
    to?: string;
  }): Promise<PushPlan>;
  push(
    request: {
      repositoryId: string;
      branch: string;
      remote: string;
      to: string;
      setUpstream: boolean;
      overwrite: string | null;
    },
    running: Running,
  ): Promise<PushResult>;
  checkPush(
    request: { repositoryId: string; branch: string; remote: string; to: string },
    signal: AbortSignal,
  ): Promise<{ arrived: boolean; oid: string | null }>;
}

/** `origin/feature/one` is branch `feature/one` of the remote `origin`: names of remotes may hold slashes as well. */
function splitUpstream(name: string, remotes: readonly Remote[]): { remote: string; branch: string } | null {
  const fitting = remotes
    .filter((remote) => name.startsWith(`${remote.name}/`))
    .sort((a, b) => b.name.length - a.name.length)[0];
  return fitting ? { remote: fitting.name, branch: name.slice(fitting.name.length + 1) } : null;
}

export function createRemoteWork(parts: RemoteWorkParts): RemoteWork {
  const { storage, engines, credentials, events } = parts;
  const lastFetches = new Map<string, LastFetch>();
  const underWay = new Map<string, { background: boolean; end: AbortController; ended: Promise<unknown> }>();

  const require = (repositoryId: string): StoredRepository =>
    storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });

  /** Ends a fetch of the background; two things the user started exclude each other. */
  const alone = async <T>(
    stored: StoredRepository,
    background: boolean,
    running: Running,
    work: (running: Running) => Promise<T>,
  ): Promise<T> => {
    for (let other = underWay.get(stored.id); other; other = underWay.get(stored.id)) {
      if (!other.background || background) fail({ kind: 'repository-busy', path: stored.path });
      other.end.abort();
      await other.ended;
    }
    const end = new AbortController();
    const signal = AbortSignal.any([running.signal, end.signal]);
    const done = work({ ...running, signal });
    const entry = { background, end, ended: done.catch(() => undefined) };
    underWay.set(stored.id, entry);
    if (background) events.emit({ type: 'remotes.changed', repositoryId: stored.id });
    try {
      return await done;
    } finally {
      underWay.delete(stored.id);
      events.emit({ type: 'repository.changed', repositoryId: stored.id });
    }
  };

  const begin = (
    stored: StoredRepository,
    url: RemoteUrl,
    operation: string,
    running: Running,
    interactive = true,
  ): OperationCredentials =>
    credentials.begin({
      operation,
      url,
      accountId: null,
      repositoryId: stored.id,
      directory: stored.path,
      interactive,
      signal: running.signal,
    });

  const remoteNamed = (remotes: readonly Remote[], name: string): Remote =>
    remotes.find((remote) => remote.name === name) ?? fail({ kind: 'revision-not-found', name });

  const currentBranch = async (stored: StoredRepository, which?: 'local') => {
    const engine = await engines.forReading(stored.path);
    const [{ head, remotes }, branches] = await Promise.all([
      engine.overview(stored.path),
      engine.branches(stored.path, which),
    ]);
    const name = head.state === 'detached' ? null : head.branch;
    const branch = branches.find((one) => !one.remote && one.name === name);
    return { remotes, branches, name, branch };
  };

  const state: RemoteWork['state'] = async (repositoryId) => {
    const stored = require(repositoryId);
    const { remotes, name, branch } = await currentBranch(stored, 'local');
    const split = branch?.upstream ? splitUpstream(branch.upstream, remotes) : null;
    return {
      remotes,
      branch: name,
      upstream:
        branch?.upstream && split
          ? { name: branch.upstream, ...split, ahead: branch.ahead, behind: branch.behind }
          : null,
      lastFetch: lastFetches.get(repositoryId) ?? null,
      fetching: underWay.get(repositoryId)?.background === true,
    };
  };

  const fetchAll: RemoteWork['fetch'] = async ({ repositoryId, remote, prune, background }, given) => {
    const stored = require(repositoryId);
    return alone(stored, background, given, async (running) => {
      const engine = await engines.forWriting(stored.path);
      const { remotes } = await engine.overview(stored.path);
      const asked = remote === null ? remotes : [remoteNamed(remotes, remote)];
      const result: FetchResult = { updated: [], failures: [] };
      for (const [index, one] of asked.entries()) {
        const progress = (part: Progress) =>
          running.progress?.({
            ...part,
            phase: asked.length > 1 ? `${one.name}: ${part.phase}` : part.phase,
            ...(part.fraction === undefined ? {} : { fraction: (index + part.fraction) / asked.length }),
          });
        try {
          const url = requireRemoteUrl(one.url);
          const operation = begin(stored, url, 'fetch', running, !background);
          const { updated } = await engine.fetch(
            {
              directory: stored.path,
              remote: one.name,
              url,
              prune,
              reach: null,
              credentials: operation,
            },
            { signal: running.signal, progress },
          );
          result.updated.push(...updated);
        } catch (error) {
          if (!(error instanceof AppFailure) || isCancelled(error) || running.signal.aborted) throw error;
          result.failures.push({ remote: one.name, error: error.error });
        }
      }
      if (remote === null)
        lastFetches.set(repositoryId, { at: parts.now(), background, failures: result.failures });
      return result;
    });
  };

  const pushPlan: RemoteWork['pushPlan'] = async ({ repositoryId, branch, remote, to }) => {
    const stored = require(repositoryId);
    const { remotes, branches } = await currentBranch(stored);
    const local =
      branches.find((one) => !one.remote && one.name === branch) ??
      fail({ kind: 'branch-not-found', branch });
    const upstream = local.upstream ? splitUpstream(local.upstream, remotes) : null;
    const usual = remotes.find((one) => one.name === 'origin') ?? remotes[0];
    const chosen = remote ?? upstream?.remote ?? usual?.name ?? null;
    const target = to ?? (chosen === upstream?.remote ? upstream?.branch : undefined) ?? branch;
    const isUpstream = upstream?.remote === chosen && upstream?.branch === target;
    const tracked = branches.find((one) => one.remote && one.name === `${chosen}/${target}`);
    return {
      branch,
      remote: chosen,
      remotes: remotes.map((one) => one.name),
      to: target,
      setUpstream: upstream === null,
      seen: tracked?.oid ?? null,
      ahead: isUpstream ? local.ahead : null,
      behind: isUpstream ? local.behind : null,
    };
  };

  const pushUrl = (remotes: readonly Remote[], name: string): RemoteUrl => {
    const remote = remoteNamed(remotes, name);
    return requireRemoteUrl(remote.pushUrl ?? remote.url);
  };

  return {
    state,
    fetch: fetchAll,
    exclusive: async (repositoryId, running, work) => alone(require(repositoryId), false, running, work),
    pushPlan,
    pull({ repositoryId, how }, given) {
      const stored = require(repositoryId);
      return alone(stored, false, given, async (running) => {
        const { remotes, name, branch } = await currentBranch(stored, 'local');
        const upstream = branch?.upstream ? splitUpstream(branch.upstream, remotes) : null;
        if (!branch?.upstream || !upstream)
          return fail({
            kind: 'unsupported',
            what: 'pulling',
            reason: name
              ? `The branch ${name} has no upstream to pull from. Push it first, or set one.`
              : 'No branch is checked out. Switch to one first.',
          });
        const url = requireRemoteUrl(remoteNamed(remotes, upstream.remote).url);
        const engine = await engines.forWriting(stored.path);
        return pull(
          engine,
          {
            directory: stored.path,
            remote: upstream.remote,
            url,
            prune: false,
            how,
            credentials: begin(stored, url, 'pull', running),
          },
          running,
        );
      });
    },
    push({ repositoryId, branch, remote, to, setUpstream, overwrite }, given) {
      const stored = require(repositoryId);
      return alone(stored, false, given, async (running) => {
        const engine = await engines.forWriting(stored.path);
        const { remotes } = await engine.overview(stored.path);
        const url = pushUrl(remotes, remote);
        return engine.push(
          {
            directory: stored.path,
            remote,
            url,
            branch,
            to,
            setUpstream,
            lease: overwrite,
            credentials: begin(stored, url, 'push', running),
          },
          running,
        );
      });
    },
    async checkPush({ repositoryId, branch, remote, to }, signal) {
      const stored = require(repositoryId);
      const { remotes, branches } = await currentBranch(stored, 'local');
      const url = pushUrl(remotes, remote);
      const credential = begin(stored, url, 'push', { signal });
      const engine = await engines.forWriting(stored.path);
      const oid = await engine.remoteRef({ url, branch: to, credentials: credential }, { signal });
      const local = branches.find((one) => !one.remote && one.name === branch);
      return { arrived: oid !== null && oid === local?.oid, oid };
    },
  };
}
