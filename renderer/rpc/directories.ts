import { useQuery } from '@tanstack/react-query';
import { client, query } from './client';

/** Folders that continue a typed path. */
export function completeDirectory(typed: string, signal: AbortSignal): Promise<string[]> {
  return client.application.completeDirectory({ typed }, { signal });
}

/** The system's picker. Undefined: this shell has none. */
export async function pickDirectory(title: string, start: string): Promise<string | null | undefined> {
  const answer = await client.application.pickDirectory({ title, ...(start ? { start } : {}) });
  return answer.supported ? answer.path : undefined;
}

/** Whether this shell has a picker: known before it is offered. */
export function useHasPicker(): boolean {
  return useQuery(query.application.info.queryOptions()).data?.shell === 'desktop';
}
