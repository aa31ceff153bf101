import type { z } from 'zod';
import type { Account } from '../../../shared/contract/accounts';
import type { Installation } from '../../../shared/contract/installations';
import { AppFailure, fail } from '../../../shared/errors';
import { nextLink } from '../http';
import type { AccountFetch, Session } from '../provider';
import { apiBase } from './address';
import { byServerClock } from './app';
import { createClient, parse } from './client';
import { installationSchema, installationsSchema, installationTokenSchema } from './wire';

type Wire = z.infer<typeof installationSchema>;

/** `expiresAt`: epoch milliseconds, an hour from now. */
export interface InstallationToken {
  token: string;
  expiresAt: number;
}

const init = { headers: { accept: 'application/vnd.github+json' } };

/** A fresh token of an installation. `ask` signs as the app. */
export async function mint(account: Account, id: string, ask: AccountFetch): Promise<InstallationToken> {
  const answer = await ask(`${apiBase(account)}/app/installations/${encodeURIComponent(id)}/access_tokens`, {
    ...init,
    method: 'POST',
  });
  const made = await parse(answer, installationTokenSchema);
  return { token: made.token, expiresAt: Date.parse(made.expires_at) };
}

/** The first one that can be used; a suspended one only where there is no other. */
export function firstOf(installations: readonly Wire[]): Wire | undefined {
  return installations.find((one) => !one.suspended_at) ?? installations[0];
}

/** Id of the installation an account without one uses. `ask` signs as the app. */
export async function firstInstallation(account: Account, ask: AccountFetch): Promise<string> {
  const answer = await ask(`${apiBase(account)}/app/installations?per_page=100`, init);
  const first = firstOf(await parse(answer, installationsSchema));
  return first ? String(first.id) : noInstallation(account);
}

export function noInstallation(account: Account): never {
  return fail({
    kind: 'not-found',
    host: new URL(account.url).host,
    what: 'an installation of this app; install it on an organization or account first',
  });
}

export function nameOf(installation: Wire): string {
  return installation.account?.login ?? installation.account?.slug ?? String(installation.id);
}

/** The account's own installation, or null when the app has none of that number. */
export async function ownInstallation(session: Session, id: string): Promise<Wire | null> {
  const route = 'GET /app/installations/{installation_id}';
  try {
    const { data } = await createClient(session).get(route, { installation_id: id }, installationSchema);
    return data;
  } catch (error) {
    if (error instanceof AppFailure && error.error.kind === 'not-found') return null;
    throw error;
  }
}

/** See HostingProvider.installations. */
export async function installations(
  session: Session,
  page: number,
): Promise<{ items: Installation[]; next: number | null }> {
  const { account } = session;
  const { data, headers } = await byServerClock(account, () =>
    createClient(session).get('GET /app/installations', { per_page: 100, page }, installationsSchema),
  );
  return {
    items: data.map((one) => ({
      id: String(one.id),
      name: nameOf(one),
      owner: ownerKind(one.account?.type),
      suspended: Boolean(one.suspended_at),
    })),
    next: nextLink(headers, apiBase(account)) === null ? null : page + 1,
  };
}

function ownerKind(type: string | null | undefined): Installation['owner'] {
  if (type === 'Organization') return 'organization';
  return type === 'User' ? 'person' : 'enterprise';
}
