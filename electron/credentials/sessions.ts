import type { Account } from '../../shared/contract/accounts';
import type { Http } from '../providers/http';
import type { HostingProvider, Session } from '../providers/provider';
import type { ProviderRegistry } from '../providers/registry';
import type { SecretReader } from './unlock';

/** An account opened for use: its provider, its session, and its secret for git. */
export interface OpenAccount {
  provider: HostingProvider;
  session: Session;
  secret: string;
}

/** Opens accounts for REST calls and for git. */
export interface Sessions {
  /** With the stored secret. Rejects `secret-unavailable`. Background work passes `interactive: false`. */
  open(account: Account, options: { interactive: boolean; signal: AbortSignal }): Promise<OpenAccount>;
  /** With a secret that is not stored (yet): a draft under test. */
  openWith(account: Account, secret: string, signal: AbortSignal): OpenAccount;
}

/**
 * The vault's name of an account's secret. The origins it may be sent to are
 * part of it, and the vault seals the name with the secret: whatever a kill,
 * an edit under way or a changed settings file makes of the account's
 * address, a secret added for another origin is not found.
 */
export function secretName({ id, origins }: Pick<Account, 'id' | 'origins'>): string {
  return `account:${id}@${[...new Set([...origins.api, ...origins.git])].sort().join(' ')}`;
}

export function createSessions(registry: ProviderRegistry, http: Http, secrets: SecretReader): Sessions {
  const openWith = (account: Account, secret: string, signal: AbortSignal): OpenAccount => {
    const provider = registry.of(account.kind);
    const fetch = http.bind(account, provider.authorizer(account, secret), signal);
    return { provider, secret, session: { account, fetch, signal } };
  };
  return {
    openWith,
    async open(account, { interactive, signal }) {
      const secret = await secrets.read(secretName(account), {
        interactive,
        signal,
        accountId: account.id,
      });
      return openWith(account, secret, signal);
    },
  };
}
