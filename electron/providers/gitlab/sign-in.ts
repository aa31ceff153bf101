import type { z } from 'zod';
import type { SignInResult } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import { pictureOf, readJson } from '../http';
import { expiresAt, tokenOf } from '../oauth';
import type { GitCredential, Session } from '../provider';
import { createClient, optional } from './client';
import { applicationTokenSchema, tokenSchema, userSchema, versionSchema } from './wire';

export async function signIn(session: Session): Promise<SignInResult> {
  const client = createClient(session);
  const [user, token, metadata] = await Promise.all([
    client.get('/user', {}, userSchema).catch(otherProduct),
    session.account.authenticationType === 'oauth'
      ? optional(applicationToken(session))
      : // Group, project and deploy tokens, and servers before 15.5, do not tell about themselves.
        optional(client.get('/personal_access_tokens/self', {}, tokenSchema)),
    optional(client.get('/metadata', {}, versionSchema)),
  ]);
  // /metadata came with 15.2.
  const server = metadata ?? (await optional(client.get('/version', {}, versionSchema)));
  const scopes = token?.scopes ?? null;
  return {
    user: {
      id: String(user.id),
      login: user.username,
      name: user.name || user.username,
      avatar: await pictureOf(session.fetch, user.avatar_url),
    },
    expiresOn: lastDay(token?.expires_at),
    scopes,
    missingScopes: scopes ? missing(scopes) : [],
    installation: null,
    serverVersion: server?.version ?? null,
    warnings: [],
    notes: user.bot
      ? [
          'This token belongs to a project or group: it acts as a bot, not as you, and has no merge requests of its own.',
        ]
      : [],
  };
}

/** Tokens of applications tell elsewhere: docs.gitlab.com/api/oauth2, "Retrieve the token information". Their end is not the account's. */
async function applicationToken({ account, fetch }: Session): Promise<z.infer<typeof tokenSchema>> {
  const { scope } = await readJson(await fetch(`${account.url}/oauth/token/info`), applicationTokenSchema);
  return { name: undefined, scopes: scope, expires_at: undefined, active: true };
}

function otherProduct(error: unknown): never {
  if (error instanceof AppFailure && error.error.kind === 'not-found')
    fail(
      {
        kind: 'wrong-provider',
        host: error.error.host,
        expected: 'GitLab',
        detail: 'it has no GitLab API at this address; leave groups and projects out of it',
      },
      error,
    );
  throw error;
}

/** A token expires at 00:00 UTC of its date: the day before is the last it works. */
export function lastDay(expiresAt: string | null | undefined): string | null {
  const at = Date.parse(expiresAt ?? '');
  return Number.isNaN(at) ? null : new Date(at - 1).toISOString().slice(0, 10);
}

/** `api` contains the others; see docs.gitlab.com/user/profile/personal_access_tokens. */
export function missing(scopes: readonly string[]): string[] {
  if (scopes.includes('api')) return [];
  const found = scopes.includes('read_api') ? [] : ['read_api'];
  const git = scopes.includes('read_repository') || scopes.includes('write_repository');
  return git ? found : [...found, 'read_repository'];
}

export async function gitCredential({ account }: Session, secret: string): Promise<GitCredential> {
  const token = tokenOf(account, secret);
  // GitLab reads only the password; any name that is not blank does, beside an OAuth token only this one.
  const username = account.authenticationType === 'oauth' ? 'oauth2' : account.tokenName || 'oauth2';
  if (account.headerAuthentication === 'bearer') return { kind: 'header', header: `Bearer ${token}` };
  if (account.headerAuthentication === 'basic')
    return { kind: 'header', header: `Basic ${Buffer.from(`oauth2:${token}`).toString('base64')}` };
  return { kind: 'password', username, password: token, expiresAt: expiresAt(account, secret) };
}
