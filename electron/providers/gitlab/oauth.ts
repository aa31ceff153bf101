import * as oauth4 from 'oauth4webapi';
import type { Account } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import {
  answeringFetch,
  isOffline,
  type OAuthFlows,
  plainText,
  readSecret,
  signInFailure,
  untilAborted,
  wait,
  writeSecret,
} from '../oauth';
import type { AccountFetch } from '../provider';

/** `api` contains the others, git over HTTPS included. */
const scope = 'api';
/** RFC 8628 section 3.2 when the server names none. */
const usualInterval = 5;
/** RFC 8628 section 3.5: every slow_down adds this to the interval. */
const slowDown = 5;
const offlineTries = 3;

/** The endpoints stand below the path GitLab is installed under: docs.gitlab.com/api/oauth2. */
function serverOf({ url }: Pick<Account, 'url'>): oauth4.AuthorizationServer {
  return {
    issuer: url,
    device_authorization_endpoint: `${url}/oauth/authorize_device`,
    token_endpoint: `${url}/oauth/token`,
  };
}

function optionsOf({ url }: Pick<Account, 'url'>, fetch: AccountFetch, signal: AbortSignal) {
  const answering = answeringFetch(fetch);
  return {
    [oauth4.customFetch]: (address: string, init: RequestInit) => answering(address, init),
    // The address is the user's; the form says what an unencrypted one means.
    [oauth4.allowInsecureRequests]: url.startsWith('http:'),
    signal,
  };
}

export const oauth: OAuthFlows = {
  flows: () => ['device'],
  origins: ({ url }) => [new URL(url).origin],
  registration: (kind) => ({
    steps: [
      'Open your user settings → Applications → Add new application. (An administrator can make one for everybody under Admin → Applications.)',
      'Any name will do. The redirect URI is not used; http://localhost is fine.',
      'Untick "Confidential": Polyforge keeps no secret for an application. Tick the scope "api".',
      'Save it and copy the Application ID here. The secret is not needed.',
      'The server must run GitLab 17.1 or later.',
    ],
    page: kind === 'gitlab' ? 'https://gitlab.com/-/user_settings/applications' : null,
    hasTenant: false,
  }),

  async signIn({ account, client: { clientId } }, { rawFetch, show, signal }) {
    const { host } = new URL(account.url);
    const server = serverOf(account);
    const client = { client_id: clientId };
    const options = optionsOf(account, rawFetch, signal);
    const device = await untilAborted(
      oauth4
        .deviceAuthorizationRequest(server, client, oauth4.None(), { scope }, options)
        .then((answer) => oauth4.processDeviceAuthorizationResponse(server, client, answer)),
      signal,
    ).catch((error: unknown) => failed(host, error, true));
    const deadline = Date.now() + device.expires_in * 1000;
    show({ kind: 'code', userCode: device.user_code, url: codePage(account, device), expiresAt: deadline });

    let interval = device.interval ?? usualInterval;
    let offline = 0;
    for (;;) {
      await wait(interval * 1000, signal);
      if (Date.now() > deadline) throw signInFailure(host, { code: 'expired_token', description: '' });
      try {
        const token = await untilAborted(
          oauth4
            .deviceCodeGrantRequest(server, client, oauth4.None(), device.device_code, options)
            .then((answer) => oauth4.processDeviceCodeResponse(server, client, answer)),
          signal,
        );
        return secretOf(clientId, token, Date.now());
      } catch (error) {
        // The user may take a quarter of an hour; a network that is away for a moment ends nothing.
        const own = causeOf(error);
        if (own && isOffline(own) && ++offline <= offlineTries) continue;
        if (!(error instanceof oauth4.ResponseBodyError)) failed(host, error, false);
        offline = 0;
        if (error.error === 'slow_down') interval += slowDown;
        else if (error.error !== 'authorization_pending') failed(host, error, false);
      }
    }
  },

  async renew(account, secret, { rawFetch, signal }) {
    const { clientId, refreshToken } = readSecret(secret);
    const { host } = new URL(account.url);
    if (refreshToken === null) return fail({ kind: 'token-refused', host });
    const server = serverOf(account);
    const client = { client_id: clientId };
    try {
      const answer = await oauth4.refreshTokenGrantRequest(
        server,
        client,
        oauth4.None(),
        refreshToken,
        optionsOf(account, rawFetch, signal),
      );
      const token = await oauth4.processRefreshTokenResponse(server, client, answer);
      return secretOf(clientId, token, Date.now());
    } catch (error) {
      const code = codeOf(error);
      if (code)
        throw new AppFailure({
          kind: 'token-refused',
          host,
          detail: plainText(code.description) || undefined,
        });
      return failed(host, error, false);
    }
  },
};

/** GitLab builds it from its own configured address, which may be wrong; the path is its own. */
function codePage(account: Account, device: oauth4.DeviceAuthorizationResponse): string {
  const given = device.verification_uri_complete ?? device.verification_uri;
  const own = `${account.url}/oauth/device`;
  if (!URL.canParse(given) || new URL(given).origin !== new URL(account.url).origin) return own;
  return given;
}

/** The failure of the account's fetch inside a library's error. */
function causeOf(error: unknown): AppFailure | null {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof AppFailure) return at;
  return null;
}

function codeOf(error: unknown): { code: string; description: string } | null {
  return error instanceof oauth4.ResponseBodyError
    ? { code: error.error, description: error.error_description ?? '' }
    : null;
}

/**
 * What the library or our fetch threw, as ours. A server without the grant
 * (it came with 17.1) knows no such page, or shows its sign-in page.
 */
function failed(host: string, error: unknown, first: boolean): never {
  const own = causeOf(error);
  if (own) {
    if (first && ['not-found', 'sign-in-page', 'moved', 'wrong-provider'].includes(own.error.kind))
      throw new AppFailure({ kind: 'sign-in-failed', host, reason: 'unsupported' }, { cause: own });
    throw own;
  }
  const code = codeOf(error);
  if (code) throw signInFailure(host, code);
  // The library's own errors carry the answer, tokens included: they are not kept as a cause.
  throw new AppFailure({ kind: 'unexpected-answer', host, detail: 'it is no answer to a sign-in' });
}

function secretOf(clientId: string, token: oauth4.TokenEndpointResponse, receivedAt: number): string {
  return writeSecret({
    clientId,
    tenant: '',
    accessToken: token.access_token,
    refreshToken: token.refresh_token ?? null,
    receivedAt,
    expiresAt: token.expires_in === undefined ? null : receivedAt + token.expires_in * 1000,
    refreshExpiresAt: null,
    cache: null,
  });
}
