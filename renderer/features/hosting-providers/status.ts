import type { Account } from '../../../shared/contract/accounts';
import { describeError } from '../../errors/describe';

const day = 86_400_000;
/** Days before the end from which on an account asks for attention. */
const soon = 14;

export interface AccountStatus {
  tone: 'neutral' | 'good' | 'warn' | 'bad';
  label: string;
  /** The user should do something. */
  attention: boolean;
}

/** The first moment the token no longer works, epoch milliseconds; null: unknown or never. */
export function endOf(expiresOn: string | null): number | null {
  if (!expiresOn) return null;
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(expiresOn);
  const time = Date.parse(dateOnly ? `${expiresOn}T00:00:00Z` : expiresOn);
  if (Number.isNaN(time)) return null;
  return dateOnly ? time + day : time;
}

/** "Expires tomorrow", "Expired 3 days ago"; null when there is nothing to say about it. */
export function expiryText(
  expiresOn: string | null,
  now: number,
): { text: string; expired: boolean; days: number } | null {
  const end = endOf(expiresOn);
  if (end === null) return null;
  // Whole days by the calendar of the token's own clock, UTC.
  const days = Math.floor((end - 1) / day) - Math.floor(now / day);
  if (end <= now) {
    const ago = -days;
    return {
      text: ago <= 0 ? 'Expired today' : ago === 1 ? 'Expired yesterday' : `Expired ${ago} days ago`,
      expired: true,
      days,
    };
  }
  const text = days <= 0 ? 'Expires today' : days === 1 ? 'Expires tomorrow' : `Expires in ${days} days`;
  return { text, expired: false, days };
}

/** One state per account: what is wrong goes before what will be. */
export function statusOf(account: Account, now: number): AccountStatus {
  const expiry = expiryText(account.expiresOn, now);
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
