import { type Account, accountDraftSchema } from '../../shared/contract/accounts';
import type { HostedRepository, RepositoryListPart } from '../../shared/contract/hosted-repositories';
import { AppFailure, fail } from '../../shared/errors';
import { noteState, stateOf } from '../credentials/account-state';
import type { Sessions } from '../credentials/sessions';
import type { EventSink } from '../platform';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { type CallContext, os, toAppError } from './procedure';
import { produce } from './stream';

export interface HostedRepositoryParts {
  registry: Pick<ProviderRegistry, 'of'>;
  storage: Storage;
  sessions: Sessions;
  events: EventSink;
}

/** A cache younger than this is not asked for again unless the user refreshes. */
const freshFor = 10 * 60_000;
/** Rows a message: large enough to be few, small enough that the page draws in between. */
const rowsPerPart = 500;
/** Far more than anybody can reach; a server whose list never ends must not fill the memory. */
const mostRows = 250_000;

export function hostedRepositoriesService({ registry, storage, sessions, events }: HostedRepositoryParts) {
  type Emit = (part: RepositoryListPart) => void;

  const emitRows = (
    emit: Emit,
    accountId: string,
    source: 'cache' | 'provider',
    fetchedAt: number,
    items: HostedRepository[],
  ) => {
    for (let start = 0; start === 0 || start < items.length; start += rowsPerPart)
      emit({ kind: 'items', accountId, source, fetchedAt, items: items.slice(start, start + rowsPerPart) });
  };

  /** The list of an account that was removed meanwhile must not stay on the disk. */
  const keep = async (accountId: string, fetchedAt: number, items: HostedRepository[]) => {
    const isGone = () => storage.accounts.find(accountId) === undefined;
    if (isGone()) return;
    // A cache that cannot be written costs speed, never the list.
    await storage.repositoryCache.write(accountId, fetchedAt, items).catch(() => undefined);
    if (isGone()) await storage.repositoryCache.remove(accountId);
  };

  const listAccount = async (
    account: Account,
    refresh: boolean,
    emit: Emit,
    signal: AbortSignal,
    log: CallContext['log'],
  ) => {
    const cached = await storage.repositoryCache.read(account.id);
    if (cached) emitRows(emit, account.id, 'cache', cached.fetchedAt, cached.items);
    if (cached && !refresh && Date.now() - cached.fetchedAt < freshFor) {
      emit({ kind: 'done', accountId: account.id, count: cached.items.length });
      return;
    }
    try {
      const { provider, session } = await sessions.open(account, { interactive: true, signal });
      const fetchedAt = Date.now();
      const all: HostedRepository[] = [];
      for await (const page of provider.listRepositories(session)) {
        // One by one: a page of any length would be that many arguments.
        for (const repository of page) all.push(repository);
        if (all.length > mostRows)
          fail({
            kind: 'unexpected-answer',
            host: new URL(account.url).host,
            detail: `its list of repositories does not end after ${mostRows}`,
          });
        if (page.length > 0) emitRows(emit, account.id, 'provider', fetchedAt, page);
      }
      // Tells the page that the cached rows are replaced, also by nothing at all.
      if (all.length === 0) emitRows(emit, account.id, 'provider', fetchedAt, []);
      await keep(account.id, fetchedAt, all);
      noteState({ storage, events }, account, { status: 'working' });
      emit({ kind: 'done', accountId: account.id, count: all.length });
    } catch (error) {
      // A defect in one adapter, too, is the failure of its account and not of the others.
      const told = toAppError(error, log);
      if (told.kind === 'cancelled') throw new AppFailure(told, { cause: error });
      if (told.kind === 'token-refused' || told.kind === 'sign-in-page')
        noteState({ storage, events }, account, stateOf(told));
      emit({ kind: 'failed', accountId: account.id, error: told });
    }
  };

  return os.hostedRepositories.router({
    list: os.hostedRepositories.list.handler(({ input, signal, context }) => {
      const wanted = storage.accounts
        .list()
        .filter((account) => input.accountId === undefined || account.id === input.accountId);
      return produce<RepositoryListPart>(
        signal,
        ...wanted.map(
          (account) => (emit: Emit, stop: AbortSignal) =>
            listAccount(account, input.refresh, emit, stop, context.log),
        ),
      );
    }),
    favourites: os.hostedRepositories.favourites.handler(() => storage.favourites.list()),
    setFavourite: os.hostedRepositories.setFavourite.handler(({ input }) => {
      storage.favourites.set(input.key, input.favourite);
      events.emit({ type: 'hosted-repositories.changed' });
    }),
    recentlyCloned: os.hostedRepositories.recentlyCloned.handler(() => storage.recentlyCloned.list()),
    accessPage: os.hostedRepositories.accessPage.handler(({ input }) => {
      const account = storage.accounts.find(input.accountId) ?? fail({ kind: 'gone', what: 'account' });
      const provider = registry.of(account.kind);
      if (provider.accessPage) return { url: provider.accessPage(account) };
      const { kind, alias, authenticationType, url, organization, collection } = account;
      const draft = { kind, alias, authenticationType, url, organization, collection };
      return { url: provider.tokenPage(accountDraftSchema.parse(draft)) };
    }),
  });
}
