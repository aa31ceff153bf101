import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import { expiryText, knownEnd } from '../../../shared/expiry';

/** One line of the board: what ends when, and who says so. */
export interface ExpiryRow {
  account: Account;
  /** As it is shown; empty where there is none. */
  date: string;
  /** "in 12 days", "yesterday"; empty where there is no date. */
  distance: string;
  /** Who told, or why nobody did. */
  source: string;
  /** The exact moment where the user is. */
  moment: string;
  tone: 'bad' | 'warn' | 'neutral';
  /** Nobody knows; the user may look it up. */
  isUnknown: boolean;
}

const plainDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** Formatted when used: the machine may have moved to another time zone. */
const localMoment = (time: number, style: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(undefined, style).format(time);

const soon = 14;

/** A plain date as it stands on the provider's page, a moment as the calendar on the wall has it. */
export function shownDate(on: string): string {
  const time = Date.parse(on);
  if (Number.isNaN(time)) return '';
  return /^\d{4}-\d{2}-\d{2}$/.test(on) ? plainDay.format(time) : localMoment(time, { dateStyle: 'medium' });
}

function whyNoDate(account: Account, kind: KindDescriptor | undefined): [source: string, isUnknown: boolean] {
  if (account.authenticationType === 'oauth') return ['Renewed by itself while it is used', false];
  if (account.authenticationType === 'app') return ['Private keys do not end', false];
  const authentication = kind?.authentication.find((each) => each.type === account.authenticationType);
  // A form that asks for the date is one of a provider that does not tell it.
  const tells =
    authentication !== undefined && !authentication.fields.some((each) => each.field === 'expiresOn');
  if (tells && account.state.status === 'working') return ['The server names no end', false];
  return [tells ? 'Told when the account works' : 'The server does not tell it', true];
}

export function expiryRow(account: Account, kind: KindDescriptor | undefined, now: number): ExpiryRow {
  const end = knownEnd(account);
  if (!end) {
    const [source, isUnknown] = whyNoDate(account, kind);
    return {
      account,
      date: '',
      distance: '',
      source,
      moment: '',
      tone: 'neutral',
      isUnknown,
    };
  }
  const told = expiryText(end.on, now);
  return {
    account,
    date: shownDate(end.on),
    distance: told?.text.replace(/^Expire[sd] /, '') ?? '',
    source: {
      provider: 'The server says',
      user: 'You entered',
      policy: 'Retired by the provider then',
    }[end.source],
    moment: `Works until ${localMoment(end.at, { dateStyle: 'medium', timeStyle: 'short' })} where you are`,
    tone: told?.expired ? 'bad' : (told?.days ?? soon + 1) <= soon ? 'warn' : 'neutral',
    isUnknown: false,
  };
}

/** Refused first, then by what ends first, then what nobody knows, then what does not end. */
export function expiryRows(
  accounts: readonly Account[],
  kinds: readonly KindDescriptor[],
  now: number,
): ExpiryRow[] {
  const rank = ({ account, date, isUnknown }: ExpiryRow) =>
    account.state.status === 'refused' ? 0 : date ? 1 : isUnknown ? 2 : 3;
  const end = ({ account }: ExpiryRow) => knownEnd(account)?.at ?? Number.POSITIVE_INFINITY;
  return accounts
    .map((account) =>
      expiryRow(
        account,
        kinds.find((kind) => kind.kind === account.kind),
        now,
      ),
    )
    .sort((a, b) => {
      if (rank(a) !== rank(b)) return rank(a) - rank(b);
      if (end(a) !== end(b)) return end(a) < end(b) ? -1 : 1;
      return a.account.alias.localeCompare(b.account.alias);
    });
}

/** What an account is put right with. */
export function secretWords(account: Pick<Account, 'authenticationType'>): {
  replace: string;
  short: string;
} {
  switch (account.authenticationType) {
    case 'app':
      return { replace: 'Replace private key', short: 'Replace key' };
    case 'oauth':
      return { replace: 'Sign in again', short: 'Sign in' };
    case 'personal':
    case 'access-token':
      return { replace: 'Replace token', short: 'Replace' };
    default:
      return account.authenticationType satisfies never;
  }
}
