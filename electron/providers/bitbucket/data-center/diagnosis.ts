import { z } from 'zod';
import type { Account } from '../../../../shared/contract/accounts';
import type { Finding } from '../../../../shared/contract/doctor';
import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import { type AppError, AppFailure, fail } from '../../../../shared/errors';
import { finding, type ServerProbe } from '../../diagnosis';
import { readJson, refusalOf } from '../../http';
import type { AccountAddress, AccountFetch, Session } from '../../provider';
import { cleanToken, tokenShape } from '../../token-form';
import { renamed, replace } from '../answer';
import { asking, dataCenter, expected, read } from './client';
import { firstPage, webUrl } from './repositories';
import * as wire from './wire';

/** HTTP access tokens came with 5.5: confluence.atlassian.com, "Bitbucket Server 5.5 release notes". */
const minimum: readonly [number, number] = [5, 5];

/** Context paths servers are usually put below. */
const usualPaths = ['/bitbucket', '/stash'];

const properties = 'rest/api/1.0/application-properties';

/** Only Bitbucket numbers its requests this way (X-AREQUESTID) and shows its licence's number (X-ASEN). */
export function isBitbucket(headers: Headers): boolean {
  return (
    headers.has('x-arequestid') ||
    headers.has('x-asen') ||
    /Atlassian Bitbucket/i.test(headers.get('www-authenticate') ?? '')
  );
}

export async function probe(
  account: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<ServerProbe> {
  const { host } = new URL(account.url);
  let version: string | null = null;
  try {
    const answer = await rawFetch(`${account.url}/${properties}`, { signal });
    ({ version } = await readJson(answer, wire.applicationProperties, expected));
  } catch (error) {
    if (!(error instanceof AppFailure)) throw error;
    const refusal = refusalOf(error);
    const { kind } = error.error;
    const known = refusal ? isBitbucket(refusal.headers) : false;
    const maintenance = underMaintenance(error.error, refusal?.status ?? null, host);
    if (maintenance) return fail(maintenance, error);
    if (known && (kind === 'token-refused' || kind === 'missing-permission' || kind === 'rate-limited'))
      return { product: expected, version: null, warnings: [] };
    // A page at the address that is nobody's sign-in page, or nothing: Bitbucket may live below a path.
    if (['not-found', 'wrong-provider', 'unexpected-answer', 'token-refused'].includes(kind) && !known) {
      const elsewhere = await contextPath(account, rawFetch, signal);
      return fail(
        {
          kind: 'wrong-provider',
          host,
          expected,
          detail: elsewhere ? `Bitbucket answers at ${elsewhere}` : whose(refusal?.headers),
        },
        error,
      );
    }
    throw error;
  }
  if (isTooOld(version))
    fail({
      kind: 'server-too-old',
      host,
      found: `${Number.parseInt(version, 10) < 4 ? 'Stash' : 'Bitbucket Server'} ${version}`,
      minimum: `Bitbucket Server ${minimum.join('.')}`,
    });
  return { product: expected, version, warnings: [] };
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return major < minimum[0] || (major === minimum[0] && minor < minimum[1]);
}

/** 503 with a time to come back reads as a rate limit elsewhere; a server says so while it is locked. */
function underMaintenance(error: AppError, status: number | null, host: string): AppError | null {
  if (status !== 503) return null;
  return {
    kind: 'server-error',
    host,
    status,
    detail: 'detail' in error ? (error.detail ?? undefined) : undefined,
  };
}

function whose(headers: Headers | undefined): string | undefined {
  if (headers?.has('x-gitlab-meta')) return 'It is GitLab.';
  if (headers?.has('x-github-request-id')) return 'It is GitHub.';
  if (headers?.has('x-tfs-processid')) return 'It is Azure DevOps.';
  return undefined;
}

/** The address at which Bitbucket answers on this host, if it is one of the usual ones. */
async function contextPath(
  account: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<string | null> {
  const { origin, pathname } = new URL(account.url);
  for (const path of ['', ...usualPaths]) {
    if (path === pathname.replace(/\/+$/, '')) continue;
    try {
      const answer = await rawFetch(`${origin}${path}/${properties}`, { signal });
      await readJson(answer, wire.applicationProperties, expected);
      return `${origin}${path}`;
    } catch (error) {
      if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
    }
  }
  return null;
}

export function examineSecret(account: Account, secret: string): Finding | null {
  const { host } = new URL(account.url);
  const token = cleanToken(secret);
  if (token === '') return finding('token-missing', replace, { host });
  const shape = tokenShape(token);
  // Tokens of Bitbucket Cloud work here as little as those of others.
  if (shape !== null) return finding('token-of-another-provider', replace, { host, looksLike: shape });
  if (!/^[\x21-\x7e]+$/.test(token))
    return finding('token-malformed', replace, {
      host,
      reason: 'It holds blanks or characters no token has.',
    });
  return null;
}

export async function examineAccess(
  session: Session,
): Promise<{ finding: Finding | null; warnings: Finding[] }> {
  const { response } = await dataCenter(session).GET('/api/latest/repos', {
    params: { query: { limit: 1 } },
    ...asking,
  });
  await readJson(response, firstPage, expected);
  return { finding: null, warnings: [] };
}

export async function readRepository(session: Session, repository: RepositoryRef): Promise<Finding | null> {
  const [projectKey = '', repositorySlug = ''] = repository.id.split('/');
  const found = await read(
    dataCenter(session).GET('/api/latest/projects/{projectKey}/repos/{repositorySlug}', {
      params: { path: { projectKey, repositorySlug } },
      ...asking,
    }),
    z.object({ slug: z.string(), project: z.object({ key: z.string() }) }),
  );
  const id = `${found.project.key}/${found.slug}`;
  // The server goes on answering to old keys of projects and names of repositories.
  return id.toLowerCase() === repository.id.toLowerCase()
    ? null
    : renamed(session, repository, webUrl(session.account.url, id));
}
