import type { Account, AccountDraft, AccountTest } from '../../shared/contract/accounts';
import { AppFailure, fail } from '../../shared/errors';
import { endOf } from '../../shared/expiry';
import { accountOfDraft, aliasFor, draftOf } from '../credentials/account-draft';
import type { AccountNotices } from '../credentials/account-notices';
import { afterSignIn } from '../credentials/account-state';
import type { Renewals } from '../credentials/renewal';
import { type Sessions, secretName } from '../credentials/sessions';
import type { SecretReader } from '../credentials/unlock';
import type { Vault } from '../credentials/vault';
import type { EventSink, Platform } from '../platform';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { signInOnPage } from './account-sign-in';
import { os } from './procedure';

export interface AccountParts {
  registry: ProviderRegistry;
  storage: Storage;
  vault: Vault;
  secrets: SecretReader;
  sessions: Sessions;
  renewals: Renewals;
  platform: Pick<Platform, 'openExternal'>;
  events: EventSink;
  notices: AccountNotices;
}

export function accountsService(parts: AccountParts) {
  const { registry, storage, vault, secrets, sessions, events, notices } = parts;

  const gone = (): never => fail({ kind: 'gone', what: 'account' });
  const require = (accountId: string): Account => storage.accounts.find(accountId) ?? gone();

  const fromDraft = (draft: AccountDraft): Account =>
    accountOfDraft(draft, registry.of(draft.kind), draft.accountId ? require(draft.accountId) : undefined);

  /** An account signed in on the provider's page is edited with the sign-in it has. */
  const signedIn = async (draft: AccountDraft, account: Account, signal: AbortSignal): Promise<string> => {
    const stored = draft.accountId ? require(draft.accountId) : undefined;
    if (stored?.authenticationType !== 'oauth' || secretName(stored) !== secretName(account))
      return fail({ kind: 'invalid-input', field: 'authenticationType', reason: 'sign-in-first' });
    return (await sessions.open(stored, { interactive: true, signal })).secret;
  };

  const typedIn = (draft: AccountDraft): string => {
    if (draft.authenticationType === 'oauth') return '';
    return draft.authenticationType === 'app' ? draft.privateKey : draft.token;
  };

  /** The draft's own secret, or the stored one when the field was left blank while editing. */
  const secretOf = async (draft: AccountDraft, account: Account, signal: AbortSignal): Promise<string> => {
    if (draft.authenticationType === 'oauth') return await signedIn(draft, account, signal);
    const typed = typedIn(draft);
    if (typed.trim()) return registry.of(draft.kind).normalizeSecret(draft, typed);
    if (!draft.accountId)
      fail({
        kind: 'invalid-input',
        field: draft.authenticationType === 'app' ? 'privateKey' : 'token',
        reason: 'required',
      });
    const stored = require(draft.accountId);
    // A token is bound to the address it was added for: another address needs it typed again.
    if (stored.authenticationType !== account.authenticationType)
      fail({ kind: 'invalid-input', field: 'token', reason: 'required' });
    if (secretName(stored) !== secretName(account))
      fail({ kind: 'invalid-input', field: 'token', reason: 'address-changed' });
    return secrets.read(secretName(stored), {
      interactive: true,
      signal,
      accountId: draft.accountId,
    });
  };

  const signIn = async (account: Account, secret: string, signal: AbortSignal): Promise<AccountTest> => {
    try {
      const { provider, session } = sessions.openWith(account, secret, signal);
      return { ok: true, result: await provider.signIn(session) };
    } catch (error) {
      if (error instanceof AppFailure && error.error.kind !== 'cancelled')
        return { ok: false, error: error.error };
      throw error;
    }
  };

  /**
   * Secret first, record second; a record that cannot be written takes the
   * secret back. `record` gets what is stored at that moment, or undefined:
   * the provider may have taken its time to answer. `secret` null: the one
   * that is stored stays, whatever it was renewed to or replaced by meanwhile.
   */
  const store = async (
    tested: Account,
    secret: string | null,
    record: (stored: Account | undefined) => Account,
  ): Promise<Account> => {
    const name = secretName(tested);
    const before = storage.accounts.find(tested.id);
    const previous =
      before && secretName(before) === name ? await vault.get(name).catch(() => undefined) : undefined;
    if (secret !== null) await vault.set(name, secret);
    let replaced: Account | undefined;
    let named: Account;
    try {
      replaced = storage.accounts.find(tested.id);
      if (secret === null && (!replaced || secretName(replaced) !== name)) gone();
      const account = record(replaced);
      named = { ...account, alias: account.alias || aliasFor(account) };
      storage.accounts.put(named);
    } catch (error) {
      if (secret !== null) await (previous === undefined ? vault.delete(name) : vault.set(name, previous));
      throw error;
    }
    if (replaced) registry.of(replaced.kind).forget?.(replaced);
    events.emit({ type: 'accounts.changed' });
    // The secret of an address that was left behind. One that stays is sealed and answers to no account.
    if (replaced && secretName(replaced) !== name)
      await vault.delete(secretName(replaced)).catch(() => undefined);
    return named;
  };

  const test = async (draft: AccountDraft, signal: AbortSignal) => {
    const account = fromDraft(draft);
    let secret: string;
    try {
      secret = await secretOf(draft, account, signal);
    } catch (error) {
      if (error instanceof AppFailure && error.error.kind === 'token-form')
        return { account, secret: null, test: { ok: false, error: error.error } satisfies AccountTest };
      throw error;
    }
    return { account, secret, test: await signIn(account, secret, signal) };
  };

  const never = new AbortController().signal;

  return os.accounts.router({
    kinds: os.accounts.kinds.handler(() => [...registry.kinds]),
    list: os.accounts.list.handler(() => storage.accounts.list()),
    test: os.accounts.test.handler(async ({ input, signal }) => (await test(input, signal ?? never)).test),
    save: os.accounts.save.handler(async ({ input, signal }) => {
      const tested = await test(input.draft, signal ?? never);
      if (!tested.test.ok && !input.acceptFailure) return { account: null, test: tested.test };
      // A token of another provider's form is never kept: it could only ever be sent to the wrong host.
      if (tested.secret === null) return { account: null, test: tested.test };
      const tried = afterSignIn(tested.account, tested.test);
      const isEdit = input.draft.accountId !== undefined;
      const typed = typedIn(input.draft).trim() === '' ? null : tested.secret;
      const account = await store(tried, typed, (stored) => (isEdit && !stored ? gone() : tried));
      return { account, test: tested.test };
    }),
    signIn: os.accounts.signIn.handler(({ input, signal }) =>
      signInOnPage({ ...parts, fromDraft, test: signIn, store }, input.of, input.flow, signal),
    ),
    installations: os.accounts.installations.handler(async ({ input, signal }) => {
      const account = fromDraft(input.draft);
      const secret = await secretOf(input.draft, account, signal ?? never);
      const { provider, session } = sessions.openWith(account, secret, signal ?? never);
      if (!provider.installations || account.authenticationType !== 'app')
        return fail({ kind: 'unsupported', what: 'Installations', reason: 'Only apps have them.' });
      return await provider.installations(session, input.page);
    }),
    rename: os.accounts.rename.handler(({ input }) => {
      const account = { ...require(input.accountId), alias: input.alias.trim() };
      storage.accounts.put(account);
      events.emit({ type: 'accounts.changed' });
      return account;
    }),
    replaceToken: os.accounts.replaceToken.handler(async ({ input, signal }) => {
      const stored = require(input.accountId);
      if (stored.authenticationType === 'oauth')
        fail({ kind: 'invalid-input', field: 'token', reason: 'sign-in-first' });
      const provider = registry.of(stored.kind);
      const draft = draftOf(stored, input.token);
      const secret = provider.normalizeSecret(draft, input.token);
      const renewed = (account: Account): Account => ({
        ...account,
        expiresOn: input.expiresOn || null,
        expirySource: input.expiresOn ? 'user' : 'none',
      });
      const outcome = await signIn(renewed(stored), secret, signal ?? never);
      if (!outcome.ok && !input.acceptFailure) return { account: stored, test: outcome };
      const account = await store(stored, secret, (now) =>
        now && secretName(now) === secretName(stored) ? afterSignIn(renewed(now), outcome) : gone(),
      );
      return { account, test: outcome };
    }),
    check: os.accounts.check.handler(async ({ input, signal }) => {
      const account = require(input.accountId);
      let outcome: AccountTest;
      try {
        const { secret } = await sessions.open(account, { interactive: true, signal: signal ?? never });
        outcome = await signIn(account, secret, signal ?? never);
      } catch (error) {
        if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
        // A store that stays locked tells nothing about the token in it.
        if (error.error.kind === 'secret-unavailable' && error.error.reason === 'locked') throw error;
        outcome = { ok: false, error: error.error };
      }
      // The account may have been edited or removed while the provider answered.
      const now = require(input.accountId);
      if (secretName(now) !== secretName(account)) return now;
      // The refusal of a token that was replaced meanwhile says nothing about the new one.
      if (!outcome.ok && now.lastChecked !== account.lastChecked) return now;
      const checked = afterSignIn(now, outcome);
      storage.accounts.put(checked);
      events.emit({ type: 'accounts.changed' });
      return checked;
    }),
    setExpiry: os.accounts.setExpiry.handler(({ input }) => {
      const account = require(input.accountId);
      const expiresOn = input.expiresOn.trim();
      if (expiresOn && endOf(expiresOn) === null)
        fail({ kind: 'invalid-input', field: 'expiresOn', reason: 'date' });
      if (account.expirySource === 'provider')
        fail({ kind: 'invalid-input', field: 'expiresOn', reason: 'date-from-provider' });
      const dated: Account = {
        ...account,
        expiresOn: expiresOn || null,
        expirySource: expiresOn ? 'user' : 'none',
      };
      storage.accounts.put(dated);
      events.emit({ type: 'accounts.changed' });
      return dated;
    }),
    notices: os.accounts.notices.handler(() => notices.list()),
    dismissNotices: os.accounts.dismissNotices.handler(({ input }) => notices.dismiss(input.accountIds)),
    removalImpact: os.accounts.removalImpact.handler(({ input }) => ({
      repositories: storage.repositories
        .list()
        .filter((repository) => repository.accountId === input.accountId)
        .map(({ id, name, path }) => ({ id, name, path })),
    })),
    remove: os.accounts.remove.handler(async ({ input }) => {
      // The token first: an account that lost it can be removed again, a token without account never.
      const account = require(input.accountId);
      await vault.delete(secretName(account));
      registry.of(account.kind).forget?.(account);
      storage.accounts.remove(input.accountId);
      for (const repository of storage.repositories.list())
        if (repository.accountId === input.accountId)
          storage.repositories.put({ ...repository, accountId: null });
      storage.sshKeys.remove(input.accountId);
      await storage.repositoryCache.remove(input.accountId);
      events.emit({ type: 'accounts.changed' });
      events.emit({ type: 'repositories.changed' });
      events.emit({ type: 'hosted-repositories.changed' });
    }),
    tokenPage: os.accounts.tokenPage.handler(({ input }) => ({
      url: registry.of(input.kind).tokenPage(input),
    })),
  });
}
