import { z } from 'zod';
import type { HostedRepository } from '../../../../shared/contract/hosted-repositories';
import type { Session } from '../../provider';
import { asking, dataCenter, readPages } from './client';
import * as wire from './wire';

export const firstPage = z.object({ values: z.array(z.unknown()) });

export async function* listRepositories(session: Session): AsyncGenerator<HostedRepository[]> {
  const ask = (start: number) =>
    dataCenter(session).GET('/api/latest/repos', { params: { query: { start, limit: 100 } }, ...asking });
  for await (const page of readPages(ask, wire.repository))
    yield page.map((found) => toRepository(session, found));
}

export function idOf(found: wire.Repository): string {
  return `${found.project.key.toUpperCase()}/${found.slug.toLowerCase()}`;
}

/** The server builds its addresses from a configured base URL that may be wrong: ours come from the account's. */
export function toRepository(session: Session, found: wire.Repository): HostedRepository {
  const { account } = session;
  const id = idOf(found);
  const { key } = found.project;
  return {
    key: `${account.id}:${id}`,
    accountId: account.id,
    id,
    name: found.name ?? found.slug,
    namespace: found.project.name ?? key,
    fullName: `${key}/${found.slug}`,
    description: found.description ?? '',
    webUrl: `${webUrl(account.url, id)}/browse`,
    httpsUrl: `${account.url}/scm/${encodeURIComponent(key.toLowerCase())}/${encodeURIComponent(found.slug)}.git`,
    sshUrl: found.links?.clone?.find((clone) => clone.name === 'ssh')?.href ?? null,
    defaultBranch: found.defaultBranch?.replace(/^refs\/heads\//, '') || null,
    visibility: found.public || found.project.public ? 'public' : 'private',
    archived: found.archived ?? false,
    fork: found.origin !== undefined && found.origin !== null,
    updatedAt: null,
    sizeBytes: null,
  };
}

/** The page of a repository: personal projects (`~NAME`) are shown below `users`. */
export function webUrl(base: string, id: string): string {
  const [key = '', slug = ''] = id.split('/');
  return key.startsWith('~')
    ? `${base}/users/${encodeURIComponent(key.slice(1).toLowerCase())}/repos/${encodeURIComponent(slug)}`
    : `${base}/projects/${encodeURIComponent(key)}/repos/${encodeURIComponent(slug)}`;
}

export function moment(value: number | string | null | undefined): number | null {
  if (typeof value === 'number') return value;
  // "+0000" is ISO 8601's short form, which Date.parse need not read.
  const parsed = Date.parse((value ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(parsed) ? null : parsed;
}
