import type { Account, AccountDraft, AccountKind } from '../../shared/contract/accounts';
import { createHttp } from '../../electron/providers/http';
import type { OAuthFlows, OAuthStep } from '../../electron/providers/oauth';
import { accountOfDraft } from '../../electron/credentials/account-draft';
import type { HostingProvider } from '../../electron/providers/provider';
import { type AppError, AppFailure } from '../../shared/errors';

export function oauthDraft(kind: AccountKind, url: string, more: Partial<AccountDraft> = {}): AccountDraft {
  return {
    kind,
    alias: 'Work',
    authenticationType: 'oauth',
    url,
    organization: '',
    collection: '',
    email: '',
    username: '',
    tokenName: '',
    token: '',
    expiresOn: '',
    appId: '',
    privateKey: '',
    installation: '',
    useForRepositories: true,
    headerAuthentication: 'off',
    ...more,
  };
}

export interface Bench {
  account: Account;
  oauth: OAuthFlows;
  http: ReturnType<typeof createHttp>;
  /** Addresses asked, with what was sent. */
  sent: { url: string; body: string }[];
  signIn(options: {
    clientId: string;
    tenant?: string;
    flow?: 'device' | 'browser';
    onStep?: (step: OAuthStep) => unknown;
    openExternal?: (url: string) => Promise<void>;
    signal?: AbortSignal;
  }): Promise<string>;
  renew(secret: string, signal?: AbortSignal): Promise<string>;
}

/** One provider's sign-in against a stand-in, over the real door to the network. */
export function bench(provider: HostingProvider, draft: AccountDraft): Bench {
  const account = accountOfDraft(draft, provider, undefined);
  const { oauth } = provider;
  if (!oauth) throw new Error('no sign-in');
  const http = createHttp({ retryDelay: 1 });
  const sent: Bench['sent'] = [];
  const never = new AbortController().signal;
  const fetchFor = (signal: AbortSignal) => {
    const { api, git, signIn = [] } = account.origins;
    const fetch = http.bind(
      { origins: { api: [...new Set([...api, ...git, ...signIn])], git } },
      null,
      signal,
    );
    return (async (input, init) => {
      sent.push({
        url: input instanceof Request ? input.url : input.toString(),
        body:
          typeof init?.body === 'string'
            ? init.body
            : ((init?.body as URLSearchParams | undefined)?.toString() ?? ''),
      });
      return await fetch(input, init);
    }) satisfies typeof fetch;
  };
  return {
    account,
    oauth,
    http,
    sent,
    signIn: ({ clientId, tenant = '', flow = 'device', onStep, openExternal, signal = never }) =>
      oauth.signIn(
        { account, client: { clientId, tenant }, flow },
        {
          rawFetch: fetchFor(signal),
          show: (step) => void onStep?.(step),
          openExternal: openExternal ?? (() => Promise.resolve()),
          signal,
        },
      ),
    renew: (secret, signal = never) => oauth.renew(account, secret, { rawFetch: fetchFor(signal), signal }),
  };
}

/** The AppError the work rejects with. */
export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it was expected to fail');
}
