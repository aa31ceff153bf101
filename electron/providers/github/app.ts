import { createHash, createSign } from 'node:crypto';
import type { Account } from '../../../shared/contract/accounts';
import { refusalOf } from '../http';
import type { AccountFetch, Authorizer } from '../provider';
import { apiBase } from './address';
import { firstInstallation, type InstallationToken, mint } from './installations';

/** GitHub's clock may be behind ours by this much. docs.github.com: generating a JWT for a GitHub App. */
const clockDrift = 60;
const jwtLifetime = 9 * 60;
/** A minted token is not used in its last minutes: a clone may take that long. */
const tokenReserve = 10 * 60 * 1000;

/** Tokens of installations, by app (server and App ID) and then by installation and key. */
const minted = new Map<string, Map<string, InstallationToken>>();
/** Seconds an app's server is ahead of this computer, where it complained. */
const clocks = new Map<string, number>();

const appOf = (account: Account) => `${apiBase(account)} ${account.appId}`;

/**
 * Not by Octokit's app strategy: its JWT goes back 30 seconds only, and it
 * joins requests for one installation number whatever server they are for, so
 * that an app of one server would get, and send, the token of another's.
 */
function signedJwt(account: Account, key: string): string {
  const now = Math.floor(Date.now() / 1000) + (clocks.get(appOf(account)) ?? 0);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iat: now - clockDrift, exp: now + jwtLifetime, iss: account.appId };
  const content = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}`;
  const signature = createSign('RSA-SHA256').update(content).sign(key, 'base64url');
  return `${content}.${signature}`;
}

/** GitHub's complaints of a clock, the last one about the number's kind though it is about its value. */
const clockComplaint =
  /'Expiration time' claim \('exp'\) (is too far in the future|must be a numeric value)|'Issued at' claim \('iat'\) must be an Integer/;

/**
 * What the app does as itself, once more by the server's own clock when the
 * server finds ours wrong. Nothing is repeated when its date is no news.
 */
export async function byServerClock<T>(account: Account, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal || !clockComplaint.test(refusal.message)) throw error;
    const ahead = Math.round((Date.parse(refusal.headers.get('date') ?? '') - Date.now()) / 1000);
    if (Number.isNaN(ahead) || ahead === (clocks.get(appOf(account)) ?? 0)) throw error;
    clocks.set(appOf(account), ahead);
    return await work();
  }
}

/** Seconds this app's server is ahead of this computer's clock; 0 where it never complained. */
export function serverAhead(account: Account): number {
  return clocks.get(appOf(account)) ?? 0;
}

/** Drops the tokens minted for this app; requests under way keep theirs to themselves. */
export function forgetTokens(account: Account): void {
  minted.delete(appOf(account));
}

function tokensOf(account: Account): Map<string, InstallationToken> {
  const known = minted.get(appOf(account)) ?? new Map<string, InstallationToken>();
  for (const [name, { expiresAt }] of known) if (expiresAt <= Date.now()) known.delete(name);
  minted.set(appOf(account), known);
  return known;
}

/** The Authorization of an app: `/app...` is asked as the app itself, everything else as its installation. */
export function appAuthorizer(account: Account, key: string): Authorizer {
  const base = apiBase(account);
  const name = createHash('sha256')
    .update(JSON.stringify([account.installation?.id ?? '', key]))
    .digest('hex');
  let pending: Promise<string> | undefined;

  const installationToken = async (fetch: AccountFetch): Promise<string> => {
    const tokens = tokensOf(account);
    const known = tokens.get(name);
    if (known && known.expiresAt - Date.now() > tokenReserve) return known.token;
    const ask: AccountFetch = (input, init) =>
      fetch(input, {
        ...init,
        headers: {
          authorization: `Bearer ${signedJwt(account, key)}`,
          accept: 'application/vnd.github+json',
        },
      });
    const made = await byServerClock(account, async () => {
      const id = account.installation?.id ?? (await firstInstallation(account, ask));
      return await mint(account, id, ask);
    });
    tokens.set(name, made);
    return made.token;
  };

  return {
    async headers(rawFetch, _signal, url) {
      if (url.href.startsWith(`${base}/app`)) return { authorization: `Bearer ${signedJwt(account, key)}` };
      pending ??= installationToken(rawFetch).finally(() => {
        pending = undefined;
      });
      return { authorization: `token ${await pending}` };
    },
  };
}
