import type { Account } from '../../shared/contract/accounts';
import { AppFailure, fail } from '../../shared/errors';
import type { EventSink } from '../platform';
import type { Http } from '../providers/http';
import { endsAt, isOffline, readSecret, renewAt, untilAborted } from '../providers/oauth';
import type { AccountFetch } from '../providers/provider';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { secretName } from './secret-name';
import type { Vault } from './vault';

/**
 * Keeps the sign-ins made on providers' pages alive. One renewal at a time per
 * account, whoever asks; the new secret is durably in the vault before anything
 * uses it, and the old one stays there until then.
 *
 * What a kill between receiving and storing costs is the server's decision.
 * Doorkeeper keeps the old refresh token good until the new access token is
 * first used, if its table has the column `previous_refresh_token`
 * (doorkeeper-gem/doorkeeper, lib/doorkeeper/oauth/refresh_token_request.rb and
 * lib/doorkeeper/orm/active_record/mixins/access_token.rb); nothing is lost
 * then, because nothing uses the new token before it is stored. GitLab's table
 * has no such column (gitlabhq/gitlabhq, db/structure.sql, oauth_access_tokens)
 * and GitHub ends the old pair at once (docs.github.com "Refreshing user access
 * tokens"): there the user signs in again, which is said, and the account with
 * all that hangs on it stays. Entra's old refresh tokens stay good
 * (learn.microsoft.com "Refresh tokens in the Microsoft identity platform").
 */
export interface Renewals {
  /**
   * The secret as it may be used now. Rejects `token-refused` when the user must
   * sign in again; a network failure only when the old token has ended too.
   * `interactive`: asks again even where this secret was refused before.
   */
  current(
    account: Account,
    secret: string,
    options: { interactive: boolean; signal: AbortSignal },
  ): Promise<string>;
  /**
   * After a server refused the token in `secret`, which our clock holds for
   * good: a newer secret to try, or null. At most one renewal per refusal, so
   * a wrong clock never makes a circle.
   */
  afterRefusal(account: Account, secret: string, signal: AbortSignal): Promise<string | null>;
  /** A fetch for the provider's sign-in: its origins and the account's, no Authorization. */
  signInFetch(account: Account, signal: AbortSignal): AccountFetch;
  /** Waits for renewals under way, at most this many milliseconds: cut off, their tokens would be lost. */
  settle(patience: number): Promise<void>;
}

export interface RenewalParts {
  registry: Pick<ProviderRegistry, 'of'>;
  http: Pick<Http, 'bind'>;
  vault: Pick<Vault, 'get' | 'set' | 'delete'>;
  storage: Pick<Storage, 'accounts'>;
  events: EventSink;
}

/** After a network failure the old token is used for so long before the next try. */
const pause = 60_000;
/** A clock set back further than this makes every kept time worthless. */
const setBack = 5 * 60_000;

interface Known {
  /** Received and not stored yet: the disk was full. Used by nobody. */
  unstored: string | null;
  /** The secret whose renewal the provider refused, and with what. */
  refused: { secret: string; failure: AppFailure } | null;
  /** Came out of a renewal that a refusal had asked for. */
  afterRefusal: string | null;
  /** No new try before; epoch milliseconds. */
  notBefore: number;
}

export function createRenewals(parts: RenewalParts): Renewals {
  const { registry, http, vault, storage, events } = parts;
  const running = new Map<string, Promise<string>>();
  const memory = new Map<string, Known>();
  const known = (name: string): Known => {
    const found = memory.get(name) ?? { unstored: null, refused: null, afterRefusal: null, notBefore: 0 };
    memory.set(name, found);
    return found;
  };

  const signInFetch: Renewals['signInFetch'] = (account, signal) => {
    const { api, git, signIn = [] } = account.origins;
    const all = [...new Set([...api, ...git, ...signIn])];
    return http.bind({ origins: { api: all, git } }, null, signal);
  };

  /** The account as it is now, if `name` still is the name of its secret. */
  const stillThere = (account: Account, name: string): Account | undefined => {
    const now = storage.accounts.find(account.id);
    return now && secretName(now) === name ? now : undefined;
  };

  const note = (account: Account, change: Partial<Account>): void => {
    storage.accounts.put({ ...account, ...change });
    events.emit({ type: 'accounts.changed' });
  };

  const keep = async (account: Account, name: string, before: string, fresh: string): Promise<string> => {
    const mine = known(name);
    mine.unstored = fresh;
    const stored = await vault.get(name);
    const now = stillThere(account, name);
    if (!now || (stored !== undefined && stored !== before)) mine.unstored = null;
    if (!now) return fail({ kind: 'gone', what: 'account' });
    // Signed in again meanwhile: that is the newer chain of tokens.
    if (stored !== undefined && stored !== before) return stored;
    await vault.set(name, fresh);
    mine.unstored = null;
    // Removed or moved while it was written: nobody would ever delete it.
    if (!stillThere(account, name)) {
      await vault.delete(name);
      return fail({ kind: 'gone', what: 'account' });
    }
    const end = endsAt(fresh);
    const expiresOn = end === null ? null : new Date(end).toISOString();
    if (expiresOn !== now.expiresOn)
      note(now, { expiresOn, expirySource: expiresOn === null ? 'none' : 'provider' });
    return fresh;
  };

  const renew = async (account: Account, name: string, secret: string): Promise<string> => {
    const mine = known(name);
    if (mine.unstored !== null) return await keep(account, name, secret, mine.unstored);
    // Renewed between the caller's reading and now: its old refresh token may be dead already.
    const stored = await vault.get(name);
    if (stored !== undefined && stored !== secret) return stored;
    const { oauth } = registry.of(account.kind);
    const { host } = new URL(account.url);
    if (!oauth) return fail({ kind: 'token-refused', host });
    // No caller's signal: a request cut off after the server answered would lose the tokens.
    const { signal } = new AbortController();
    try {
      const fresh = await oauth.renew(account, secret, { rawFetch: signInFetch(account, signal), signal });
      mine.refused = null;
      mine.notBefore = 0;
      return await keep(account, name, secret, fresh);
    } catch (error) {
      if (isOffline(error)) mine.notBefore = Date.now() + pause;
      if (error instanceof AppFailure && error.error.kind === 'token-refused') {
        mine.refused = { secret, failure: error };
        const now = stillThere(account, name);
        if (now && now.state.status !== 'refused')
          note(now, { state: { status: 'refused', error: error.error }, lastChecked: Date.now() });
      }
      throw error;
    }
  };

  const renewOnce = async (account: Account, secret: string, signal: AbortSignal): Promise<string> => {
    const name = secretName(account);
    let mine = running.get(name);
    if (!mine) {
      mine = renew(account, name, secret).finally(() => running.delete(name));
      running.set(name, mine);
    }
    return await untilAborted(mine, signal);
  };

  return {
    signInFetch,
    async current(account, secret, { interactive, signal }) {
      const name = secretName(account);
      const due = renewAt(secret);
      const { receivedAt, expiresAt } = readSecret(secret);
      const now = Date.now();
      const isDue = due !== null && (now >= due || now < receivedAt - setBack);
      if (!isDue && known(name).unstored === null) return secret;
      const { refused, notBefore } = known(name);
      if (refused?.secret === secret && !interactive) throw refused.failure;
      const isGood = expiresAt === null || now < expiresAt;
      if (isGood && now < notBefore) return secret;
      try {
        return await renewOnce(account, secret, signal);
      } catch (error) {
        if (isGood && isOffline(error)) return secret;
        throw error;
      }
    },
    async afterRefusal(account, secret, signal) {
      const name = secretName(account);
      const stored = await vault.get(name);
      if (stored === undefined) return null;
      if (stored !== secret) return stored;
      const mine = known(name);
      // Made because of a refusal, and refused: the clock is not the reason.
      if (mine.afterRefusal === secret || mine.refused?.secret === secret) return null;
      if (renewAt(secret) === null) return null;
      const fresh = await renewOnce(account, secret, signal);
      mine.afterRefusal = fresh;
      return fresh;
    },
    async settle(patience) {
      if (running.size === 0) return;
      await Promise.race([
        Promise.allSettled(running.values()),
        new Promise((resolve) => setTimeout(resolve, patience).unref()),
      ]);
    },
  };
}
