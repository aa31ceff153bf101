import type { SignInResult } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import { pictureOf, refusalOf } from '../http';
import type { Session } from '../provider';
import { baseOf, profileBase } from './address';
import { kindOf } from './answer';
import { get } from './client';
import { allOrganizationsLastDay, isForAllOrganizations } from './ending';
import { isLoopback, organizations, repositoriesOf } from './repositories';
import { failTooOld, requireSupportedVersion } from './version';
import * as wire from './wire';

/** Who Azure DevOps says it is when nobody is signed in and the project is public. */
const anonymous = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

const nothingKnown = {
  expiresOn: null,
  scopes: null,
  missingScopes: [],
  installation: null,
  serverVersion: null,
};

export async function signIn(session: Session): Promise<SignInResult> {
  const { kind, organization } = session.account;
  if (kind === 'azure-devops-server') return await serverSignIn(session);
  return organization === '' ? await globalSignIn(session) : await organizationSignIn(session);
}

async function organizationSignIn(session: Session): Promise<SignInResult> {
  const [user] = await userAndRepositories(session, session.account.organization);
  return { ...nothingKnown, user, warnings: [], notes: [] };
}

/** A token for all organizations. Only here are more calls needed than Code (Read) allows. */
async function globalSignIn(session: Session): Promise<SignInResult> {
  const base = profileBase(session.account);
  // Microsoft Entra's tokens are for all organizations too, and go on.
  const isOAuth = session.account.authenticationType === 'oauth';
  try {
    const me = await get(session, `${base}/_apis/profile/profiles/me?api-version=7.1`, wire.profile);
    const found = await organizations(session);
    return {
      ...nothingKnown,
      endsAtLatest: isForAllOrganizations(session.account) ? allOrganizationsLastDay : null,
      user: { id: me.id, login: me.emailAddress ?? '', name: me.displayName ?? me.emailAddress ?? '' },
      warnings: [],
      notes: [
        ...(isOAuth
          ? []
          : [
              'This token is for all accessible organizations. Such tokens stop working on 2026-12-01: make one for each organization.',
            ]),
        `Organizations: ${found.join(', ') || 'none'}.`,
      ],
    };
  } catch (error) {
    const kinds = ['token-refused', 'missing-permission', 'sign-in-page', 'not-found'];
    if (!(error instanceof AppFailure) || !kinds.includes(error.error.kind)) throw error;
    // A token made for one organization is refused here just like a wrong one.
    return fail(
      {
        kind: 'invalid-input',
        field: 'organization',
        reason:
          'Azure DevOps does not show the organizations of this token: enter the organization it was made for.',
      },
      error,
    );
  }
}

async function serverSignIn(session: Session): Promise<SignInResult> {
  const { collection } = session.account;
  const addresses = await projectAddresses(session);
  const [user, repositories] = await userAndRepositories(session, collection);
  const wrongUrl = wrongAmong(session, addresses, repositories);
  const host = new URL(session.account.url).host;
  return {
    ...nothingKnown,
    user,
    warnings: wrongUrl === null ? [] : [{ kind: 'server-public-url', host, wrongUrl }],
    notes: [],
  };
}

/** An address the server gives itself that leads to whoever reads it, or null. */
function wrongAmong(session: Session, addresses: string[], repositories: wire.Repository[]): string | null {
  const named = [...addresses, ...repositories.flatMap((one) => [one.remoteUrl ?? '', one.url ?? ''])];
  return (
    named.find((address) => isLoopback(address) && !address.startsWith(`${session.account.url}/`)) ?? null
  );
}

/**
 * The check administrators are told to make: the projects of the collection in
 * version 6.0. It needs a scope beside Code, so a refusal only means that the
 * repositories must answer instead.
 */
async function projectAddresses(session: Session): Promise<string[]> {
  const url = `${baseOf(session.account)}/_apis/projects?api-version=6.0`;
  try {
    const { value } = await get(session, url, wire.listOf(wire.listedProject));
    return value.map((one) => one.url ?? '');
  } catch (error) {
    requireSupportedVersion(error);
    if (error instanceof AppFailure && ['token-refused', 'missing-permission'].includes(error.error.kind))
      return [];
    if (error instanceof AppFailure && error.error.kind === 'not-found') {
      // Server 2019 has no route for versions it does not know: a bare 404, while the unversioned address answers.
      if (await connectedUser(session).catch(() => null))
        failTooOld(error.error.host, 'Azure DevOps Server 2019 or Team Foundation Server', error);
      return fail({ ...error.error, what: `the collection "${session.account.collection}"` }, error);
    }
    throw error;
  }
}

/** Who it is, and proof that the token reads repositories. The two calls tell a wrong token from a missing scope. */
async function userAndRepositories(
  session: Session,
  organization: string,
): Promise<[SignInResult['user'], wire.Repository[]]> {
  const [identity, repositories] = await Promise.allSettled([
    connectedUser(session),
    repositoriesOf(session, organization),
  ]);
  if (repositories.status === 'rejected') {
    const reason: unknown = repositories.reason;
    requireSupportedVersion(reason);
    const refused = kindOf(reason) === 'token-refused' || kindOf(reason) === 'missing-permission';
    if (refused && identity.status === 'fulfilled' && identity.value)
      fail(
        {
          kind: 'missing-permission',
          host: new URL(session.account.url).host,
          needed: ['Code (Read)'],
          detail: refusalOf(reason)?.message || undefined,
        },
        reason,
      );
    if (reason instanceof AppFailure && reason.error.kind === 'not-found')
      fail({ ...reason.error, what: notFound(session, organization) }, reason);
    throw reason;
  }
  // Public projects answer anyone: a token Azure DevOps does not know is then silently nobody.
  if (identity.status === 'fulfilled' && identity.value === null)
    fail({ kind: 'token-refused', host: new URL(session.account.url).host });
  if (identity.status === 'rejected' && kindOf(identity.reason) === 'cancelled') throw identity.reason;
  const user = identity.status === 'fulfilled' ? identity.value : null;
  if (!user) return [{ id: '', login: '', name: organization }, repositories.value];
  // The address Microsoft's examples give as an identity's imageUrl.
  const picture = `${baseOf(session.account)}/_api/_common/identityImage?id=${encodeURIComponent(user.id)}`;
  return [{ ...user, avatar: await pictureOf(session.fetch, picture) }, repositories.value];
}

function notFound(session: Session, organization: string): string {
  return session.account.kind === 'azure-devops-services'
    ? `the organization "${organization}"`
    : `the collection "${organization}"`;
}

/** Works for every valid token whatever its scopes. Null: nobody is signed in. */
async function connectedUser(session: Session): Promise<SignInResult['user'] | null> {
  const { authenticatedUser: user } = await get(
    session,
    `${baseOf(session.account)}/_apis/connectionData`,
    wire.connectionData,
  );
  if (user.id === anonymous) return null;
  const login = user.properties?.Account?.$value ?? '';
  return { id: user.id, login, name: user.customDisplayName || user.providerDisplayName || login };
}
