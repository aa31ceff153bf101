import type { Account } from '../../../shared/contract/accounts';
import { expiryText, knownEnd } from '../../../shared/expiry';
import { describeError } from '../../errors/describe';

/** Days before the end from which on an account asks for attention. */
const soon = 14;

export interface AccountStatus {
  tone: 'neutral' | 'good' | 'warn' | 'bad';
  label: string;
  /** The user should do something. */
  attention: boolean;
}

/** One state per account: what is wrong goes before what will be. */
export function statusOf(account: Account, now: number): AccountStatus {
  const expiry = expiryText(knownEnd(account)?.on ?? null, now);
  switch (account.state.status) {
    case 'refused':
      return { tone: 'bad', label: expiry?.expired ? expiry.text : 'Refused', attention: true };
    case 'unreachable':
      return { tone: 'warn', label: 'Unreachable', attention: false };
    case 'unchecked':
    case 'working': {
      if (expiry?.expired) return { tone: 'bad', label: expiry.text, attention: true };
      if (expiry && expiry.days <= soon) return { tone: 'warn', label: expiry.text, attention: true };
      return account.state.status === 'working'
        ? { tone: 'good', label: 'Working', attention: false }
        : { tone: 'neutral', label: 'Not checked', attention: false };
    }
    default:
      return account.state satisfies never;
  }
}

export function accountsToLookAt(accounts: Account[], now: number): number {
  return accounts.filter((account) => statusOf(account, now).attention).length;
}

/** The failure an account is in, with words; null while it works. */
export function failureOf(account: Account) {
  if (account.state.status !== 'refused' && account.state.status !== 'unreachable') return null;
  return describeError(account.state.error, { account }) ? account.state.error : null;
}

/** `git.example.com:8443/path`, with the organization or collection where there is one. */
export function placeOf(account: Pick<Account, 'url' | 'organization' | 'collection'>): string {
  const bare = account.url.replace(/^https?:\/\//, '');
  const inside = [account.organization, account.collection].filter(Boolean).join('/');
  return inside && !bare.endsWith(`/${inside}`) ? `${bare}/${inside}` : bare;
}
