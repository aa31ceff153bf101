import type { Account } from '../../../shared/contract/accounts';
import { tokenOf } from '../oauth';
import type { Authorizer, GitCredential } from '../provider';

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** Microsoft Entra's tokens go as they are; a personal access token is the password of an empty user name. */
function header(account: Account, secret: string): string {
  return account.authenticationType === 'oauth' ? `Bearer ${tokenOf(account, secret)}` : basic('', secret);
}

/** A token is the password of an empty user name. */
export function authorizer(account: Account, secret: string): Authorizer {
  const headers = {
    Authorization: header(account, secret),
    // Asks for 401 instead of a redirect to the sign-in page.
    'X-TFS-FedAuthRedirect': 'Suppress',
  };
  return { headers: () => Promise.resolve(headers) };
}

export function gitCredential(account: Account, secret: string): GitCredential {
  if (account.authenticationType === 'oauth') return { kind: 'header', header: header(account, secret) };
  // On-premises servers usually refuse a user name and password where NTLM is offered too.
  if (account.headerAuthentication !== 'off') return { kind: 'header', header: basic('', secret) };
  return { kind: 'password', username: account.tokenName || 'oauth2', password: secret };
}
