import type { Account, AccountDraft } from '../../../shared/contract/accounts';
import { fail } from '../../../shared/errors';
import type { Authorizer, GitCredential } from '../provider';

/** The name git gives with an API token, so that nobody has to look up a user name. support.atlassian.com, "Using API tokens". */
const apiTokenUser = 'x-bitbucket-api-token-auth';
/** The same for repository, project and workspace access tokens. */
const accessTokenUser = 'x-token-auth';

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** Refuses what can be told from the draft alone. The text is already trimmed of quotes, line ends and "Bearer ". */
export function requireSignInName(draft: AccountDraft): void {
  if (draft.kind !== 'bitbucket-cloud' || draft.authenticationType !== 'personal') return;
  const email = draft.email.trim();
  if (email === '')
    fail({
      kind: 'invalid-input',
      field: 'email',
      reason: 'Bitbucket takes an API token together with the e-mail address of the Atlassian account.',
    });
  if (!/^[^\s@:]+@[^\s@:]+$/.test(email))
    fail({
      kind: 'invalid-input',
      field: 'email',
      reason: 'This is no e-mail address. The REST API wants the e-mail, not the Bitbucket user name.',
    });
}

function restHeader(account: Account, secret: string): string {
  return account.kind === 'bitbucket-cloud' && account.authenticationType === 'personal'
    ? basic(account.email, secret)
    : `Bearer ${secret}`;
}

export function authorizer(account: Account, secret: string): Authorizer {
  const value = restHeader(account, secret);
  return { headers: () => Promise.resolve({ Authorization: value }) };
}

/**
 * What git is given. `whoami` is the name the server knows the token by,
 * needed by Data Center only: there a token is the password of its owner.
 */
export function gitCredential(account: Account, secret: string, whoami: string): GitCredential {
  const user = gitUser(account, whoami);
  if (account.headerAuthentication === 'bearer') return { kind: 'header', header: `Bearer ${secret}` };
  if (account.headerAuthentication === 'basic') return { kind: 'header', header: basic(user, secret) };
  return { kind: 'password', username: user, password: secret };
}

function gitUser(account: Account, whoami: string): string {
  if (account.kind === 'bitbucket-data-center') return whoami;
  const standard = account.authenticationType === 'access-token' ? accessTokenUser : apiTokenUser;
  // An e-mail address typed here works for REST only; git refuses it.
  return account.tokenName === '' || account.tokenName.includes('@') ? standard : account.tokenName;
}
