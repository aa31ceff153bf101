import type { Account } from '../../shared/contract/accounts';

/**
 * Whether a user name names this account's owner: login, name or e-mail address
 * as the provider told or the user typed them. Names a provider takes from
 * anybody (`oauth2`) are known only once the account's credential is there.
 * Providers do not tell upper from lower case in them.
 */
export function isOwnersName(account: Account, username: string): boolean {
  const { user, email, username: typed, tokenName } = account;
  const wanted = username.toLowerCase();
  return [user?.login, user?.name, email, typed, tokenName].some(
    (name) => name !== undefined && name !== '' && name.toLowerCase() === wanted,
  );
}
