import type { Account } from '../../shared/contract/accounts';
import type { RepositoryRef } from '../../shared/contract/hosted-repositories';
import type { PullRequestListPart } from '../../shared/contract/pull-requests';
import { AppFailure, fail } from '../../shared/errors';
import { parseRemoteUrl } from '../../shared/remote-url';
import { noteState, stateOf } from '../credentials/account-state';
import type { Sessions } from '../credentials/sessions';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { os, toAppError } from './procedure';
import { produce } from './stream';

export interface PullRequestParts {
  registry: ProviderRegistry;
  storage: Storage;
  sessions: Sessions;
  engines: Engines;
  events: EventSink;
}

export function pullRequestsService({ registry, storage, sessions, engines, events }: PullRequestParts) {
  const never = new AbortController().signal;

  const openAccount = async (accountId: string, signal: AbortSignal | undefined) => {
    const account = storage.accounts.find(accountId) ?? fail({ kind: 'gone', what: 'account' });
    return sessions.open(account, { interactive: true, signal: signal ?? never });
  };

  /** The account and hosted repository behind a repository on this machine; null when no remote belongs to an account. */
  const hostedOf = async (
    repositoryId: string,
  ): Promise<{ account: Account; repository: RepositoryRef } | null> => {
    const stored = storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
    const { remotes } = await engines.forReading().overview(stored.path);
    const all = storage.accounts.list();
    const bound = all.find((account) => account.id === stored.accountId);
    for (const remote of [...remotes].sort(
      (a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'),
    )) {
      const parsed = parseRemoteUrl(remote.url);
      if (!parsed.ok) continue;
      const candidates = bound ? [bound] : registry.accountsFor(all, parsed.url);
      for (const account of candidates) {
        const repository = registry.of(account.kind).locate(account, parsed.url);
        if (repository) return { account, repository };
      }
    }
    return null;
  };

  return os.pullRequests.router({
    list: os.pullRequests.list.handler(async function* ({ input, signal, context }) {
      const hosted = input.repositoryId === undefined ? undefined : await hostedOf(input.repositoryId);
      if (hosted === null) return;
      const wanted = hosted
        ? [hosted.account]
        : storage.accounts.list().filter((account) => !input.accountId || account.id === input.accountId);
      type Emit = (part: PullRequestListPart) => void;
      yield* produce<PullRequestListPart>(
        signal,
        ...wanted.map((account) => async (emit: Emit, stop: AbortSignal) => {
          try {
            const { provider, session } = await sessions.open(account, { interactive: true, signal: stop });
            const filter = { state: input.state, scope: input.scope, repository: hosted?.repository };
            let partial: string | null = null;
            for await (const page of provider.listPullRequests(session, filter)) {
              if (page.items.length > 0) emit({ kind: 'items', accountId: account.id, items: page.items });
              partial = page.partial ?? partial;
            }
            noteState({ storage, events }, account.id, { status: 'working' });
            emit({ kind: 'done', accountId: account.id, partial });
          } catch (error) {
            // A defect in one adapter, too, is the failure of its account and not of the others.
            const told = toAppError(error, context.log);
            if (told.kind === 'cancelled') throw new AppFailure(told, { cause: error });
            if (told.kind === 'token-refused' || told.kind === 'sign-in-page')
              noteState({ storage, events }, account.id, stateOf(told));
            emit({ kind: 'failed', accountId: account.id, error: told });
          }
        }),
      );
    }),
    get: os.pullRequests.get.handler(async ({ input, signal }) => {
      const { provider, session } = await openAccount(input.accountId, signal);
      return provider.pullRequest(session, input.repository, input.number);
    }),
    files: os.pullRequests.files.handler(async ({ input, signal }) => {
      const { provider, session } = await openAccount(input.accountId, signal);
      return provider.changedFiles(session, input.repository, input.number);
    }),
    fileDiff: os.pullRequests.fileDiff.handler(async ({ input, signal }) => {
      const { provider, session } = await openAccount(input.accountId, signal);
      const file = { path: input.path, previousPath: input.previousPath };
      return provider.fileDiff(session, input.repository, input.number, file);
    }),
    threads: os.pullRequests.threads.handler(async ({ input, signal }) => {
      const { provider, session } = await openAccount(input.accountId, signal);
      return provider.threads(session, input.repository, input.number);
    }),
  });
}
