import type { Reach } from '../../shared/contract/clone-plan';
import type { Progress } from '../../shared/contract/procedure';
import { abilities } from '../../shared/engine-abilities';
import { fail } from '../../shared/errors';
import { requireRemoteUrl } from '../../shared/remote-url';
import type { CredentialBroker } from '../credentials/broker';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';

export interface ReachParts {
  storage: Storage;
  engines: Pick<Engines, 'forWriting'>;
  credentials: CredentialBroker;
  events: EventSink;
}

/** Brings more of a repository that was not cloned whole, from the remote it is missing of. */
export async function bringMore(
  { storage, engines, credentials, events }: ReachParts,
  { repositoryId, reach }: { repositoryId: string; reach: Reach },
  emit: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const stored = storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
  const directory = stored.path;
  const engine = await engines.forWriting(directory);
  const { remotes, narrow } = await engine.overview(directory);
  const wanted = reach.kind === 'all-branches' && narrow !== null ? narrow : 'origin';
  const remote = remotes.find(({ name }) => name === wanted) ?? remotes[0];
  if (!remote)
    return fail({
      kind: 'unsupported',
      what: abilities.reach.title,
      reason: 'This repository has no remote.',
    });
  const url = requireRemoteUrl(remote.url);
  const operation = credentials.begin({
    operation: 'fetch',
    url,
    accountId: null,
    repositoryId,
    directory,
    interactive: true,
    signal,
  });
  try {
    await engine.fetch(
      { directory, remote: remote.name, url, credentials: operation, prune: false, reach },
      { signal, progress: emit },
    );
  } finally {
    // What had arrived when it failed is here all the same.
    events.emit({ type: 'repositories.changed' });
  }
}
