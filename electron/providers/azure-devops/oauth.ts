import { randomBytes } from 'node:crypto';
import { CryptoProvider } from '@azure/msal-node';
import { AppFailure, fail } from '../../../shared/errors';
import { listenOnce } from '../http';
import {
  type OAuthFlows,
  type OAuthRefusal,
  plainText,
  readSecret,
  signInFailure,
  untilAborted,
} from '../oauth';
import { createEntraClient, entraOrigin, scopes } from './entra-client';

/** How long the page in the browser is waited for. */
const patience = 10 * 60_000;

type SignIn = OAuthFlows['signIn'];

/** Microsoft Entra, for Azure DevOps Services. Azure DevOps's own OAuth is retired (kinds.ts names the dates). */
export const oauth: OAuthFlows = {
  flows: (kind) => (kind === 'azure-devops-services' ? ['browser', 'device'] : []),
  origins: (address) => [entraOrigin(address)],
  registration: () => ({
    steps: [
      'Open the Microsoft Entra admin center → App registrations → New registration. Any name will do.',
      'As redirect URI choose "Public client/native (mobile & desktop)" and enter http://localhost.',
      'Under API permissions add Azure DevOps → Delegated permissions → user_impersonation. Your administrator may have to consent.',
      'Under Authentication allow public client flows, so that signing in with a code works too.',
      'Copy the Application (client) ID here, and the Directory (tenant) ID if the app is for one directory only.',
      'This is not the retired Azure DevOps OAuth: an app registered at app.vsaex.visualstudio.com does not work any more.',
    ],
    page: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
    hasTenant: true,
  }),
  signIn: (request, parts) =>
    request.flow === 'browser' ? inBrowser(request, parts) : withCode(request, parts),

  async renew(account, secret, parts) {
    const { clientId, tenant, cache } = readSecret(secret);
    const { host } = new URL(entraOrigin(account));
    const client = createEntraClient(account, { clientId, tenant }, cache, parts);
    const refused = ({ description }: OAuthRefusal) =>
      new AppFailure({ kind: 'token-refused', host, detail: plainText(description) || undefined });
    const [known] = await client.application.getTokenCache().getAllAccounts();
    if (!known) return fail({ kind: 'token-refused', host });
    const result = await client.run(
      client.application.acquireTokenSilent({ account: known, scopes, forceRefresh: true }),
      refused,
    );
    return client.secretOf(result);
  },
};

const withCode: SignIn = async ({ account, client: { clientId, tenant } }, { rawFetch, show, signal }) => {
  const origin = entraOrigin(account);
  const client = createEntraClient(account, { clientId, tenant }, null, { rawFetch, signal });
  const request = {
    scopes,
    cancel: false,
    deviceCodeCallback: (code: { userCode: string; verificationUri: string; expiresIn: number }) =>
      show({
        kind: 'code',
        userCode: code.userCode,
        url: codePage(code.verificationUri, origin),
        expiresAt: Date.now() + code.expiresIn * 1000,
      }),
  };
  const stop = () => {
    request.cancel = true;
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await client.run(client.application.acquireTokenByDeviceCode(request), (refusal) =>
      signInFailure(new URL(origin).host, refusal),
    );
    return client.secretOf(result);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

/** Authorization code with PKCE over this machine's loopback: RFC 8252, RFC 7636. */
const inBrowser: SignIn = async (
  { account, client: { clientId, tenant } },
  { rawFetch, show, openExternal, signal },
) => {
  const { host } = new URL(entraOrigin(account));
  const client = createEntraClient(account, { clientId, tenant }, null, { rawFetch, signal });
  const refused = (refusal: OAuthRefusal) => signInFailure(host, refusal);
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const state = randomBytes(32).toString('base64url');
  const deadline = AbortSignal.timeout(patience);
  const loopback = await listenOnce(state, AbortSignal.any([signal, deadline]));
  try {
    const { redirectUri } = loopback;
    const url = await client.run(
      client.application.getAuthCodeUrl({
        scopes,
        redirectUri,
        state,
        responseMode: 'form_post',
        codeChallenge: challenge,
        codeChallengeMethod: 'S256',
        // Several accounts of one person are usual here; Microsoft would take the browser's last one.
        prompt: 'select_account',
      }),
      refused,
    );
    show({ kind: 'browser', url });
    // Where no browser opens, the page shows the address.
    await untilAborted(openExternal(url), signal).catch(() => undefined);
    const form = await loopback.answer.catch((error: unknown) => {
      if (deadline.aborted && !signal.aborted) throw refused({ code: 'expired_token', description: '' });
      throw error;
    });
    const error = form.get('error');
    if (error !== null) throw refused({ code: error, description: form.get('error_description') ?? '' });
    const result = await client.run(
      client.application.acquireTokenByCode({
        code: form.get('code') ?? '',
        codeVerifier: verifier,
        redirectUri,
        scopes,
        clientInfo: form.get('client_info') ?? undefined,
      }),
      refused,
    );
    return client.secretOf(result);
  } finally {
    loopback.close();
  }
};

/** Microsoft names the page; only its own are shown as a place to type a code into. */
function codePage(given: string, origin: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  const microsoft = /^(www\.|login\.)?microsoft\.com$|^login\.microsoftonline\.com$|^aka\.ms$/;
  if (url && (url.origin === origin || (url.protocol === 'https:' && microsoft.test(url.hostname))))
    return url.href;
  return fail({
    kind: 'unexpected-answer',
    host: new URL(origin).host,
    detail: 'it names a page of somebody else for the code',
  });
}
