import type { Account, SignInResult } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import { pictureOf, refusalOf } from '../http';
import { expiresAt, tokenOf } from '../oauth';
import type { GitCredential, Session } from '../provider';
import { byServerClock, forgetTokens, serverAhead } from './app';
import { type Client, createClient } from './client';
import {
  firstInstallation,
  firstOf,
  type InstallationToken,
  mint,
  nameOf,
  noInstallation,
  ownInstallation,
} from './installations';
import {
  appSchema,
  installationRepositoriesSchema,
  installationsSchema,
  repositoriesSchema,
  userSchema,
} from './wire';

/** Scopes that contain others: docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps. */
const containing: Record<string, string[]> = {
  repo: ['repo'],
  'read:org': ['read:org', 'write:org', 'admin:org'],
};

/** `2027-10-12 09:00:00 UTC`, with an offset instead of UTC, or ISO; null: no expiry told. */
export function expiry(header: string | null): string | null {
  const value = header?.trim();
  if (!value) return null;
  const iso = value
    .replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/, '$1T$2')
    .replace(/\s*UTC$/i, 'Z')
    .replace(/\s+([+-]\d\d):?(\d\d)$/, '$1:$2');
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

export async function signIn(session: Session): Promise<SignInResult> {
  const client = createClient(session);
  try {
    return session.account.authenticationType === 'app'
      ? await signInApp(session, client)
      : await signInPerson(session, client);
  } catch (error) {
    // Every GitHub answers /user and /app; a server that does not is another product.
    if (
      error instanceof AppFailure &&
      error.error.kind === 'not-found' &&
      /\/(user|app)$/.test(error.error.what)
    )
      fail(
        {
          kind: 'wrong-provider',
          host: error.error.host,
          expected: 'GitHub',
          detail: 'it has no GitHub API',
        },
        error,
      );
    throw error;
  }
}

async function signInPerson({ account, fetch }: Session, client: Client): Promise<SignInResult> {
  // Only lists tell which organizations are left out for want of single sign-on.
  const [{ data: user, headers }, listed] = await Promise.all([
    client.get('GET /user', {}, userSchema),
    client.get('GET /user/repos', { per_page: 1 }, repositoriesSchema).catch(whenRefused),
  ]);
  // Fine-grained tokens send no such header; classic ones send it even when it is empty.
  const scopes = headers.get('x-oauth-scopes')?.split(/,\s*/).filter(Boolean) ?? null;
  const missing = scopes
    ? Object.entries(containing)
        .filter(([, names]) => !names.some((name) => scopes.includes(name)))
        .map(([name]) => name)
    : [];
  const notes: string[] = [];
  const isOAuth = account.authenticationType === 'oauth';
  if (scopes === null && isOAuth)
    notes.push('Signed in through a GitHub App: it reaches the repositories the App is installed on.');
  else if (scopes === null)
    notes.push(
      'This is a fine-grained token: it reaches the repositories of one owner only, and only those chosen when it was made.',
    );
  if (listed?.headers.get('x-github-sso')?.startsWith('partial-results'))
    notes.push(
      'Some organizations are left out until this token is authorized for their single sign-on (token page, "Configure SSO").',
    );
  return {
    user: {
      id: String(user.id),
      login: user.login,
      name: user.name || user.login,
      avatar: await pictureOf(fetch, user.avatar_url),
    },
    // The token of a sign-in is renewed; its end is not the account's.
    expiresOn: isOAuth ? null : expiry(headers.get('github-authentication-token-expiration')),
    scopes,
    missingScopes: missing,
    installation: null,
    serverVersion: version(headers),
    warnings: [],
    notes,
  };
}

/** Signing in needs no more than /user. */
function whenRefused(error: unknown): null {
  if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
  return null;
}

/** GitHub's answers to an App ID it does not know, and to a key that is not that App's. */
function appRefused(account: Account, error: unknown): never {
  if (!(error instanceof AppFailure)) throw error;
  if (error.error.kind === 'not-found' && /integration not found/i.test(refusalOf(error)?.message ?? ''))
    fail(
      {
        kind: 'invalid-input',
        field: 'appId',
        reason: `${new URL(account.url).host} knows no App with the ID ${account.appId}. It stands on the settings page of the App.`,
      },
      error,
    );
  // A wrong clock is refused too; the failure tells by how much it is wrong.
  if (error.error.kind === 'token-refused' && !/' claim \(/.test(refusalOf(error)?.message ?? ''))
    fail(
      {
        ...error.error,
        detail: `The private key is not one of the App with the ID ${account.appId}, or was deleted there.`,
      },
      error,
    );
  throw error;
}

async function signInApp(session: Session, client: Client): Promise<SignInResult> {
  const { account } = session;
  // A check that follows a change on GitHub's side is not to be answered with yesterday's token.
  forgetTokens(account);
  const { data: app, headers } = await byServerClock(account, () =>
    client.get('GET /app', {}, appSchema),
  ).catch((error: unknown) => appRefused(account, error));
  const wanted = account.installation?.id;
  const found = wanted
    ? [await ownInstallation(session, wanted)].filter((one) => one !== null)
    : (await client.get('GET /app/installations', { per_page: 100 }, installationsSchema)).data;
  const chosen = firstOf(found);
  const { host } = new URL(account.url);
  if (!chosen)
    return wanted
      ? fail({ kind: 'not-found', host, what: `installation ${wanted} of the app ${app.name ?? app.id}` })
      : noInstallation(account);
  const name = nameOf(chosen);
  if (chosen.suspended_at)
    fail({
      kind: 'missing-permission',
      host,
      needed: [],
      detail: `The installation on ${name} is suspended.`,
    });
  // Shows that a token can be made and that repositories are granted.
  await client.get('GET /installation/repositories', { per_page: 1 }, installationRepositoriesSchema);
  const notes = [
    `Signed in as the app ${app.name ?? app.slug ?? app.id}, installed on ${name}. An app is not a person: it has no pull requests of its own and nobody asks it for a review.`,
  ];
  if (!wanted && found.length > 1)
    notes.push(
      `The app has ${found.length === 100 ? 'at least 100' : found.length} installations; the first one, on ${name}, was taken. Choose another under Installation.`,
    );
  const ahead = serverAhead(account);
  if (Math.abs(ahead) > 60)
    notes.push(
      `This computer's clock is ${Math.abs(Math.round(ahead / 60)) || 1} minutes ${ahead > 0 ? 'behind' : 'ahead of'} GitHub's. GitHub's time is used for this account; please set the clock.`,
    );
  return {
    user: {
      id: String(app.id),
      login: `${app.slug ?? account.appId}[bot]`,
      name: app.name ?? app.slug ?? `App ${app.id}`,
    },
    expiresOn: null,
    scopes: null,
    missingScopes: [],
    installation: { id: String(chosen.id), name },
    serverVersion: version(headers),
    warnings: [],
    notes,
  };
}

function version(headers: Headers): string | null {
  return headers.get('x-github-enterprise-version')?.replace(/^enterprise-server@/, '') ?? null;
}

export async function gitCredential(session: Session, secret: string): Promise<GitCredential> {
  const { account } = session;
  const made = account.authenticationType === 'app' ? await mintForGit(session) : null;
  const token = made?.token ?? tokenOf(account, secret);
  if (account.headerAuthentication === 'bearer') return { kind: 'header', header: `Bearer ${token}` };
  if (account.headerAuthentication === 'basic')
    return {
      kind: 'header',
      header: `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
    };
  // GitHub takes any user name beside a personal token; an app's token wants this one.
  const username = made ? 'x-access-token' : usernameOf(account);
  const end = made?.expiresAt ?? expiresAt(account, secret);
  return { kind: 'password', username, password: token, ...(end === undefined ? {} : { expiresAt: end }) };
}

function usernameOf(account: Account): string {
  return account.tokenName || account.user?.login || 'x-access-token';
}

/** A token of its own for every operation: a long clone must not end with a token minted an hour ago. */
async function mintForGit({ account, fetch }: Session): Promise<InstallationToken> {
  return await byServerClock(account, async () =>
    mint(account, account.installation?.id ?? (await firstInstallation(account, fetch)), fetch),
  );
}
