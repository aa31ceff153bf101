import {
  type AuthenticationResult,
  AuthError,
  type INetworkModule,
  LogLevel,
  type NetworkResponse,
  PublicClientApplication,
} from '@azure/msal-node';
import { z } from 'zod';
import { AppFailure, fail } from '../../../shared/errors';
import {
  answeringFetch,
  isOffline,
  type OAuthClient,
  type OAuthRefusal,
  untilAborted,
  wait,
  writeSecret,
} from '../oauth';
import type { AccountAddress, AccountFetch } from '../provider';
import { services } from './address';

/** Azure DevOps in Entra: learn.microsoft.com/azure/devops/integrate/get-started/authentication/entra-oauth. */
export const scopes = ['499b84ac-1321-427f-aa17-267ca6975798/.default'];

/** Where Microsoft signs people in; another base than Microsoft's own (tests, proxies) is its own. */
export function entraOrigin({ url }: Pick<AccountAddress, 'url'>): string {
  return url === services ? 'https://login.microsoftonline.com' : new URL(url).origin;
}

const errorSchema = z.object({ error: z.string(), error_description: z.string().catch('') });
/** RFC 8628 section 3.5; Microsoft documents no such answer, its library would end on it. */
const slowDown = 5000;
const offlineTries = 3;

class Refused extends Error {}

/** Microsoft's library over the account's fetch, and what its errors do not tell. */
export interface EntraClient {
  readonly application: PublicClientApplication;
  /** The library's work, or our failure. `refused` reads what the server said no with. */
  run<T>(work: Promise<T>, refused: (refusal: OAuthRefusal) => AppFailure): Promise<T>;
  /** The result as the secret for the vault, token cache included. */
  secretOf(result: AuthenticationResult | null): string;
}

/**
 * All endpoints are told, so the library looks nothing up: it would ask
 * login.microsoftonline.com whoever the authority is. It insists on an https
 * authority, which is a name to it; requests go to the endpoints.
 */
export function createEntraClient(
  address: Pick<AccountAddress, 'url'>,
  client: OAuthClient,
  stored: string | null,
  parts: { rawFetch: AccountFetch; signal: AbortSignal },
): EntraClient {
  const { host } = new URL(address.url);
  const origin = entraOrigin(address);
  const authority = `https://${new URL(origin).host}/${client.tenant}`;
  const base = `${origin}/${client.tenant}`;
  let cache = stored;
  let failure: AppFailure | null = null;
  let refusal: OAuthRefusal | null = null;
  let offline = 0;

  const send = async <T>(url: string, init: RequestInit): Promise<NetworkResponse<T>> => {
    failure = null;
    refusal = null;
    const polls = typeof init.body === 'string' && init.body.includes('device_code=');
    const pending = (): NetworkResponse<T> => ({
      status: 400,
      headers: {},
      body: { error: 'authorization_pending' } as T,
    });
    try {
      const answer = await answeringFetch(parts.rawFetch)(url, { ...init, signal: parts.signal });
      const body: unknown = await answer.json();
      offline = 0;
      const said = errorSchema.safeParse(body);
      if (said.success) refusal = { code: said.data.error, description: said.data.error_description };
      if (polls && refusal?.code === 'slow_down') {
        await wait(slowDown, parts.signal);
        return pending();
      }
      // The library takes an error for a code without looking; this ends it, and `run` knows the reason.
      if (refusal && url.endsWith('/devicecode')) throw new Refused();
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: body as T };
    } catch (error) {
      if (error instanceof Refused) throw error;
      // The user may take a quarter of an hour; a network that is away for a moment ends nothing.
      if (polls && isOffline(error) && ++offline <= offlineTries) return pending();
      failure =
        error instanceof AppFailure
          ? error
          : new AppFailure({ kind: 'unexpected-answer', host, detail: 'it is no answer to a sign-in' });
      throw failure;
    }
  };
  const networkClient: INetworkModule = {
    sendGetRequestAsync: (url, options) => send(url, { headers: options?.headers }),
    sendPostRequestAsync: (url, options) =>
      send(url, { method: 'POST', headers: options?.headers, body: options?.body }),
  };
  const application = new PublicClientApplication({
    auth: {
      clientId: client.clientId,
      authority,
      knownAuthorities: [new URL(origin).host],
      authorityMetadata: JSON.stringify({
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        issuer: `${base}/v2.0`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      }),
    },
    cache: {
      cachePlugin: {
        async beforeCacheAccess({ tokenCache }) {
          if (cache !== null) tokenCache.deserialize(cache);
        },
        async afterCacheAccess(context) {
          if (context.cacheHasChanged) cache = context.tokenCache.serialize();
        },
      },
    },
    system: {
      networkClient,
      // Its log lines carry the server's sentences; nothing of it is kept.
      loggerOptions: { loggerCallback: () => undefined, logLevel: LogLevel.Error, piiLoggingEnabled: false },
      disableInternalRetries: true,
    },
  });

  return {
    application,
    async run(work, refused) {
      try {
        return await untilAborted(work, parts.signal);
      } catch (error) {
        if (error instanceof AppFailure) throw error;
        if (failure) throw failure;
        if (refusal) throw refused(refusal);
        // Nothing was asked, or the answer was fine and the library still says no: only its code is safe to show.
        if (error instanceof AuthError)
          throw refused({
            code: error.errorCode === 'device_code_expired' ? 'expired_token' : error.errorCode,
            description: '',
          });
        throw error;
      }
    },
    secretOf(result) {
      if (!result?.accessToken || cache === null)
        return fail({ kind: 'unexpected-answer', host, detail: 'the answer holds no token' });
      return writeSecret({
        clientId: client.clientId,
        tenant: client.tenant,
        accessToken: result.accessToken,
        refreshToken: null,
        receivedAt: Date.now(),
        expiresAt: result.expiresOn?.getTime() ?? null,
        refreshExpiresAt: null,
        cache,
      });
    },
  };
}
