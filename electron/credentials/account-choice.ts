import { randomUUID } from 'node:crypto';
import type { Account } from '../../shared/contract/accounts';
import type {
  AccountRule,
  BindingWarning,
  ChoiceSource,
  CommitIdentity,
} from '../../shared/contract/bindings';
import type { Remember } from '../../shared/contract/prompts';
import { hostWithPort, parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';
import type { EventSink } from '../platform';
import type { PromptBroker } from '../prompts/broker';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { applies, folderHolds, inOrder, pathsOf, reaches, sameScope, waysOf } from './account-rules';
import { type Asking, createWhichAccount } from './which-account';

/** What an account is wanted for. */
export interface ChoiceSubject {
  url: RemoteUrl;
  repositoryId: string | null;
  /** Absolute; of a clone that is not there yet. */
  directory?: string | null;
}

export interface Choice {
  /** Null: none fits, or several do. */
  account: Account | null;
  source: ChoiceSource | null;
  rule: AccountRule | null;
  /** Accounts of equal rank; the user has to choose. */
  candidates: Account[];
  identity: CommitIdentity | null;
  warnings: BindingWarning[];
}

/**
 * The one place that decides which account answers: the repository's binding,
 * then rules (deepest folder, longest path, host), then the only or longest
 * namespace, then the only account whose list has the repository. Never an
 * account whose origin is not exactly the address's; of ssh addresses, whose
 * keys are not ours, the account is for the provider's API.
 */
export interface AccountChoices {
  /** Asks nobody. `forGit`: accounts that may not be used for repositories give way to those that may. */
  choose(subject: ChoiceSubject, options?: { forGit?: boolean }): Promise<Choice>;
  /** Every account that could answer, the chosen one first. */
  matching(url: RemoteUrl): Promise<Account[]>;
  /** Remembers what the user answered. `once` is the caller's business. */
  remember(subject: ChoiceSubject, accountId: string, remember: Remember): void;
  /** First name of the repository's path as its provider writes it: organization, owner, group, project. */
  organizationOf(url: RemoteUrl, account: Account): string | null;
  /** Like `choose`; where several fit the user is asked, once for all who wait. Rejects as which-account.ts says. */
  resolve(subject: ChoiceSubject, asking: Asking): Promise<Choice>;
  /** The account the user chose for this address before its repository was there; forgotten with this. */
  takeChosenFor(url: RemoteUrl): string | null;
  /**
   * The account got in. `kept`: nothing will be bound to it, as after a clone
   * in a terminal, so what was chosen for the repository becomes a rule.
   */
  proven(url: RemoteUrl, accountId: string, kept: boolean): void;
  /**
   * Somebody tries again: what was chosen for an address before its repository
   * was there, and has not got in since, is forgotten. Resolves that account.
   */
  doubt(url: RemoteUrl): string | null;
  /** Who commits in a folder without any remote: the deepest folder's rule that has an identity. */
  identityIn(directory: string): Promise<CommitIdentity | null>;
}

export interface ChoiceParts {
  storage: Pick<Storage, 'accounts' | 'rules' | 'repositories' | 'repositoryCache'>;
  registry: Pick<ProviderRegistry, 'of' | 'ranked'>;
  prompts: PromptBroker;
  events: EventSink;
}

const nothing = { rule: null, candidates: [], warnings: [] } as const;

/** One name for a repository's address, however it was typed. */
function addressKey(url: RemoteUrl): string {
  return `${url.origin}/${url.path.replace(/\.git$/, '').toLowerCase()}`;
}

export function createAccountChoices({ storage, registry, prompts, events }: ChoiceParts): AccountChoices {
  /** Answers for addresses whose repository is not there yet; they end with the program. */
  const decided = new Map<string, { accountId: string; isProven: boolean }>();

  const warningsOf = (boundId: string | null, url: RemoteUrl): BindingWarning[] => {
    if (boundId === null) return [];
    const account = storage.accounts.find(boundId);
    if (!account) return [{ kind: 'account-gone' }];
    if (registry.of(account.kind).matches(account, url) !== null) return [];
    const { host: accountHost, hostname } = new URL(account.url);
    const isHere =
      url.protocol === 'ssh'
        ? url.host === hostname || url.host.endsWith(`.${hostname}`)
        : account.origins.git.includes(url.origin);
    const accountNamespace = account.organization || account.collection;
    if (isHere)
      return accountNamespace === ''
        ? []
        : [{ kind: 'other-namespace', accountNamespace, remoteNamespace: url.path.split('/')[0] ?? '' }];
    return [{ kind: 'other-host', accountHost, remoteHost: hostWithPort(url) }];
  };

  /** The repository's own binding, as far as it can be followed: the exact origin decides, the namespace only warns. */
  const boundAccount = (boundId: string | null, url: RemoteUrl): Account | null => {
    const account = boundId === null ? undefined : storage.accounts.find(boundId);
    if (!account) return null;
    if (url.protocol !== 'ssh') return account.origins.git.includes(url.origin) ? account : null;
    return registry.of(account.kind).matches(account, url) === null ? null : account;
  };

  /** Whether the account's cached list of hosted repositories has this one. */
  const lists = async (account: Account, url: RemoteUrl): Promise<boolean> => {
    const cached = await storage.repositoryCache.read(account.id);
    if (!cached) return false;
    const named = registry.of(account.kind).locate(account, url)?.id.toLowerCase();
    const wanted = addressKey(url);
    return cached.items.some((item) => {
      if (item.id.toLowerCase() === named) return true;
      const parsed = parseRemoteUrl((url.protocol === 'ssh' ? item.sshUrl : item.httpsUrl) ?? '');
      return parsed.ok && addressKey(parsed.url) === wanted;
    });
  };

  /** What git asks without a path, whoever has an account on the host may answer. */
  const onHost = (url: RemoteUrl) =>
    storage.accounts
      .list()
      .filter((account) => account.origins.git.includes(url.origin))
      .map((account) => ({ account, score: 1 }));

  const fitting = (url: RemoteUrl) =>
    url.path === ''
      ? onHost(url)
      : registry
          .ranked(storage.accounts.list(), url)
          .filter(({ account }) => url.protocol === 'ssh' || account.origins.git.includes(url.origin));

  const byRank = async (
    url: RemoteUrl,
    forGit: boolean,
  ): Promise<Pick<Choice, 'account' | 'source' | 'candidates'>> => {
    const all = fitting(url);
    const usable = all.filter(({ account }) => account.useForRepositories);
    const ranked = forGit && usable.length > 0 ? usable : all;
    const [first] = ranked;
    if (!first) return { account: null, source: null, candidates: [] };
    const equal = ranked.filter(({ score }) => score === first.score).map(({ account }) => account);
    if (equal.length === 1)
      return {
        account: first.account,
        source: ranked.length === 1 ? 'only' : 'namespace',
        candidates: [],
      };
    const listed: Account[] = [];
    for (const account of equal) if (await lists(account, url)) listed.push(account);
    const [only] = listed;
    if (only && listed.length === 1) return { account: only, source: 'listed', candidates: [] };
    return { account: null, source: null, candidates: listed.length > 1 ? listed : equal };
  };

  const choose: AccountChoices['choose'] = async (
    { url, repositoryId, directory },
    { forGit = false } = {},
  ) => {
    const stored = repositoryId === null ? undefined : storage.repositories.find(repositoryId);
    const boundId = stored?.accountId ?? null;
    const warnings = warningsOf(boundId, url);
    const folder = stored?.path ?? directory ?? null;
    const folders = folder === null ? [] : await waysOf(folder);
    const rules = inOrder(storage.rules.list()).filter((rule) => {
      const account = storage.accounts.find(rule.accountId);
      return account && applies(rule, account, registry.of(account.kind), url, folders);
    });
    /** The binding's own identity, else that of the most specific rule for the account that answers. */
    const identityFor = (account: Account | null): CommitIdentity | null =>
      stored?.identity ??
      rules.find((rule) => rule.identity && (account === null || rule.accountId === account.id))?.identity ??
      null;
    const bound =
      boundAccount(boundId, url) ?? boundAccount(decided.get(addressKey(url))?.accountId ?? null, url);
    if (bound)
      return {
        ...nothing,
        account: bound,
        source: 'bound',
        candidates: [],
        identity: identityFor(bound),
        warnings,
      };
    const [rule] = rules;
    const ruled = rule && storage.accounts.find(rule.accountId);
    if (rule && ruled)
      return {
        account: ruled,
        source: rule.scope.kind,
        rule,
        candidates: [],
        identity: identityFor(ruled),
        warnings,
      };
    const ranked = await byRank(url, forGit);
    return { ...nothing, ...ranked, identity: identityFor(ranked.account), warnings };
  };

  const organizationOf: AccountChoices['organizationOf'] = (url, account) => {
    const [named = ''] = pathsOf(registry.of(account.kind), account, url);
    const segments = named.split('/').filter((segment) => segment !== '');
    return segments.length > 1 ? (segments[0] ?? null) : null;
  };

  /** `below`: a path on the address's host; null: all of it. */
  const addRule = (url: RemoteUrl, account: Account, below: string | null) => {
    const origin = url.protocol === 'ssh' ? account.origins.git[0] : url.origin;
    if (origin === undefined) return;
    const scope =
      below === null ? { kind: 'host' as const, origin } : { kind: 'path' as const, origin, path: below };
    const known = storage.rules.list().find((rule) => sameScope(rule.scope, scope, true));
    storage.rules.put({
      id: known?.id ?? randomUUID(),
      scope,
      accountId: account.id,
      identity: known?.accountId === account.id ? known.identity : null,
    });
    events.emit({ type: 'bindings.changed' });
  };

  const remember: AccountChoices['remember'] = (subject, accountId, remember) => {
    const { url, repositoryId } = subject;
    const account = storage.accounts.find(accountId);
    if (!account || !reaches(registry.of(account.kind), account, url)) return;
    if (remember === 'once') return;
    if (remember === 'repository') {
      const stored = repositoryId === null ? undefined : storage.repositories.find(repositoryId);
      if (!stored) decided.set(addressKey(url), { accountId, isProven: false });
      else {
        storage.repositories.put({ ...stored, accountId });
        events.emit({ type: 'repositories.changed' });
      }
      events.emit({ type: 'bindings.changed' });
      return;
    }
    const organization = organizationOf(url, account);
    if (remember === 'host') addRule(url, account, null);
    else if (organization !== null) addRule(url, account, organization);
  };

  const which = createWhichAccount({ choose, remember, organizationOf }, prompts);

  return {
    choose,
    remember,
    organizationOf,
    resolve: which,
    async matching(url) {
      const { account } = await choose({ url, repositoryId: null });
      const all = fitting(url).map((entry) => entry.account);
      return account ? [account, ...all.filter((one) => one.id !== account.id)] : all;
    },
    takeChosenFor(url) {
      const accountId = decided.get(addressKey(url))?.accountId ?? null;
      decided.delete(addressKey(url));
      return accountId;
    },
    proven(url, accountId, kept) {
      const found = decided.get(addressKey(url));
      const account = storage.accounts.find(accountId);
      if (found?.accountId !== accountId || !account) return;
      found.isProven = true;
      const [named = ''] = pathsOf(registry.of(account.kind), account, url);
      if (!kept || named === '') return;
      addRule(url, account, named.replace(/\.git$/, ''));
      decided.delete(addressKey(url));
    },
    doubt(url) {
      const found = decided.get(addressKey(url));
      if (!found || found.isProven) return null;
      decided.delete(addressKey(url));
      return found.accountId;
    },
    async identityIn(directory) {
      const folders = await waysOf(directory);
      const rule = inOrder(storage.rules.list()).find(
        ({ scope, identity }) =>
          identity && scope.kind === 'folder' && folders.some((folder) => folderHolds(scope.folder, folder)),
      );
      return rule?.identity ?? null;
    },
  };
}
