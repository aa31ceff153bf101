import { z } from 'zod';
import type { HostedRepository } from '../../../../shared/contract/hosted-repositories';
import { AppFailure } from '../../../../shared/errors';
import type { Session } from '../../provider';
import { type Asked, asking, cloud, read, readAll, readPages } from './client';
import * as wire from './wire';

/** Enough of a list, or of one repository, to know that Bitbucket answered. */
export const firstPage = z.union([
  z.object({ values: z.array(z.unknown()) }),
  z.object({ full_name: z.string() }),
]);

/** What an access token can see: its repository, the repositories of its workspace, or the workspaces. */
export function listing(session: Session, organization: string, pagelen: string): Asked {
  const [workspace, repository] = organization.split('/');
  if (!workspace) return cloud(session).GET('/user/workspaces', asking({ pagelen }));
  if (repository)
    return cloud(session).GET('/repositories/{workspace}/{repo_slug}', {
      params: { path: { workspace, repo_slug: repository } },
      ...asking(),
    });
  return cloud(session).GET('/repositories/{workspace}', {
    params: { path: { workspace } },
    ...asking({ pagelen }),
  });
}

export async function workspaces(session: Session): Promise<string[]> {
  const [workspace] = session.account.organization.split('/');
  if (workspace) return [workspace];
  const { items } = await readAll(
    session,
    cloud(session).GET('/user/workspaces', asking({ pagelen: '100' })),
    wire.workspaceAccess,
  );
  return items.map((item) => item.workspace.slug);
}

export async function* listRepositories(session: Session): AsyncGenerator<HostedRepository[]> {
  const { organization, authenticationType } = session.account;
  const [workspace, repository] = organization.split('/');
  if (workspace && repository) {
    yield [toRepository(session, await read(listing(session, organization, '1'), wire.repository))];
    return;
  }
  // Membership is a person's; a token that acts as a bot has none.
  const role: Record<string, string> = authenticationType === 'access-token' ? {} : { role: 'member' };
  let refused: AppFailure | undefined;
  for (const slug of await workspaces(session)) {
    const asked = cloud(session).GET('/repositories/{workspace}', {
      params: { path: { workspace: slug } },
      ...asking({ ...role, pagelen: '100' }),
    });
    try {
      for await (const page of readPages(session, asked, wire.repository))
        yield page.map((found) => toRepository(session, found));
    } catch (error) {
      // A workspace may shut this token out by policy; the others are listed before that is said.
      if (!(error instanceof AppFailure) || error.error.kind !== 'missing-permission') throw error;
      refused ??= error;
    }
  }
  if (refused) throw refused;
}

export function toRepository(session: Session, found: wire.Repository): HostedRepository {
  const { account } = session;
  const id = found.full_name.toLowerCase();
  const webUrl = `${account.url}/${found.full_name}`;
  const ssh = found.links?.clone?.find((clone) => clone.name === 'ssh')?.href ?? null;
  return {
    key: `${account.id}:${id}`,
    accountId: account.id,
    id,
    name: found.name,
    namespace: found.full_name.split('/')[0] ?? '',
    fullName: found.full_name,
    description: found.description ?? '',
    webUrl,
    // Bitbucket puts a user name into its clone address; which account is used is Polyforge's choice.
    httpsUrl: `${webUrl}.git`,
    sshUrl: ssh,
    defaultBranch: found.mainbranch?.name ?? null,
    visibility: found.is_private === false ? 'public' : 'private',
    archived: false,
    fork: found.parent !== undefined && found.parent !== null,
    updatedAt: moment(found.updated_on),
    sizeBytes: found.size ?? null,
  };
}

/** Epoch milliseconds of an ISO timestamp, or null. */
export function moment(value: string | null | undefined): number | null {
  const parsed = Date.parse(value ?? '');
  return Number.isNaN(parsed) ? null : parsed;
}
