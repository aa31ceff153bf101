import type { Account } from '../../shared/contract/accounts';
import type { AccountAddress, AccountFetch } from './provider';

export { answeringFetch, isOffline, type OAuthRefusal, refusedWith } from './oauth/answers';
export { plainText, signInFailure } from './oauth/failure';
export {
  endsAt,
  expiresAt,
  type OAuthSecret,
  readSecret,
  renewAt,
  tokenOf,
  writeSecret,
} from './oauth/secret';
export { untilAborted, wait } from './oauth/waiting';

/** The user's own registration at a provider. Public clients: there is no client secret. */
export interface OAuthClient {
  clientId: string;
  /** Microsoft Entra: the directory, or `organizations`. Empty elsewhere. */
  tenant: string;
}

/** What the user has to do meanwhile. */
export type OAuthStep =
  /** Enter this code on that page. `expiresAt`: epoch milliseconds. */
  | { kind: 'code'; userCode: string; url: string; expiresAt: number }
  /** The system's browser shows the provider's page; `url` in case it did not open. */
  | { kind: 'browser'; url: string };

/**
 * Signing in on the provider's own page. The secret it makes is one JSON text
 * (`OAuthSecret`) that is kept in the vault as any token; adapters take the
 * access token out of it with `tokenOf`.
 * Reject with AppFailure; end within a second of the signal.
 */
export interface OAuthFlows {
  /** The flows this kind of account has, the better one first; empty: none (then no client id is asked for). */
  flows(kind: Account['kind']): readonly ('device' | 'browser')[];
  /** How the user registers Polyforge there, one sentence each; `page`: where, on the provider's usual server. */
  registration(kind: Account['kind']): {
    steps: readonly string[];
    page: string | null;
    /** A directory has to be named too (Microsoft Entra). */
    hasTenant: boolean;
  };
  /** Origins the sign-in talks to besides the account's own (`https://login.microsoftonline.com`). */
  origins(address: AccountAddress): string[];
  /** `rawFetch` reaches the account's and the sign-in's origins and adds no Authorization. */
  signIn(
    request: { account: Account; client: OAuthClient; flow: 'device' | 'browser' },
    parts: {
      rawFetch: AccountFetch;
      show: (step: OAuthStep) => void;
      openExternal: (url: string) => Promise<void>;
      signal: AbortSignal;
    },
  ): Promise<string>;
  /**
   * Trades the secret for a fresh one. The caller stores the answer durably
   * before anything uses it, and calls this for one account once at a time:
   * refresh tokens rotate. Rejects `token-refused` when the user must sign in again.
   */
  renew(
    account: Account,
    secret: string,
    parts: { rawFetch: AccountFetch; signal: AbortSignal },
  ): Promise<string>;
}
