import type { SignInResult } from '../../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../../shared/errors';
import { pictureOf, readJson } from '../../http';
import type { Session } from '../../provider';
import { asking, cloud, expected, read } from './client';
import { firstPage, listing } from './repositories';
import { missing } from './scopes';
import * as wire from './wire';

export async function signIn(session: Session): Promise<SignInResult> {
  return session.account.authenticationType === 'access-token'
    ? await accessTokenSignIn(session)
    : await personSignIn(session);
}

const nothingKnown = {
  expiresOn: null,
  installation: null,
  serverVersion: null,
  warnings: [],
};

async function personSignIn(session: Session): Promise<SignInResult> {
  const { email } = session.account;
  try {
    const { response } = await cloud(session).GET('/user', asking());
    const scopes = reportedScopes(response);
    const user = await readJson(response, wire.signedInUser, expected);
    const login = user.nickname ?? user.username ?? email;
    return {
      ...nothingKnown,
      user: {
        id: user.uuid,
        login,
        name: user.display_name ?? login,
        avatar: await pictureOf(session.fetch, user.links?.avatar?.href),
      },
      scopes,
      missingScopes: scopes ? missing(scopes) : [],
      notes: [],
    };
  } catch (error) {
    if (error instanceof AppFailure && error.error.kind === 'not-found')
      fail(
        {
          kind: 'wrong-provider',
          host: error.error.host,
          expected,
          detail:
            'Bitbucket Cloud is at https://bitbucket.org; a server of your own is a Bitbucket Data Center.',
        },
        error,
      );
    // The one scope that only this call needs: the account works without it, but cannot tell who it is.
    if (!(error instanceof AppFailure) || error.error.kind !== 'missing-permission') throw error;
    await read(cloud(session).GET('/user/workspaces', asking({ pagelen: '1' })), firstPage);
    return {
      ...nothingKnown,
      user: { id: '', login: email, name: email },
      scopes: null,
      missingScopes: ['read:user:bitbucket'],
      notes: ['Without read:user:bitbucket Polyforge cannot tell which pull requests are yours.'],
    };
  }
}

async function accessTokenSignIn(session: Session): Promise<SignInResult> {
  const { organization } = session.account;
  const { response } = await listing(session, organization, '1').catch((error: unknown) => {
    const kind = error instanceof AppFailure ? error.error.kind : null;
    if (organization === '' && (kind === 'missing-permission' || kind === 'not-found'))
      return fail(
        {
          kind: 'invalid-input',
          field: 'organization',
          reason:
            'This token cannot list workspaces: give the workspace or workspace/repository it was made for.',
        },
        error,
      );
    throw error;
  });
  await readJson(response, firstPage, expected);
  const scopes = reportedScopes(response);
  return {
    ...nothingKnown,
    user: { id: '', login: 'x-token-auth', name: organization || 'Access token' },
    scopes,
    missingScopes: scopes ? missing(scopes).filter((scope) => !/:(user|workspace):/.test(scope)) : [],
    notes: ['This token acts as a bot, not as a person.'],
  };
}

function reportedScopes(answer: Response): string[] | null {
  const header = answer.headers.get('x-oauth-scopes');
  const scopes = header?.split(/[\s,]+/).filter((scope) => scope !== '') ?? [];
  return scopes.length > 0 ? scopes : null;
}
