import { accountDraftSchema, type Account } from '../../shared/contract/accounts';
import type { MoveEntry, MovePlan } from '../../shared/contract/organization-move';
import { type AppError, AppFailure, fail } from '../../shared/errors';
import { parseRemoteUrl } from '../../shared/remote-url';
import { draftOf } from '../credentials/account-draft';
import type { Sessions } from '../credentials/sessions';
import type { Engines } from '../git/choose';
import type { EventSink } from '../platform';
import type { AllOrganizations } from '../providers/provider';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage, StoredRepository } from '../storage/storage';
import { os, toAppError } from './procedure';

export interface OrganizationMoveParts {
  registry: ProviderRegistry;
  storage: Storage;
  sessions: Sessions;
  engines: Engines;
  events: EventSink;
}

/** Configurations of repositories read at the same time. */
const readers = 8;

const never = new AbortController().signal;
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const shown = ({ id, name, path }: StoredRepository) => ({ id, name, path });

export function organizationMoveService(parts: OrganizationMoveParts) {
  const { registry, storage, sessions, engines, events } = parts;

  const require = (accountId: string): { account: Account; all: AllOrganizations } => {
    const account = storage.accounts.find(accountId) ?? fail({ kind: 'gone', what: 'account' });
    const all = registry.of(account.kind).allOrganizations;
    if (!all?.applies(account))
      fail({
        kind: 'unsupported',
        what: 'Moving this account',
        reason: 'Its token is not one for all organizations.',
      });
    return { account, all };
  };

  /** Organizations of a repository's remotes, the one of `origin` first. */
  const organizationsOf = async (
    stored: StoredRepository,
    account: Account,
    all: AllOrganizations,
  ): Promise<string[]> => {
    // A folder that is gone or unreadable belongs to none; it stays bound as it is.
    const remotes = await Promise.resolve()
      .then(() => engines.forReading(stored.path))
      .then((engine) => engine.overview(stored.path))
      .then(
        (found) => found.remotes,
        () => [],
      );
    return [...remotes]
      .sort((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'))
      .map(({ url }) => parseRemoteUrl(url))
      .flatMap((parsed) => (parsed.ok ? (all.organizationOf(account, parsed.url) ?? []) : []));
  };

  /** The first organization of every repository known here. */
  const onThisMachine = async (account: Account, all: AllOrganizations, signal: AbortSignal) => {
    const found = new Map<string, string>();
    const waiting = storage.repositories.list();
    const read = async () => {
      for (let stored = waiting.shift(); stored; stored = waiting.shift()) {
        if (signal.aborted) fail({ kind: 'cancelled' });
        const [organization] = await organizationsOf(stored, account, all);
        if (organization !== undefined) found.set(stored.id, organization);
      }
    };
    await Promise.all(Array.from({ length: readers }, read));
    return found;
  };

  /** Organizations of the repositories that were listed with this account last time. */
  const listed = async (account: Account, all: AllOrganizations): Promise<string[]> => {
    const cached = await storage.repositoryCache.read(account.id).catch(() => null);
    return (cached?.items ?? []).flatMap(({ httpsUrl }) => {
      const parsed = parseRemoteUrl(httpsUrl);
      return parsed.ok ? (all.organizationOf(account, parsed.url) ?? []) : [];
    });
  };

  const ownAccount = (account: Account, organization: string): Account | undefined =>
    storage.accounts
      .list()
      .filter(
        (one) =>
          one.id !== account.id &&
          one.kind === account.kind &&
          one.url === account.url &&
          same(one.organization, organization),
      )
      // Of several the one that works.
      .sort((a, b) => Number(a.state.status === 'refused') - Number(b.state.status === 'refused'))[0];

  const entryOf = (account: Account, organization: string, bound: StoredRepository[]): MoveEntry => {
    const existing = ownAccount(account, organization);
    const draft = accountDraftSchema.parse({
      ...draftOf(account, ''),
      accountId: undefined,
      alias: '',
      organization,
    });
    return {
      organization,
      account: existing
        ? { id: existing.id, alias: existing.alias, working: existing.state.status !== 'refused' }
        : null,
      repositories: bound.map(shown),
      draft,
      tokenPage: registry.of(account.kind).tokenPage(draft),
    };
  };

  const plan = async (
    accountId: string,
    also: readonly string[],
    signal: AbortSignal,
    log: (line: string) => void,
  ): Promise<MovePlan> => {
    const { account, all } = require(accountId);
    let listFailure: AppError | null = null;
    const told = await sessions
      .open(account, { interactive: true, signal })
      .then(({ session }) => all.organizations(session))
      .catch((error: unknown): string[] => {
        if (error instanceof AppFailure && error.error.kind === 'cancelled') throw error;
        listFailure = toAppError(error, log);
        return [];
      });
    const places = await onThisMachine(account, all, signal);
    const bound = storage.repositories.list().filter((stored) => stored.accountId === accountId);
    const names = new Map<string, string>();
    // The server's spelling of a name wins over that in somebody's address.
    for (const name of [...told, ...(await listed(account, all)), ...places.values(), ...also])
      if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
    const entries = [...names.values()]
      .map((name) =>
        entryOf(
          account,
          name,
          bound.filter((stored) => same(places.get(stored.id) ?? '', name)),
        ),
      )
      .sort(
        (a, b) =>
          Number(b.repositories.length > 0) - Number(a.repositories.length > 0) ||
          a.organization.localeCompare(b.organization),
      );
    return {
      accountId,
      until: all.until,
      entries,
      listFailure,
      others: bound.filter((stored) => !places.has(stored.id)).map(shown),
    };
  };

  const rebind = async (accountId: string, organization: string, to: string, signal: AbortSignal) => {
    const { account, all } = require(accountId);
    const target = storage.accounts.find(to) ?? fail({ kind: 'gone', what: 'account' });
    if (
      target.kind !== account.kind ||
      target.url !== account.url ||
      !same(target.organization, organization)
    )
      fail({
        kind: 'invalid-input',
        field: 'organization',
        reason: `The account “${target.alias}” is not one of ${organization}.`,
      });
    const places = await onThisMachine(account, all, signal);
    let moved = 0;
    for (const stored of storage.repositories.list()) {
      if (stored.accountId !== accountId || !same(places.get(stored.id) ?? '', organization)) continue;
      const key = stored.hostedKey?.startsWith(`${accountId}:`)
        ? `${to}${stored.hostedKey.slice(accountId.length)}`
        : stored.hostedKey;
      storage.repositories.put({ ...stored, accountId: to, hostedKey: key });
      moved += 1;
    }
    for (const rule of storage.rules.list())
      if (
        rule.accountId === accountId &&
        rule.scope.kind === 'path' &&
        same(rule.scope.path.split('/').find((part) => part !== '') ?? '', organization)
      )
        storage.rules.put({ ...rule, accountId: to });
    events.emit({ type: 'repositories.changed' });
    return { repositories: moved };
  };

  return os.organizationMove.router({
    ending: os.organizationMove.ending.handler(() =>
      storage.accounts.list().flatMap((account) => {
        const all = registry.of(account.kind).allOrganizations;
        return all?.applies(account) ? [{ accountId: account.id, until: all.until }] : [];
      }),
    ),
    plan: os.organizationMove.plan.handler(({ input, signal, context }) =>
      plan(input.accountId, input.also, signal ?? never, context.log),
    ),
    rebind: os.organizationMove.rebind.handler(({ input, signal }) =>
      rebind(input.accountId, input.organization, input.to, signal ?? never),
    ),
  });
}
