import type { Account } from '../../shared/contract/accounts';
import type { EventSink, EventSource } from '../platform';
import type { Storage } from '../storage/storage';
import type { AccountNotices } from './account-notices';
import { checkQuietly } from './account-check';
import { afterSignIn, stateOf } from './account-state';
import type { Clock } from './clock';
import { type Sessions, secretName } from './sessions';

export interface DailyCheckParts {
  storage: Pick<Storage, 'accounts'>;
  sessions: Pick<Sessions, 'open'>;
  events: EventSink & EventSource;
  notices: Pick<AccountNotices, 'list' | 'announce'>;
  clock: Clock;
  log: (line: string) => void;
}

export interface DailyCheck {
  /** Ends what is under way and checks nothing any more. */
  close(): Promise<void>;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** Every account is looked at once in this time, wherever Polyforge was meanwhile. */
const every = day;
/** After the start: the page comes first. Not at one moment, so that many accounts of one server do not come at once. */
const first = { least: 2_000, more: 4_000 };
/** A sleeping machine stops timers, so the wall clock is looked at often and cheaply. */
const look = { least: 10 * minute, more: 5 * minute };
/** After a secret store was opened. */
const unlocked = { least: 300, more: 700 };
/** Before a server that could not be reached is tried again; doubled up to the longest. */
const retry = { first: 15 * minute, longest: 4 * 60 * minute };

/**
 * Signs in with every account once a day, one after the other, and remembers
 * how it went. Nobody waits for it and it never asks: a secret store that is
 * locked is left alone until it is open. It runs from its creation on.
 */
export function startDailyCheck(parts: DailyCheckParts): DailyCheck {
  const { storage, events, notices, clock } = parts;
  const closing = new AbortController();
  const notBefore = new Map<string, { time: number; wait: number }>();
  let running: Promise<void> | null = null;
  let cancel = () => undefined as void;
  let told = '';
  /** The store was opened while accounts were being checked. */
  let opened = false;

  const isDue = (account: Account): boolean => {
    const now = clock.now();
    const wait = notBefore.get(account.id);
    if (wait && now < wait.time && wait.time - now <= retry.longest) return false;
    const { lastChecked } = account;
    // A check "in the future" was made while the clock was wrong.
    return lastChecked === null || now - lastChecked >= every || lastChecked - now > every;
  };

  const postpone = (accountId: string, until?: number) => {
    const wait = Math.min(retry.longest, (notBefore.get(accountId)?.wait ?? retry.first / 2) * 2);
    notBefore.set(accountId, { wait, time: Math.max(until ?? 0, clock.now() + wait) });
  };

  const check = async (account: Account): Promise<void> => {
    const outcome = await checkQuietly(parts, account, closing.signal);
    if (closing.signal.aborted) return;
    const now = storage.accounts.find(account.id);
    // Edited, given a new token or checked by the user meanwhile: that is newer.
    if (!now || secretName(now) !== secretName(account) || now.lastChecked !== account.lastChecked) return;
    if (outcome === null) {
      postpone(account.id);
      return;
    }
    if (!outcome.ok) {
      const { error } = outcome;
      if (error.kind === 'secret-unavailable' && error.reason !== 'missing' && error.reason !== 'damaged')
        return;
      if (error.kind === 'rate-limited') {
        postpone(account.id, error.retryAt);
        return;
      }
      const state = stateOf(error);
      if (state.status === 'unreachable') {
        postpone(account.id);
        // It was refused while the server could be asked, and nothing says otherwise.
        if (now.state.status === 'refused' || now.state.status === 'unreachable') return;
        storage.accounts.put({ ...now, state });
        events.emit({ type: 'accounts.changed' });
        return;
      }
    }
    notBefore.delete(account.id);
    storage.accounts.put(afterSignIn(now, outcome, clock.now()));
    events.emit({ type: 'accounts.changed' });
  };

  const round = async (): Promise<void> => {
    for (const account of storage.accounts.list()) {
      if (closing.signal.aborted) return;
      if (isDue(account)) await check(account);
    }
    notices.announce();
    // A threshold is passed by time alone: only the page's own list tells.
    const now = JSON.stringify(notices.list());
    if (now !== told) events.emit({ type: 'account-notices.changed' });
    told = now;
  };

  const schedule = ({ least, more }: { least: number; more: number }) => {
    cancel();
    if (closing.signal.aborted) return;
    cancel = clock.after(least + clock.random() * more, () => {
      running ??= round()
        .catch((error: unknown) => parts.log(`daily check: ${String(error)}`))
        .finally(() => {
          running = null;
          schedule(opened ? unlocked : look);
          opened = false;
        });
    });
  };

  const stopListening = events.listen((event) => {
    if (event.type !== 'secret-store.changed') return;
    if (running === null) schedule(unlocked);
    else opened = true;
  });
  schedule(first);

  return {
    async close() {
      stopListening();
      closing.abort();
      cancel();
      await running;
    },
  };
}
