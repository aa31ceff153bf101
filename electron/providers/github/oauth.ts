import { createOAuthDeviceAuth } from '@octokit/auth-oauth-device';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { Account } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import {
  answeringFetch,
  isOffline,
  type OAuthFlows,
  type OAuthSecret,
  plainText,
  readSecret,
  signInFailure,
  untilAborted,
  writeSecret,
} from '../oauth';
import type { AccountFetch } from '../provider';
import { apiBase } from './address';

/** As on the page for classic tokens; ignored for GitHub Apps, whose permissions are set on the App. */
const scopes = ['repo', 'read:org'];

/** Both endpoints answer with status 200 and an error in the body: docs.github.com "Error codes for the device flow". */
const refusalSchema = z.object({ error: z.string(), error_description: z.string().catch('') });
/** Octokit's RequestError around it. */
const refusedSchema = z.object({ response: z.object({ data: refusalSchema }) });
const slowDownSchema = z.object({ error: z.literal('slow_down'), interval: z.number().optional() });
/** `refresh_token` only of GitHub Apps whose user tokens expire. */
const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().optional(),
  refresh_token: z.string().optional(),
  refresh_token_expires_in: z.number().optional(),
});
type Token = z.infer<typeof tokenSchema>;

/** Slow clocks in virtual machines: github.com/cli/oauth waits a fifth longer than told, for the same reason. */
const slack = 1.2;
const offlineTries = 3;

const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The page where the code is entered: github.com/login/device, and the same path on every other GitHub. */
const codePage = (account: Account) => `${account.url}/login/device`;
const tokenEndpoint = (account: Account) => `${account.url}/login/oauth/access_token`;

export const oauth: OAuthFlows = {
  flows: () => ['device'],
  origins: ({ url }) => [url],
  registration: (kind) => ({
    steps: [
      'Open Settings → Developer settings → OAuth Apps → New OAuth App. A GitHub App works too; it then reaches only the repositories it is installed on.',
      'Any name and homepage will do. The callback URL is not used; enter the homepage again.',
      'Tick "Enable Device Flow" and register the application.',
      'Copy the Client ID here. A client secret is not needed: do not make one.',
      'An organization that restricts third-party applications must approve yours once.',
    ],
    page: kind === 'github' ? 'https://github.com/settings/applications/new' : null,
    hasTenant: false,
  }),

  async signIn({ account, client }, { rawFetch, show, signal }) {
    const { host } = new URL(account.url);
    const made: { token: Token; receivedAt: number }[] = [];
    const device: { current: { interval: number } | null } = { current: null };
    let offline = 0;
    const fetch: AccountFetch = async (input, init) => {
      const polls = input === tokenEndpoint(account);
      let answer: Response;
      try {
        answer = await answeringFetch(rawFetch)(input, { ...init, signal });
        offline = 0;
      } catch (error) {
        // The user may take a quarter of an hour; a network that is away for a moment ends nothing.
        if (!polls || !isOffline(error) || ++offline > offlineTries) throw error;
        return Response.json({ error: 'authorization_pending' });
      }
      const body: unknown = await answer
        .clone()
        .json()
        .catch(() => null);
      const token = tokenSchema.safeParse(body);
      if (polls && token.success) made.push({ token: token.data, receivedAt: Date.now() });
      const slow = slowDownSchema.safeParse(body);
      if (!slow.success || !device.current) return answer;
      // The library would wait longer once and then go on as before; GitHub wants every later wait longer too.
      device.current.interval = Math.max(device.current.interval + 5, (slow.data.interval ?? 0) * slack);
      return Response.json({ error: 'authorization_pending' });
    };
    const auth = createOAuthDeviceAuth({
      clientId: client.clientId,
      // The two kinds differ in this library in what it reads from the answer, which is read here anyway.
      clientType: 'oauth-app',
      scopes,
      request: new Octokit({ baseUrl: apiBase(account), request: { fetch }, log: silent }).request,
      onVerification(verification) {
        device.current = verification;
        verification.interval *= slack;
        show({
          kind: 'code',
          userCode: verification.user_code,
          url: codePage(account),
          expiresAt: Date.now() + verification.expires_in * 1000,
        });
      },
    });
    await untilAborted(auth({ type: 'oauth' }), signal).catch((error: unknown) => failed(host, error));
    const [first] = made;
    if (!first) fail({ kind: 'unexpected-answer', host, detail: 'the answer holds no token' });
    return secretOf(client.clientId, first.token, first.receivedAt);
  },

  async renew(account, secret, { rawFetch }) {
    const { clientId, refreshToken } = readSecret(secret);
    const { host } = new URL(account.url);
    if (refreshToken === null) return fail({ kind: 'token-refused', host });
    // Not the library's refreshToken(): it sends a client secret, which a token of the device flow needs not
    // and a public client has not (docs.github.com "Refreshing user access tokens").
    const answer = await answeringFetch(rawFetch)(tokenEndpoint(account), {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({
        client_id: clientId,
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }),
    });
    const receivedAt = Date.now();
    const body: unknown = await answer.json().catch(() => null);
    const refused = refusalSchema.safeParse(body);
    if (refused.success)
      fail({ kind: 'token-refused', host, detail: plainText(refused.data.error_description) || undefined });
    const token = tokenSchema.safeParse(body);
    return token.success
      ? secretOf(clientId, token.data, receivedAt)
      : fail({ kind: 'unexpected-answer', host, status: answer.status, detail: 'the answer holds no token' });
  },
};

/** What the library threw, as ours: our own failure inside it, or the error code GitHub answered with. */
function failed(host: string, error: unknown): never {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof AppFailure) throw at;
  const refused = refusedSchema.safeParse(error);
  if (refused.success) {
    const { error: code, error_description: description } = refused.data.response.data;
    throw signInFailure(host, { code, description });
  }
  // Octokit's own errors quote the request, and with it the device code.
  throw new AppFailure({ kind: 'unexpected-answer', host, detail: 'the answer could not be read' });
}

function secretOf(clientId: string, token: Token, receivedAt: number): string {
  const end = (seconds: number | undefined) => (seconds === undefined ? null : receivedAt + seconds * 1000);
  const secret: OAuthSecret = {
    clientId,
    tenant: '',
    accessToken: token.access_token,
    refreshToken: token.refresh_token ?? null,
    receivedAt,
    expiresAt: end(token.expires_in),
    refreshExpiresAt: end(token.refresh_token_expires_in),
    cache: null,
  };
  return writeSecret(secret);
}
