import { useEffect, useRef } from 'react';
import type { Account } from '../../shared/contract/accounts';

/**
 * The accounts that work now and did not, or were found working anew: after a
 * new token, a sign-in, a check, from whichever window.
 */
export function recoveredSince(before: Account[] | undefined, now: Account[] | undefined): string[] {
  if (!before || !now) return [];
  return now
    .filter(({ id, state, lastChecked }) => {
      const old = before.find((each) => each.id === id);
      if (!old || state.status !== 'working') return false;
      return old.state.status !== 'working' || old.lastChecked !== lastChecked;
    })
    .map(({ id }) => id);
}

/**
 * Asks again for a list in which an account failed, when that account was
 * found working since: while the list is on screen, or when it comes back.
 */
export function useReloadWhenRecovered(
  accounts: Account[] | undefined,
  hasFailed: (accountId: string) => boolean,
  list: { running: boolean; updatedAt: number; reload: () => void },
): void {
  const { running, updatedAt, reload } = list;
  /** The newest such finding; each is acted on once, however the list then ends. */
  const found = Math.max(
    0,
    ...(accounts ?? [])
      .filter(({ id, state }) => state.status === 'working' && hasFailed(id))
      .map(({ lastChecked }) => lastChecked ?? 0),
  );
  const acted = useRef(0);
  useEffect(() => {
    if (running || found <= updatedAt || found <= acted.current) return;
    acted.current = found;
    reload();
  }, [running, found, updatedAt, reload]);
}
