import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RepositoryNeeds } from '../../shared/contract/clone-plan';
import type { Progress } from '../../shared/contract/procedure';
import { abilities } from '../../shared/engine-abilities';
import { fail } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import type { CredentialBroker } from '../credentials/broker';
import type { Engines } from '../git/choose';
import type { GitEngine } from '../git/engine';
import type { SubmoduleTransfer } from '../git/operations/transfer';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';
import type { ClonePlans } from './clone-plan';

export interface NeedsParts {
  storage: Storage;
  engines: Pick<Engines, 'forReading' | 'forWriting'>;
  credentials: CredentialBroker;
  plans: ClonePlans;
  events: EventSink;
}

function fetchesSubmodules(engine: GitEngine): engine is GitEngine & SubmoduleTransfer {
  return 'fetchSubmodules' in engine;
}

/** The remote a repository came from; null: it has none that is contacted. */
async function ownRemote(engine: GitEngine, directory: string) {
  const { remotes } = await engine.overview(directory);
  return remotes.find(({ name }) => name === 'origin') ?? remotes[0] ?? null;
}

/** Whether git-lfs has fetched anything here: it keeps it in the git directory. */
async function hasLargeFiles(directory: string): Promise<boolean> {
  return readdir(path.join(directory, '.git', 'lfs', 'objects')).then(
    (found) => found.length > 0,
    () => false,
  );
}

/** What was left out of a clone, or came with a later commit. Contacts nobody. */
export async function needsOf(
  { storage, engines, plans }: NeedsParts,
  repositoryId: string,
): Promise<RepositoryNeeds> {
  const stored = storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
  const engine = await engines.forReading(stored.path);
  const remote = await ownRemote(engine, stored.path);
  if (!remote) return { submodules: [], placeholders: false };
  const { submodules, lfs } = await engine.needs(stored.path);
  const byOrigin = new Map<string, string[]>();
  for (const { url, path: folder, fetched } of submodules)
    if (url !== null && !fetched) byOrigin.set(url.origin, [...(byOrigin.get(url.origin) ?? []), folder]);
  plans.show(requireRemoteUrl(remote.url), [...byOrigin.keys()]);
  return {
    submodules: [...byOrigin].map(([origin, paths]) => ({ origin, paths })),
    placeholders: lfs && !(await hasLargeFiles(stored.path)),
  };
}

/** Fetches submodules from origins the page showed and the user chose. */
export async function fetchNeeded(
  { storage, engines, credentials, plans, events }: NeedsParts,
  { repositoryId, origins }: { repositoryId: string; origins: string[] },
  emit: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const stored = storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
  const directory = stored.path;
  const engine = await engines.forWriting(directory);
  if (!fetchesSubmodules(engine))
    return fail({
      kind: 'unsupported',
      what: abilities.submodules.title,
      reason: abilities.submodules.isomorphic,
    });
  const remote = await ownRemote(engine, directory);
  if (!remote)
    return fail({ kind: 'unsupported', what: 'Submodules', reason: 'This repository has no remote.' });
  const url = requireRemoteUrl(remote.url);
  plans.requireShown(origins, url);
  const operation = credentials.begin({
    operation: 'fetch submodules',
    url,
    accountId: null,
    repositoryId,
    directory,
    interactive: true,
    signal,
  });
  try {
    await engine.fetchSubmodules(
      { directory, remote: remote.name, url, credentials: operation, allowed: origins },
      { signal, progress: emit },
    );
  } finally {
    // Those that had come when it failed are here all the same.
    events.emit({ type: 'repositories.changed' });
  }
}
