import { z } from 'zod';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import { AppFailure } from '../../../shared/errors';
import { parseRemoteUrl } from '../../../shared/remote-url';
import type { Session } from '../provider';
import { baseOf, profileBase } from './address';
import { checked, get, gitApi } from './client';
import { refOf } from './location';
import * as wire from './wire';

/**
 * The organizations to ask: the account's own, the collection, or for a token
 * of all organizations those its owner is a member of.
 */
export async function organizations(session: Session): Promise<string[]> {
  const { organization, collection } = session.account;
  const own = organization || collection;
  if (own !== '') return [own];
  const base = profileBase(session.account);
  const me = await get(session, `${base}/_apis/profile/profiles/me?api-version=7.1`, wire.profile);
  const listed = await get(
    session,
    `${base}/_apis/accounts?memberId=${encodeURIComponent(me.id)}&api-version=7.1`,
    wire.listOf(wire.organization),
  );
  return listed.value.map((one) => one.accountName);
}

/** Every repository in one call, which needs Code (Read) and nothing else; /projects would need more. */
export async function repositoriesOf(session: Session, organization: string): Promise<wire.Repository[]> {
  return await checked(session, gitApi(session, organization).getRepositories(), z.array(wire.repository));
}

export async function* listRepositories(session: Session): AsyncGenerator<HostedRepository[]> {
  let refused: AppFailure | undefined;
  for (const organization of await organizations(session)) {
    try {
      const found = await repositoriesOf(session, organization);
      yield found.map((one) => toRepository(session, organization, one));
    } catch (error) {
      // One organization may shut a token for all of them out by policy: the others are listed before that is said.
      const all = session.account.organization === '' && session.account.collection === '';
      if (!all || !(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
      refused ??= error;
    }
  }
  if (refused) throw refused;
}

/** Every address is built from the account's own: a server set up wrongly names itself localhost. */
export function webUrlOf(
  session: Session,
  organization: string,
  project: string,
  repository: string,
): string {
  const base = baseOf(session.account, organization);
  return `${base}/${encodeURIComponent(project)}/_git/${encodeURIComponent(repository)}`;
}

/** CoreInterfaces.ProjectVisibility, and the names the server sends. */
function visibilityOf(value: number | string | null | undefined): HostedRepository['visibility'] {
  if (value === 2 || value === 'public') return 'public';
  return value === 1 || value === 'organization' ? 'internal' : 'private';
}

export function toRepository(
  session: Session,
  organization: string,
  found: wire.Repository,
): HostedRepository {
  const { account } = session;
  const ref = refOf({ organization, project: found.project.name, repository: found.name });
  const url = webUrlOf(session, organization, found.project.name, found.name);
  return {
    key: `${account.id}:${ref.id}`,
    accountId: account.id,
    id: ref.id,
    name: found.name,
    namespace: `${organization}/${found.project.name}`,
    fullName: ref.fullName,
    description: '',
    webUrl: url,
    httpsUrl: url,
    sshUrl: found.sshUrl && !isLoopback(found.sshUrl) ? found.sshUrl : null,
    defaultBranch: found.defaultBranch?.replace(/^refs\/heads\//, '') || null,
    visibility: visibilityOf(found.project.visibility),
    archived: found.isDisabled ?? false,
    fork: found.isFork ?? false,
    updatedAt: null,
    sizeBytes: found.size ?? null,
  };
}

/** Whether an address leads to the machine that reads it. */
export function isLoopback(address: string): boolean {
  const parsed = parseRemoteUrl(address);
  if (!parsed.ok) return false;
  const { host } = parsed.url;
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
