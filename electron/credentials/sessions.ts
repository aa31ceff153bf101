import type { Account } from '../../shared/contract/accounts';
import { AppFailure } from '../../shared/errors';
import type { Http } from '../providers/http';
import type { AccountFetch, HostingProvider, Session } from '../providers/provider';
import type { ProviderRegistry } from '../providers/registry';
import type { Renewals } from './renewal';
import { secretName } from './secret-name';
import type { SecretReader } from './unlock';

export { secretName } from './secret-name';

/** An account opened for use: its provider, its session, and its secret for git. */
export interface OpenAccount {
  provider: HostingProvider;
  session: Session;
  secret: string;
}

/** Opens accounts for REST calls and for git. */
export interface Sessions {
  /**
   * With the stored secret, renewed first where that is due. Rejects
   * `secret-unavailable`, and `token-refused` when the user must sign in again.
   * Background work passes `interactive: false`.
   */
  open(account: Account, options: { interactive: boolean; signal: AbortSignal }): Promise<OpenAccount>;
  /**
   * After git's server refused the token in `refused`: the account with a newer
   * one, or null where there is none. At most one renewal per refusal.
   */
  reopen(account: Account, refused: string, signal: AbortSignal): Promise<OpenAccount | null>;
  /** With a secret that is not stored (yet): a draft under test. */
  openWith(account: Account, secret: string, signal: AbortSignal): OpenAccount;
}

export function createSessions(
  registry: ProviderRegistry,
  http: Http,
  secrets: SecretReader,
  renewals: Renewals,
): Sessions {
  const openWith = (account: Account, secret: string, signal: AbortSignal): OpenAccount => {
    const provider = registry.of(account.kind);
    const fetch = http.bind(account, provider.authorizer(account, secret), signal);
    return { provider, secret, session: { account, fetch, signal } };
  };

  /** A token that ends while the session lasts, or that a wrong clock holds for good, is renewed once. */
  const renewing = (opened: OpenAccount): OpenAccount => {
    const { account, signal } = opened.session;
    let { fetch } = opened.session;
    let { secret } = opened;
    const again: AccountFetch = async (input, init) => {
      const used = secret;
      try {
        return await fetch(input, init);
      } catch (error) {
        const isRefused =
          error instanceof AppFailure && ['token-refused', 'sign-in-page'].includes(error.error.kind);
        // The body of a Request is read by now; everything of ours sends text.
        if (!isRefused || input instanceof Request) throw error;
        const fresh = secret === used ? await renewals.afterRefusal(account, used, signal) : secret;
        if (fresh === null) throw error;
        secret = fresh;
        fetch = openWith(account, fresh, signal).session.fetch;
        return await fetch(input, init);
      }
    };
    return { ...opened, session: { account, fetch: again, signal } };
  };

  return {
    openWith,
    async reopen(account, refused, signal) {
      if (account.authenticationType !== 'oauth') return null;
      const secret = await renewals.afterRefusal(account, refused, signal);
      return secret === null ? null : renewing(openWith(account, secret, signal));
    },
    async open(account, { interactive, signal }) {
      const stored = await secrets.read(secretName(account), {
        interactive,
        signal,
        accountId: account.id,
      });
      if (account.authenticationType !== 'oauth') return openWith(account, stored, signal);
      const secret = await renewals.current(account, stored, { interactive, signal });
      return renewing(openWith(account, secret, signal));
    },
  };
}
