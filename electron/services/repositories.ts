import { randomUUID } from 'node:crypto';
import { access, constants, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '../../shared/contract/procedure';
import type { CloneInput, Repository, RepositoryOverview } from '../../shared/contract/repositories';
import { fail } from '../../shared/errors';
import { hostWithPort, parseRemoteUrl, type RemoteUrl, requireRemoteUrl } from '../../shared/remote-url';
import type { AccountChoices } from '../credentials/account-choice';
import type { CredentialBroker } from '../credentials/broker';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { Storage, StoredRepository } from '../storage/storage';
import type { ClonePlans } from './clone-plan';
import { applyIdentity, remoteUrls } from './identity';
import { os } from './procedure';
import { produce } from './stream';
import { noteRate } from './transfer-rate';

export interface RepositoryParts {
  storage: Storage;
  engines: Engines;
  credentials: CredentialBroker;
  choices: AccountChoices;
  plans: ClonePlans;
  events: EventSink;
}

/** A folder name git and every file system take, from the last part of a remote's path. */
export function suggestedName(url: RemoteUrl): string {
  const last = url.path.split('/').at(-1) ?? '';
  let name = last.replace(/\.git$/, '');
  try {
    name = decodeURIComponent(name);
  } catch {
    // Not an encoding: the text itself is the name.
  }
  return (
    name
      .replaceAll(/[\u0000-\u001f<>:"/\\|?*]/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 100) || 'repository'
  );
}

/** A clone's folder name that stays one folder below its parent. */
function isFolderName(name: string): boolean {
  if (name === '.' || name === '..' || name.toLowerCase() === '.git') return false;
  // On Windows `D:x` is a folder of another drive, `x:y` a stream of a file, and a dot at the end is dropped.
  if (process.platform === 'win32' && /[<>:"|?*]|[. ]$/.test(name)) return false;
  return !/[/\\\u0000-\u001f]/.test(name);
}

export async function isDirectory(directory: string): Promise<boolean> {
  return stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function inspectTarget(parent: string, name: string) {
  const target = path.resolve(parent, name);
  if (!path.isAbsolute(parent) || !isFolderName(name)) return { path: target, state: 'invalid' as const };
  try {
    const entries = await readdir(target);
    return { path: target, state: entries.length === 0 ? ('empty' as const) : ('not-empty' as const) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOTDIR') return { path: target, state: 'not-empty' as const };
    if (code !== 'ENOENT') return { path: target, state: 'not-writable' as const };
  }
  // The nearest folder that exists must be one we may write to.
  let existing = parent;
  while (!(await isDirectory(existing)) && path.dirname(existing) !== existing)
    existing = path.dirname(existing);
  const writable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  return { path: target, state: writable ? ('absent' as const) : ('not-writable' as const) };
}

export function repositoriesService({
  storage,
  engines,
  credentials,
  choices,
  plans,
  events,
}: RepositoryParts) {
  const never = new AbortController().signal;
  const ending = new Map<string, Promise<void>>();
  const { unfinishedClones } = storage;
  const track = {
    begin: (folder: string) => unfinishedClones.add(folder),
    end: (folder: string) => unfinishedClones.remove(folder),
  };
  const require = (repositoryId: string): StoredRepository =>
    storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });

  const show = async (stored: StoredRepository): Promise<Repository> => ({
    id: stored.id,
    name: stored.name,
    path: stored.path,
    accountId: stored.accountId,
    lastOpened: stored.lastOpened,
    present: await isDirectory(stored.path),
  });

  /** Remembers a repository by its path; the same folder is never listed twice. */
  const remember = async (directory: string, more: Partial<StoredRepository>): Promise<Repository> => {
    const known = storage.repositories.list().find((repository) => repository.path === directory);
    const stored: StoredRepository = {
      id: known?.id ?? randomUUID(),
      name: path.basename(directory).replace(/\.git$/, '') || directory,
      path: directory,
      accountId: known?.accountId ?? null,
      identity: known?.identity,
      hostedKey: known?.hostedKey ?? null,
      ...more,
      lastOpened: Date.now(),
    };
    storage.repositories.put(stored);
    events.emit({ type: 'repositories.changed' });
    return show(stored);
  };

  const accountOf = async (
    stored: StoredRepository,
    remotes: RepositoryOverview['remotes'],
  ): Promise<RepositoryOverview['account']> => {
    for (const url of remoteUrls(remotes)) {
      const { account, source } = await choices.choose({ url, repositoryId: stored.id });
      if (account) return { accountId: account.id, source: source === 'bound' ? 'bound' : 'matched' };
    }
    return null;
  };

  const clone = async (input: CloneInput, emit: (progress: Progress) => void, signal: AbortSignal) => {
    const url = requireRemoteUrl(input.url);
    if (!path.isAbsolute(input.parent))
      fail({ kind: 'invalid-input', field: 'parent', reason: 'absolute-path' });
    if (!isFolderName(input.name)) fail({ kind: 'invalid-input', field: 'name', reason: 'folder-name' });
    plans.check(input.plan, url);
    const directory = path.resolve(input.parent, input.name);
    let started = 0;
    const measured = (progress: Progress) => {
      // Questions and the server's own work come before the first figure.
      if (progress.fraction !== undefined && started === 0) started = performance.now();
      emit(progress);
    };
    const operation = credentials.begin({
      operation: 'clone',
      url,
      accountId: input.accountId,
      withoutAccount: input.withoutAccount,
      repositoryId: null,
      directory,
      interactive: true,
      signal,
    });
    const ended = engines.clone(
      { url, directory, branch: input.branch, plan: input.plan, credentials: operation, track },
      { signal, progress: measured },
    );
    // Whoever looks at the target of a cancelled clone waits for the clean-up, so that "nothing was left" is true when it is said.
    const settled = ended.then(
      () => undefined,
      () => undefined,
    );
    signal.addEventListener('abort', () => ending.set(directory, settled), { once: true });
    try {
      await ended;
    } catch (error) {
      choices.doubt(url);
      throw error;
    } finally {
      if (ending.get(directory) === settled) ending.delete(directory);
    }
    // A figure that cannot be kept costs an estimate, never the clone.
    if (started > 0)
      await noteRate(storage, url, directory, performance.now() - started).catch(() => undefined);
    if (input.hostedKey) storage.recentlyCloned.add(input.hostedKey);
    if (storage.preferences.get().cloneParent !== input.parent) {
      storage.preferences.set({ cloneParent: input.parent });
      events.emit({ type: 'preferences.changed' });
    }
    const accountId = input.accountId ?? choices.takeChosenFor(url);
    const repository = await remember(directory, { accountId, hostedKey: input.hostedKey });
    events.emit({ type: 'hosted-repositories.changed' });
    // Its one remote is known: git is asked only where there is an identity to write.
    if (input.applyIdentity && (await choices.choose({ url, repositoryId: repository.id })).identity)
      // It cannot be written: the clone is there all the same, and its title bar says who commits.
      await applyIdentity({ storage, engines, choices }, repository.id).catch(() => undefined);
    return repository;
  };

  return os.repositories.router({
    list: os.repositories.list.handler(() =>
      Promise.all(
        storage.repositories
          .list()
          .sort((a, b) => b.lastOpened - a.lastOpened)
          .map(show),
      ),
    ),
    open: os.repositories.open.handler(async ({ input }) => {
      if (!path.isAbsolute(input.path))
        fail({ kind: 'invalid-input', field: 'path', reason: 'absolute-path' });
      if (!(await isDirectory(input.path))) fail({ kind: 'path-not-found', path: input.path });
      const directory = await engines.discover(path.resolve(input.path));
      const former = input.insteadOf === undefined ? undefined : storage.repositories.find(input.insteadOf);
      return remember(
        directory,
        former ? { accountId: former.accountId, identity: former.identity, hostedKey: former.hostedKey } : {},
      );
    }),
    overview: os.repositories.overview.handler(async ({ input }) => {
      const stored = require(input.repositoryId);
      if (!(await isDirectory(stored.path))) fail({ kind: 'path-not-found', path: stored.path });
      const engine = await engines.forReading(stored.path);
      const found = await engine.overview(stored.path);
      return {
        ...found,
        repository: await show(stored),
        engine: engine.id,
        account: await accountOf(stored, found.remotes),
      };
    }),
    forget: os.repositories.forget.handler(({ input }) => {
      storage.repositories.remove(input.repositoryId);
      storage.writtenConfiguration.remove(`identity:${input.repositoryId}`);
      events.emit({ type: 'repositories.changed' });
    }),
    bindAccount: os.repositories.bindAccount.handler(async ({ input }) => {
      if (input.accountId !== null && !storage.accounts.find(input.accountId))
        fail({ kind: 'gone', what: 'account' });
      const stored = { ...require(input.repositoryId), accountId: input.accountId };
      storage.repositories.put(stored);
      events.emit({ type: 'repositories.changed' });
      return show(stored);
    }),
    inspectRemote: os.repositories.inspectRemote.handler(async ({ input }) => {
      const parsed = parseRemoteUrl(input.url);
      if (!parsed.ok) return parsed;
      const { url } = parsed;
      const matching = await choices.matching(url);
      return {
        ok: true as const,
        url: url.href,
        protocol: url.protocol,
        host: hostWithPort(url),
        path: url.path,
        suggestedName: suggestedName(url),
        provider: matching[0]?.provider ?? null,
        accountIds: matching.map((account) => account.id),
        droppedCredentials: url.droppedCredentials,
      };
    }),
    inspectTarget: os.repositories.inspectTarget.handler(({ input }) =>
      inspectTarget(input.parent, input.name),
    ),
    remoteBranches: os.repositories.remoteBranches.handler(async ({ input, signal }) => {
      const url = requireRemoteUrl(input.url);
      const operation = credentials.begin({
        operation: 'list branches',
        url,
        accountId: input.accountId,
        repositoryId: null,
        interactive: false,
        signal: signal ?? never,
      });
      return engines.forNetwork().remoteBranches(url, operation, { signal: signal ?? never });
    }),
    clone: os.repositories.clone.handler(async function* ({ input, signal }) {
      const result = yield* produce<Progress, Repository>(signal, (emit, stop) => clone(input, emit, stop));
      return result ?? fail({ kind: 'cancelled' });
    }),
  });
}
