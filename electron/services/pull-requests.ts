import type { Account } from '../../shared/contract/accounts';
import type { RepositoryRef } from '../../shared/contract/hosted-repositories';
import type { PullRequestListPart } from '../../shared/contract/pull-requests';
import { AppFailure, fail } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { AccountChoices } from '../credentials/account-choice';
import { noteState, stateOf } from '../credentials/account-state';
import type { Sessions } from '../credentials/sessions';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { os, toAppError } from './procedure';
import { remoteUrls } from './identity';
import { produce } from './stream';

export interface PullRequestParts {
  registry: ProviderRegistry;
  storage: Storage;
  sessions: Sessions;
  engines: Engines;
  choices: AccountChoices;
  events: EventSink;
}

export function pullRequestsService({
  registry,
  storage,
  sessions,
  engines,
  choices,
  events,
}: PullRequestParts) {
  const never = new AbortController().signal;

  const openAccount = async (accountId: string, signal: AbortSignal | undefined) => {
    const account = storage.accounts.find(accountId) ?? fail({ kind: 'gone', what: 'account' });
    return sessions.open(account, { interactive: true, signal: signal ?? never });
  };

  /** The account and hosted repository behind a repository on this machine; null when no remote belongs to an account. */
  const hostedOf = async (
    repositoryId: string,
    signal: AbortSignal,
  ): Promise<{ account: Account; repository: RepositoryRef } | null> => {
    const stored = storage.repositories.find(repositoryId) ?? fail({ kind: 'gone', what: 'repository' });
    const engine = await engines.forReading(stored.path);
    const { remotes } = await engine.overview(stored.path);
    const urls = remoteUrls(remotes);
    const isBound = async (url: RemoteUrl) =>
      (await choices.choose({ url, repositoryId })).source === 'bound';
    // The bound account may be that of a second remote.
    const bound = await Promise.all(urls.map(isBound));
    const inOrder = [
      ...urls.filter((_url, index) => bound[index]),
      ...urls.filter((_url, index) => !bound[index]),
    ];
    for (const url of inOrder) {
      const asking = { operation: 'list pull requests', interactive: true, signal };
      const { account } = await choices.resolve({ url, repositoryId }, asking);
      const repository = account && registry.of(account.kind).locate(account, url);
      if (account && repository) return { account, repository };
    }
    return null;
  };

  return os.pullRequests.router({
    list: os.pullRequests.list.handler(async function* ({ input, signal, context }) {
      const hosted =
        input.repositoryId === undefined ? undefined : await hostedOf(input.repositoryId, signal ?? never);
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
            noteState({ storage, events }, account, { status: 'working' });
            emit({ kind: 'done', accountId: account.id, partial });
          } catch (error) {
            // A defect in one adapter, too, is the failure of its account and not of the others.
            const told = toAppError(error, context.log);
            if (told.kind === 'cancelled') throw new AppFailure(told, { cause: error });
            if (told.kind === 'token-refused' || told.kind === 'sign-in-page')
              noteState({ storage, events }, account, stateOf(told));
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
