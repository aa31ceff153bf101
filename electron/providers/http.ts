import type { Account } from '../../shared/contract/accounts';
import type { AccountFetch, Authorizer } from './provider';

export interface Http {
  /** The fetch of an account; see AccountFetch. `authorizer: null` adds no Authorization. */
  bind(account: Pick<Account, 'origins'>, authorizer: Authorizer | null, signal: AbortSignal): AccountFetch;
}
