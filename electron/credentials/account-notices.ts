import type { Account, AccountNotice } from '../../shared/contract/accounts';
import { AppFailure } from '../../shared/errors';
import { expiryText, knownEnd, noticeStages, stageOf } from '../../shared/expiry';
import type { EventSink, Platform } from '../platform';
import type { NoticeRecord, Storage } from '../storage/storage';
import type { Clock } from './clock';

export interface AccountNotices {
  /** Most urgent first, without those that were dismissed. */
  list(): AccountNotice[];
  dismiss(accountIds: readonly string[]): void;
  /** Tells the user outside the page what is new since the last time, all accounts in one notification. */
  announce(): void;
}

export interface NoticeParts {
  storage: Pick<Storage, 'accounts' | 'accountNotices'>;
  events: EventSink;
  platform: Pick<Platform, 'notify' | 'log'>;
  clock: Clock;
}

const none: Omit<NoticeRecord, 'id'> = { dismissed: null, announced: null };

/** What an account's notice is about: another threshold or another date is another matter. */
function matterOf(account: Account, now: number): string | null {
  const stage = stageOf(account, now);
  if (stage === null || stage === 'refused') return stage;
  return `${stage} ${knownEnd(account)?.on ?? ''}`;
}

/** Decides which accounts the user should hear of, and remembers what was dismissed. */
export function createAccountNotices({ storage, events, platform, clock }: NoticeParts): AccountNotices {
  const recordOf = (accountId: string): NoticeRecord =>
    storage.accountNotices.find(accountId) ?? { id: accountId, ...none };

  /** A refusal that is over was another one than the next. */
  const forgetOver = () => {
    for (const record of storage.accountNotices.list()) {
      const account = storage.accounts.find(record.id);
      if (!account) storage.accountNotices.remove(record.id);
      else if (account.state.status === 'working' || account.state.status === 'unchecked') {
        const after = (matter: string | null) => (matter === 'refused' ? null : matter);
        const dismissed = after(record.dismissed);
        const announced = after(record.announced);
        if (dismissed !== record.dismissed || announced !== record.announced)
          storage.accountNotices.put({ id: record.id, dismissed, announced });
      }
    }
  };

  /** Forgetting and remembering may wait for a disk that has room again; the list may not. */
  const tolerant = (change: () => void) => {
    try {
      change();
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
      platform.log(`notices of accounts could not be remembered (${error.error.kind})`);
    }
  };

  const list = (): AccountNotice[] => {
    tolerant(forgetOver);
    const now = clock.now();
    const end = (accountId: string) => {
      const account = storage.accounts.find(accountId);
      return (account && knownEnd(account)?.at) ?? Number.POSITIVE_INFINITY;
    };
    return storage.accounts
      .list()
      .flatMap((account) => {
        const stage = stageOf(account, now);
        if (stage === null || recordOf(account.id).dismissed === matterOf(account, now)) return [];
        return [{ accountId: account.id, stage }];
      })
      .sort(
        (a, b) =>
          noticeStages.indexOf(a.stage) - noticeStages.indexOf(b.stage) ||
          end(a.accountId) - end(b.accountId),
      );
  };

  const sentence = (account: Account): string => {
    const end = knownEnd(account);
    const expiry = end && expiryText(end.on, clock.now());
    if (account.state.status === 'refused' && !expiry?.expired)
      return `“${account.alias}” is refused by ${new URL(account.url).host}.`;
    return `“${account.alias}”: ${expiry?.text.toLowerCase() ?? 'needs a new token'}.`;
  };

  return {
    list,
    dismiss(accountIds) {
      const now = clock.now();
      for (const accountId of accountIds) {
        const account = storage.accounts.find(accountId);
        if (account)
          storage.accountNotices.put({ ...recordOf(accountId), dismissed: matterOf(account, now) });
      }
      events.emit({ type: 'account-notices.changed' });
    },
    announce() {
      if (!platform.notify) return;
      const now = clock.now();
      const fresh = list()
        .flatMap(({ accountId }) => storage.accounts.find(accountId) ?? [])
        .filter((account) => recordOf(account.id).announced !== matterOf(account, now));
      if (fresh.length === 0) return;
      platform.notify({
        title: fresh.length === 1 ? 'An account needs you' : `${fresh.length} accounts need you`,
        text: fresh.map(sentence).join(' '),
        opened: () => events.emit({ type: 'command', command: 'preferences' }),
      });
      tolerant(() => {
        for (const account of fresh)
          storage.accountNotices.put({ ...recordOf(account.id), announced: matterOf(account, now) });
      });
    },
  };
}
