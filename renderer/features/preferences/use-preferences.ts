import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Preferences } from '../../../shared/contract/preferences';
import type { AppError } from '../../../shared/errors';
import { query, toAppError } from '../../rpc/client';

/** The stored preferences, and a way to change some; the answer counts, not what was asked for. */
export function usePreferences(): {
  preferences: Preferences | undefined;
  failure: AppError | null;
  change: (patch: Partial<Preferences>) => void;
} {
  const queries = useQueryClient();
  const current = useQuery(query.preferences.get.queryOptions());
  const set = useMutation(
    query.preferences.set.mutationOptions({
      onSuccess: (stored) => queries.setQueryData(query.preferences.get.queryKey(), stored),
    }),
  );
  const failed = set.error ?? current.error;
  return {
    preferences: current.data,
    failure: failed ? toAppError(failed) : null,
    change: (patch) => set.mutate(patch),
  };
}
