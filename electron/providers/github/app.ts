import { createHash, createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import type { Account, AccountDraft } from '../../../shared/contract/accounts';
import { fail } from '../../../shared/errors';
import type { AccountFetch, Authorizer } from '../provider';
import { tokenShape } from '../token-form';
import { apiBase } from './address';
import { parse } from './client';
import { installationsSchema, installationTokenSchema } from './wire';

/** GitHub's clock may be behind ours by this much. docs.github.com: generating a JWT for a GitHub App. */
const clockDrift = 60;
const jwtLifetime = 9 * 60;
/** A minted token is not used in its last minutes: a clone may take that long. */
const tokenReserve = 10 * 60 * 1000;

const minted = new Map<string, { token: string; expiresAt: number }>();

function invalid(field: 'privateKey' | 'appId' | 'installation', reason: string): never {
  return fail({ kind: 'invalid-input', field, reason });
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    return fail(
      {
        kind: 'invalid-input',
        field: 'privateKey',
        reason: 'The key is damaged or incomplete. Paste the whole .pem file with its BEGIN and END lines.',
      },
      error,
    );
  }
}

/** Checks App ID, installation and key; returns the key as PKCS#8, whatever form GitHub handed out. */
export function normalizeKey(draft: AccountDraft, pasted: string): string {
  if (!/^\d{1,18}$/.test(draft.appId.trim()))
    invalid('appId', 'The App ID is a number; it stands on the settings page of the app.');
  const installation = draft.installation.trim();
  if (installation !== '' && !/^(https?:\/\/\S+\/installations\/)?\d{1,18}\/?$/.test(installation))
    invalid('installation', 'Give the number at the end of settings/installations/…, or that address.');
  const pem = pasted
    .replaceAll('\\n', '\n')
    .replaceAll(/\r\n?/g, '\n')
    .replace(/^[\s"'\ufeff]+|[\s"']+$/g, '');
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----\n/.exec(`${pem}\n`)?.[1];
  if (!label) {
    const host = new URL('https://github.com').host;
    const looksLike = tokenShape(pem);
    if (looksLike) fail({ kind: 'token-form', host, looksLike });
    invalid('privateKey', 'This is no PEM key: it must start with -----BEGIN RSA PRIVATE KEY-----.');
  }
  if (/PUBLIC|CERTIFICATE/.test(label))
    invalid('privateKey', 'This is a public key; the private key is needed.');
  if (/ENCRYPTED/.test(label) || /Proc-Type: 4,ENCRYPTED/.test(pem))
    invalid('privateKey', 'The key is protected by a passphrase; GitHub’s own download is not.');
  if (!label.endsWith('PRIVATE KEY') || !pem.includes(`-----END ${label}-----`))
    invalid('privateKey', 'The END line is missing: the key was not copied whole.');
  const key = readKey(pem);
  if (key.asymmetricKeyType !== 'rsa')
    invalid('privateKey', 'GitHub Apps use RSA keys; this is another kind.');
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Not by Octokit's app strategy: its JWT goes back 30 seconds only, and it
 * joins requests for one installation number whatever server they are for, so
 * that an app of one server would get, and send, the token of another's.
 */
function signedJwt(appId: string, key: string): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iat: now - clockDrift, exp: now + jwtLifetime, iss: appId };
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}`;
  const signature = createSign('RSA-SHA256').update(content).sign(key, 'base64url');
  return `${content}.${signature}`;
}

function asApp(account: Account, key: string): Record<string, string> {
  return {
    authorization: `Bearer ${signedJwt(account.appId, key)}`,
    accept: 'application/vnd.github+json',
  };
}

/** The Authorization of an app: `/app...` is asked as the app itself, everything else as its installation. */
export function appAuthorizer(account: Account, key: string): Authorizer {
  const base = apiBase(account);
  const name = createHash('sha256')
    .update(JSON.stringify([base, account.appId, account.installation?.id ?? '', key]))
    .digest('hex');
  let pending: Promise<string> | undefined;

  const installationToken = async (fetch: AccountFetch): Promise<string> => {
    const known = minted.get(name);
    if (known && known.expiresAt - Date.now() > tokenReserve) return known.token;
    const id = account.installation?.id ?? (await firstInstallation(account, key, fetch));
    const made = await parse(
      await fetch(`${base}/app/installations/${encodeURIComponent(id)}/access_tokens`, {
        method: 'POST',
        headers: asApp(account, key),
      }),
      installationTokenSchema,
    );
    minted.set(name, { token: made.token, expiresAt: Date.parse(made.expires_at) });
    return made.token;
  };

  return {
    async headers(rawFetch, _signal, url) {
      if (url.href.startsWith(`${base}/app`))
        return { authorization: `Bearer ${signedJwt(account.appId, key)}` };
      pending ??= installationToken(rawFetch).finally(() => {
        pending = undefined;
      });
      return { authorization: `token ${await pending}` };
    },
  };
}

async function firstInstallation(account: Account, key: string, fetch: AccountFetch): Promise<string> {
  const answer = await fetch(`${apiBase(account)}/app/installations?per_page=100`, {
    headers: asApp(account, key),
  });
  const installations = await parse(answer, installationsSchema);
  const first = installations[0];
  if (!first) return noInstallation(account);
  return String(first.id);
}

export function noInstallation(account: Account): never {
  return fail({
    kind: 'not-found',
    host: new URL(account.url).host,
    what: 'an installation of this app; install it on an organization or account first',
  });
}
