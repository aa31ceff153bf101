import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Account } from '../shared/contract/accounts';
import { recoveredSince } from './rpc/recovered';

/** What failed while an account did not work is asked for again as soon as one works again. */
export function useRecovery(accounts: Account[] | undefined): void {
  const queries = useQueryClient();
  const before = useRef(accounts);
  useEffect(() => {
    const recovered = recoveredSince(before.current, accounts);
    before.current = accounts;
    if (recovered.length === 0) return;
    void queries.invalidateQueries({ predicate: (each) => each.state.status === 'error' });
  }, [accounts, queries]);
}
