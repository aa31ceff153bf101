import type { Account } from '../../../shared/contract/accounts';
import type { CommitIdentity } from '../../../shared/contract/bindings';
import { parseServerUrl } from '../../../shared/remote-url';

/** `Work (ada, github.com/acme)`: enough to tell accounts of one host apart. */
export function accountLabel(account: Account): string {
  const place = [new URL(account.url).host, account.organization || account.collection]
    .filter((part) => part !== '')
    .join('/');
  const who = [account.user?.login ?? '', place].filter((part) => part !== '').join(', ');
  return `${account.alias} (${who})`;
}

/** A pasted web address, split; null: something else. */
export function pastedScope(text: string): { origin: string; path: string } | null {
  const parsed = parseServerUrl(text);
  return parsed.ok ? { origin: parsed.url.origin, path: parsed.url.segments.join('/') } : null;
}

/** Who the account's user would commit as, as far as the account tells. */
export function suggestedIdentity(account: Account | undefined): CommitIdentity {
  return {
    name: account?.user?.name || account?.user?.login || '',
    email: account?.email ?? '',
    signingKey: '',
  };
}
