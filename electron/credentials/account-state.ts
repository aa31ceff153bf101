import type { Account, AccountTest, SignInResult } from '../../shared/contract/accounts';
import type { AppError } from '../../shared/errors';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';

const refusals = new Set<AppError['kind']>([
  'invalid-input',
  'token-refused',
  'token-form',
  'sign-in-page',
  'missing-permission',
  'authorization-required',
  'secret-unavailable',
  'not-found',
]);

/** The state an account is in after a sign-in that failed so. */
export function stateOf(error: AppError): Account['state'] {
  return refusals.has(error.kind) ? { status: 'refused', error } : { status: 'unreachable', error };
}

/** What a sign-in taught about the account. The provider's expiry wins over the user's own entry. */
export function learned(account: Account, result: SignInResult, now = Date.now()): Account {
  // The access token's end, which providers tell, ends nothing: it is renewed. renewal.ts knows the real one.
  if (account.authenticationType === 'oauth') result = { ...result, expiresOn: null };
  const isKept = account.expirySource === 'user' || account.authenticationType === 'oauth';
  return {
    ...account,
    user: result.user,
    scopes: result.scopes,
    installation: result.installation ?? account.installation,
    expiresOn: result.expiresOn ?? (isKept ? account.expiresOn : null),
    expirySource: result.expiresOn ? 'provider' : isKept ? account.expirySource : 'none',
    endsAtLatest: result.endsAtLatest ?? null,
    state: { status: 'working' },
    lastChecked: now,
  };
}

/** The account after a sign-in, however it went. */
export function afterSignIn(account: Account, test: AccountTest, now = Date.now()): Account {
  return test.ok
    ? learned(account, test.result, now)
    : { ...account, state: stateOf(test.error), lastChecked: now };
}

/**
 * Remembers what ordinary work showed about an account: that it is refused, or
 * works again. `before` is the account as the work began: a refusal of a token
 * that was replaced meanwhile says nothing about the new one.
 */
export function noteState(
  parts: { storage: Pick<Storage, 'accounts'>; events: EventSink },
  before: Pick<Account, 'id' | 'lastChecked'>,
  state: Account['state'],
): void {
  const account = parts.storage.accounts.find(before.id);
  if (!account || account.state.status === state.status) return;
  const isOlder = account.state.status === 'working' && account.lastChecked !== before.lastChecked;
  if (isOlder && state.status !== 'working') return;
  parts.storage.accounts.put({ ...account, state, lastChecked: Date.now() });
  parts.events.emit({ type: 'accounts.changed' });
}
