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

/** Calls `reload` when one of the accounts whose list failed works again. One call however many they are. */
export function useReloadWhenRecovered(
  accounts: Account[] | undefined,
  hasFailed: (accountId: string) => boolean,
  reload: () => void,
): void {
  const before = useRef(accounts);
  const act = useRef({ hasFailed, reload });
  useEffect(() => {
    act.current = { hasFailed, reload };
  });
  useEffect(() => {
    const recovered = recoveredSince(before.current, accounts);
    before.current = accounts;
    if (recovered.some((id) => act.current.hasFailed(id))) act.current.reload();
  }, [accounts]);
}
