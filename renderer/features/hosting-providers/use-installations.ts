import { useEffect, useRef, useState } from 'react';
import type { AccountDraft } from '../../../shared/contract/accounts';
import type { Installation } from '../../../shared/contract/installations';
import type { AppError } from '../../../shared/errors';
import { client, toAppError } from '../../rpc/client';

export interface Installations {
  /** Null: not asked for yet. */
  items: Installation[] | null;
  /** There are more than these. */
  hasMore: boolean;
  isLoading: boolean;
  error: AppError | null;
  /** The first page, or the next one; once at a time. */
  load(): void;
}

interface Loaded {
  items: Installation[];
  next: number | null;
}

/**
 * Where the app of this draft is installed; of one app and key as long as it
 * lives. Not in the query cache: its keys would hold the private key.
 */
export function useInstallations(draft: AccountDraft): Installations {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  return {
    items: loaded?.items ?? null,
    hasMore: loaded !== null && loaded.next !== null,
    isLoading,
    error,
    load() {
      if (current.current || loaded?.next === null) return;
      const mine = new AbortController();
      current.current = mine;
      setLoading(true);
      setError(null);
      client.accounts
        .installations({ draft, page: loaded?.next ?? 1 }, { signal: mine.signal })
        .then(
          ({ items, next }) => {
            if (!mine.signal.aborted) setLoaded({ items: [...(loaded?.items ?? []), ...items], next });
          },
          (failure: unknown) => {
            if (!mine.signal.aborted) setError(toAppError(failure));
          },
        )
        .finally(() => {
          if (current.current !== mine) return;
          current.current = null;
          setLoading(false);
        });
    },
  };
}
