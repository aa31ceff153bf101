import type { Account } from './contract/accounts';

const day = 86_400_000;

/** Days ahead at which the user hears of an end, furthest first. */
export const warnings = [30, 14, 7, 1] as const;

/** What the user is told about an account, most urgent first. */
export const noticeStages = ['refused', 'expired', 'in-1', 'in-7', 'in-14', 'in-30'] as const;
export type NoticeStage = (typeof noticeStages)[number];

type Dated = Pick<Account, 'expiresOn' | 'expirySource' | 'endsAtLatest'>;

/** When an account's token ends, and who says so. `policy`: the provider ends all tokens of its kind then. */
export interface KnownEnd {
  /** ISO date (the last usable day, by UTC) or timestamp. */
  on: string;
  /** First moment the token no longer works, epoch milliseconds. */
  at: number;
  source: 'provider' | 'user' | 'policy';
}

function isDay(on: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(on);
}

/** The first moment the token no longer works, epoch milliseconds; null: unknown, never or unreadable. */
export function endOf(expiresOn: string | null): number | null {
  if (!expiresOn) return null;
  const time = Date.parse(isDay(expiresOn) ? `${expiresOn}T00:00:00Z` : expiresOn);
  if (Number.isNaN(time)) return null;
  return isDay(expiresOn) ? time + day : time;
}

/** What ends the account first: its token's own date or the provider's for all such tokens. */
export function knownEnd({ expiresOn, expirySource, endsAtLatest }: Dated): KnownEnd | null {
  const own = endOf(expiresOn);
  const latest = endOf(endsAtLatest ?? null);
  if (endsAtLatest && latest !== null && (own === null || latest < own))
    return { on: endsAtLatest, at: latest, source: 'policy' };
  if (!expiresOn || own === null) return null;
  return { on: expiresOn, at: own, source: expirySource === 'provider' ? 'provider' : 'user' };
}

/** Number of the calendar day in the time zone of this machine. */
function localDay(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / day;
}

/**
 * Calendar days, where the user is, from now to the day that is shown for this
 * end; negative when it is over. A plain date is the same day everywhere, but
 * it ends with the day in UTC: east of Greenwich the token still works on the
 * next morning, west of it the day's evening is too late. Null: no readable date.
 */
export function daysLeft(expiresOn: string | null, now: number): number | null {
  const end = endOf(expiresOn);
  if (!expiresOn || end === null) return null;
  const shown = isDay(expiresOn) ? Date.parse(`${expiresOn}T00:00:00Z`) / day : localDay(end);
  const days = shown - localDay(now);
  return end <= now ? Math.min(days, 0) : Math.max(days, 0);
}

/** "Expires tomorrow", "Expired 3 days ago"; null when there is nothing to say about it. */
export function expiryText(
  expiresOn: string | null,
  now: number,
): { text: string; expired: boolean; days: number } | null {
  const end = endOf(expiresOn);
  const days = daysLeft(expiresOn, now);
  if (end === null || days === null) return null;
  if (end <= now) {
    const text =
      days === 0 ? 'Expired today' : days === -1 ? 'Expired yesterday' : `Expired ${-days} days ago`;
    return { text, expired: true, days };
  }
  const text = days === 0 ? 'Expires today' : days === 1 ? 'Expires tomorrow' : `Expires in ${days} days`;
  return { text, expired: false, days };
}

/** What there is to tell about an account now; null: nothing. */
export function stageOf(account: Dated & Pick<Account, 'state'>, now: number): NoticeStage | null {
  if (account.state.status === 'refused') return 'refused';
  const end = knownEnd(account);
  if (!end) return null;
  if (end.at <= now) return 'expired';
  const days = daysLeft(end.on, now) ?? Number.POSITIVE_INFINITY;
  const passed = warnings.findLast((ahead) => days <= ahead);
  return passed === undefined ? null : `in-${passed}`;
}
