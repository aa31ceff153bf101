import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { Contract } from '../../shared/contract/index';
import type { AppError } from '../../shared/errors';
import { createLink } from './port';

/** The core's services as the page calls them. */
export const client: ContractRouterClient<Contract> = createORPCClient(createLink());

/** The same as TanStack Query options; keys carry the contract's names. */
export const query = createTanstackQueryUtils(client);

/** Any rejection of a call as an AppError. A lost connection reads as an unreachable core. */
export function toAppError(error: unknown): AppError {
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'cancelled' };
  if (typeof error === 'object' && error !== null && 'data' in error && isAppError(error.data))
    return error.data;
  if (error instanceof Error && error.name === 'AbortError') return { kind: 'cancelled' };
  return { kind: 'internal', reference: error instanceof Error ? error.message : String(error) };
}

/**
 * The core has checked it against the contract's schema; parsing it once more
 * here would put zod, 160 kB, before the first screen.
 */
function isAppError(data: unknown): data is AppError {
  return typeof data === 'object' && data !== null && 'kind' in data && typeof data.kind === 'string';
}
