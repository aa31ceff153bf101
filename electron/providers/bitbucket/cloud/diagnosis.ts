import type { Account } from '../../../../shared/contract/accounts';
import type { Finding } from '../../../../shared/contract/doctor';
import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import { AppFailure, fail } from '../../../../shared/errors';
import { finding, type ServerProbe } from '../../diagnosis';
import { refusalOf } from '../../http';
import type { AccountAddress, AccountFetch, Session } from '../../provider';
import { cleanToken, tokenShape } from '../../token-form';
import { cloudApiBase, tokenPageOf } from '../address';
import { page, property, renamed, replace } from '../answer';
import { asking, cloud, expected, read } from './client';
import { firstPage, listing } from './repositories';
import { appPasswordsEnd, missing, replacementText } from './scopes';
import { signIn } from './sign-in';
import * as wire from './wire';

/** Bitbucket asks strangers who they are in its own form of error. */
export async function probe(
  account: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<ServerProbe> {
  const found: ServerProbe = { product: expected, version: null, warnings: [] };
  const { host } = new URL(account.url);
  try {
    const answer = await rawFetch(`${cloudApiBase(account)}/user`, { signal });
    if (/json/i.test(answer.headers.get('content-type') ?? '')) return found;
    return fail({ kind: 'wrong-provider', host, expected });
  } catch (error) {
    if (!(error instanceof AppFailure)) throw error;
    const refusal = refusalOf(error);
    const { kind } = error.error;
    if (kind === 'rate-limited') return found;
    const itself =
      account.url === 'https://bitbucket.org' ||
      property(refusal?.body, 'type') === 'error' ||
      /Bitbucket Cloud/.test(refusal?.message ?? '');
    if ((kind === 'token-refused' || kind === 'missing-permission') && itself) return found;
    if (['token-refused', 'missing-permission', 'not-found'].includes(kind))
      return fail(
        {
          kind: 'wrong-provider',
          host,
          expected,
          detail: refusal?.headers.has('x-arequestid')
            ? 'It is a Bitbucket Data Center: add it as that.'
            : 'Bitbucket Cloud is at https://bitbucket.org',
        },
        error,
      );
    throw error;
  }
}

/** A retired app password: ATBB and more, or 20 letters and digits in the oldest ones. */
export function retired(account: Account): Finding {
  return finding('app-password-retired', page(tokenPageOf(account), 'token', replace), {
    host: new URL(account.url).host,
    date: appPasswordsEnd,
    scopes: [...missing([]), 'write:repository:bitbucket', 'write:pullrequest:bitbucket'].join(', '),
    replacements: replacementText(),
  });
}

export function examineSecret(account: Account, secret: string): Finding | null {
  const { host } = new URL(account.url);
  const token = cleanToken(secret);
  if (token === '') return finding('token-missing', replace, { host });
  const shape = tokenShape(token);
  if (shape === 'app-password') return retired(account);
  if (shape !== null && shape !== 'bitbucket')
    return finding('token-of-another-provider', replace, { host, looksLike: shape });
  if (!/^[\x21-\x7e]+$/.test(token))
    return finding('token-malformed', replace, {
      host,
      reason: 'It holds blanks or characters no token has.',
    });
  const person = account.authenticationType === 'personal';
  if (person && token.startsWith('ATCTT'))
    return finding(
      'bearer-required',
      { kind: 'edit-account', field: 'authenticationType', value: 'access-token' },
      {
        host,
        reason:
          'It is the token of a repository, project or workspace, which is sent without an e-mail address.',
      },
    );
  if (account.authenticationType === 'access-token' && token.startsWith('ATATT'))
    return finding(
      'user-name-wrong',
      { kind: 'edit-account', field: 'authenticationType', value: 'personal' },
      {
        host,
        reason: 'It is an API token of a person, which needs the e-mail address of the Atlassian account.',
      },
    );
  if (person && !/^[^\s@:]+@[^\s@:]+$/.test(account.email))
    return finding(
      'user-name-wrong',
      { kind: 'edit-account', field: 'email' },
      {
        host,
        user: account.email,
        reason:
          'The REST API takes the e-mail address of the Atlassian account, not the Bitbucket user name.',
      },
    );
  if (person && /^[A-Za-z0-9]{18,20}$/.test(token)) return retired(account);
  if (token.length < 20)
    return finding('token-is-password', page(tokenPageOf(account), 'token', replace), { host });
  return null;
}

/** Lists something of each right that is needed, so that the missing one is named. */
export async function examineAccess(
  session: Session,
): Promise<{ finding: Finding | null; warnings: Finding[] }> {
  const { account } = session;
  const { missingScopes } = await signIn(session);
  const host = new URL(account.url).host;
  const without = (scopes: string[]): Finding =>
    finding('scope-missing', page(tokenPageOf(account), 'token', replace), {
      host,
      scopes: scopes.join(', '),
    });
  const needed = missingScopes.filter((scope) => scope !== 'read:user:bitbucket');
  if (needed.length > 0) return { finding: without(needed), warnings: [] };
  await read(listing(session, account.organization, '1'), firstPage);
  return { finding: null, warnings: missingScopes.length > 0 ? [without(missingScopes)] : [] };
}

export async function readRepository(session: Session, repository: RepositoryRef): Promise<Finding | null> {
  const [workspace = '', slug = ''] = repository.id.split('/');
  const found = await read(
    cloud(session).GET('/repositories/{workspace}/{repo_slug}', {
      params: { path: { workspace, repo_slug: slug } },
      ...asking(),
    }),
    wire.repository,
  );
  // Bitbucket goes on answering to old names of workspaces and repositories.
  return found.full_name.toLowerCase() === repository.id
    ? null
    : renamed(session, repository, `${session.account.url}/${found.full_name}`);
}
