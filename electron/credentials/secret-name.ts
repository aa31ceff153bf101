import type { Account } from '../../shared/contract/accounts';

/**
 * The vault's name of an account's secret. The origins it may be sent to are
 * part of it, and the vault seals the name with the secret: whatever a kill,
 * an edit under way or a changed settings file makes of the account's
 * address, a secret added for another origin is not found.
 */
export function secretName({ id, origins }: Pick<Account, 'id' | 'origins'>): string {
  const all = [...origins.api, ...origins.git, ...(origins.signIn ?? [])];
  return `account:${id}@${[...new Set(all)].sort().join(' ')}`;
}
