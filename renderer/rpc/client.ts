import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { Contract } from '../../shared/contract/index';
import { type AppError, appErrorSchema } from '../../shared/errors';
import { createLink } from './port';

/** The core's services as the page calls them. */
export const client: ContractRouterClient<Contract> = createORPCClient(createLink());

/** The same as TanStack Query options; keys carry the contract's names. */
export const query = createTanstackQueryUtils(client);

/** Any rejection of a call as an AppError. A lost connection reads as an unreachable core. */
export function toAppError(error: unknown): AppError {
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'cancelled' };
  if (typeof error === 'object' && error !== null && 'data' in error) {
    const parsed = appErrorSchema.safeParse(error.data);
    if (parsed.success) return parsed.data;
  }
  if (error instanceof Error && error.name === 'AbortError') return { kind: 'cancelled' };
  return { kind: 'internal', reference: error instanceof Error ? error.message : String(error) };
}
