import type {
  Account,
  AccountDraft,
  AccountTest,
  SignInFlow,
  SignInStep,
} from '../../shared/contract/accounts';
import { fail } from '../../shared/errors';
import { afterSignIn } from '../credentials/account-state';
import type { Renewals } from '../credentials/renewal';
import type { Platform } from '../platform';
import { endsAt } from '../providers/oauth';
import type { ProviderRegistry } from '../providers/registry';
import type { Storage } from '../storage/storage';
import { produce } from './stream';

export interface AccountSignInParts {
  registry: Pick<ProviderRegistry, 'of'>;
  storage: Pick<Storage, 'accounts' | 'signInApps'>;
  renewals: Pick<Renewals, 'signInFetch'>;
  platform: Pick<Platform, 'openExternal'>;
  fromDraft: (draft: AccountDraft) => Account;
  test: (account: Account, secret: string, signal: AbortSignal) => Promise<AccountTest>;
  /** Keeps secret and account; `record` gets what is stored by then. */
  store: (
    account: Account,
    secret: string,
    record: (stored: Account | undefined) => Account,
  ) => Promise<Account>;
}

export interface SignInOutcome {
  account: Account | null;
  test: AccountTest;
}

/** The client id a server's accounts sign in with, or undefined. */
export function signInAppOf(storage: Pick<Storage, 'signInApps'>, account: Pick<Account, 'kind' | 'url'>) {
  return storage.signInApps.list().find(({ kind, url }) => kind === account.kind && url === account.url);
}

/** Signing in on the provider's page, step by step; the account is stored once the provider agreed and the test passed. */
export async function* signInOnPage(
  parts: AccountSignInParts,
  of: { draft: AccountDraft } | { accountId: string },
  flow: SignInFlow,
  outer: AbortSignal | undefined,
): AsyncGenerator<SignInStep, SignInOutcome> {
  const accountId = 'accountId' in of ? of.accountId : of.draft.accountId;
  const isEdit = accountId !== undefined;
  const existing = isEdit ? (parts.storage.accounts.find(accountId) ?? gone()) : undefined;
  const account =
    'draft' in of ? parts.fromDraft({ ...of.draft, authenticationType: 'oauth' }) : (existing ?? gone());
  const { oauth } = parts.registry.of(account.kind);
  if (account.authenticationType !== 'oauth' || !oauth?.flows(account.kind).includes(flow))
    fail({ kind: 'invalid-input', field: 'authenticationType', reason: 'It cannot sign in this way.' });
  const client = signInAppOf(parts.storage, account);
  if (!client) return fail({ kind: 'invalid-input', field: 'clientId', reason: 'no-client-id' });

  const outcome = yield* produce<SignInStep, SignInOutcome>(outer, async (emit, signal) => {
    const secret = await oauth.signIn(
      { account, client, flow },
      {
        rawFetch: parts.renewals.signInFetch(account, signal),
        show: emit,
        openExternal: (url) => parts.platform.openExternal(url),
        signal,
      },
    );
    emit({ kind: 'agreed' });
    const test = await parts.test(account, secret, signal);
    if (!test.ok) return { account: null, test };
    const end = endsAt(secret);
    const tried = afterSignIn(
      {
        ...account,
        expiresOn: end === null ? null : new Date(end).toISOString(),
        expirySource: end === null ? 'none' : 'provider',
      },
      test,
    );
    if (signal.aborted) fail({ kind: 'cancelled' });
    const stored = await parts.store(tried, secret, (now) => (isEdit && !now ? gone() : tried));
    return { account: stored, test };
  });
  return outcome ?? fail({ kind: 'cancelled' });
}

function gone(): never {
  return fail({ kind: 'gone', what: 'account' });
}
