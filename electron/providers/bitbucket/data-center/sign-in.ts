import type { SignInResult } from '../../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../../shared/errors';
import { pictureOf, readJson } from '../../http';
import type { Session } from '../../provider';
import { asking, dataCenter, expected, read } from './client';
import { firstPage } from './repositories';
import * as wire from './wire';

export async function signIn(session: Session): Promise<SignInResult> {
  const properties = await product(session);
  const { response } = await dataCenter(session).GET('/api/latest/repos', {
    params: { query: { limit: 1 } },
    ...asking,
  });
  await readJson(response, firstPage, expected);
  const login = decoded(response.headers.get('x-ausername')) || (await whoami(session));
  const person = login === '' ? null : await profile(session, login);
  return {
    user: {
      id: person?.id ? String(person.id) : login,
      login: person?.name ?? login,
      name: person?.displayName ?? (login || 'Access token'),
      avatar: person?.slug ? await pictureOf(session.fetch, avatarOf(session, person.slug)) : undefined,
    },
    expiresOn: null,
    scopes: null,
    missingScopes: [],
    installation: null,
    serverVersion: properties.version,
    warnings: [],
    notes: login === '' ? [bot] : [],
  };
}

const bot =
  'The server names no user for this token: it belongs to a project or a repository and is sent to git in a Bearer header.';

/** Tells a Bitbucket server from any other page at that address. */
async function product(session: Session): Promise<{ version: string }> {
  try {
    return await read(
      dataCenter(session).GET('/api/latest/application-properties', { ...asking }),
      wire.applicationProperties,
    );
  } catch (error) {
    if (error instanceof AppFailure && error.error.kind === 'not-found')
      fail(
        {
          kind: 'wrong-provider',
          host: error.error.host,
          expected,
          detail: 'Perhaps the context path is missing from the URL (https://example.com/bitbucket).',
        },
        error,
      );
    throw error;
  }
}

/** The signed-in user's name as plain text; empty without one. */
export async function whoami(session: Session): Promise<string> {
  try {
    const answer = await session.fetch(`${session.account.url}/plugins/servlet/applinks/whoami`, {
      headers: { Accept: 'text/plain' },
    });
    const name = (await answer.text()).trim();
    return /^[^\s<>]{1,255}$/.test(name) ? name : '';
  } catch (error) {
    // Servers may have this small page switched off; everything else works without it.
    if (error instanceof AppFailure && ['not-found', 'missing-permission'].includes(error.error.kind))
      return '';
    throw error;
  }
}

async function profile(session: Session, login: string): Promise<wire.User | null> {
  const slug = login.toLowerCase().replaceAll(/[^a-z0-9._~-]/g, '_');
  try {
    return await read(
      dataCenter(session).GET('/api/latest/users/{userSlug}', {
        params: { path: { userSlug: slug } },
        ...asking,
      }),
      wire.user,
    );
  } catch (error) {
    if (error instanceof AppFailure && ['not-found', 'missing-permission'].includes(error.error.kind))
      return null;
    throw error;
  }
}

function avatarOf(session: Session, slug: string): string {
  return `${session.account.url}/users/${encodeURIComponent(slug)}/avatar.png?s=64`;
}

/** The header is URL-encoded. */
function decoded(value: string | null): string {
  try {
    return decodeURIComponent(value ?? '');
  } catch {
    return value ?? '';
  }
}
