import { randomUUID } from 'node:crypto';
import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../shared/contract/index';
import { type AppError, AppFailure } from '../../shared/errors';

function asError(error: AppError): ORPCError<'APP_ERROR', AppError> {
  return new ORPCError('APP_ERROR', {
    defined: true,
    status: 422,
    message: 'The operation failed.',
    data: error,
  });
}

/**
 * Whatever a service throws, as what the page may see. A foreign error becomes
 * `internal` with a reference; its text goes to the log only.
 */
export function toAppError(error: unknown, log: (line: string) => void): AppError {
  if (error instanceof AppFailure) return error.error;
  if (error instanceof Error && error.name === 'AbortError') return { kind: 'cancelled' };
  const reference = randomUUID().slice(0, 8);
  log(
    `internal error ${reference}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return { kind: 'internal', reference };
}

function toOrpcError(error: unknown, log: (line: string) => void): Error {
  return error instanceof ORPCError ? error : asError(toAppError(error, log));
}

/** What every call gets from its host. */
export interface CallContext {
  log: (line: string) => void;
}

/** The contract's implementer: failures leave as APP_ERROR, also those thrown while a stream is read. */
export const os = implement(contract)
  .$context<CallContext>()
  .use(async ({ next, context }) => {
    try {
      const result = await next();
      return isAsyncIterator(result.output)
        ? { ...result, output: guarded(result.output, context.log) }
        : result;
    } catch (error) {
      throw toOrpcError(error, context.log);
    }
  });

function isAsyncIterator(value: unknown): value is AsyncGenerator<unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

async function* guarded(
  source: AsyncGenerator<unknown, unknown>,
  log: (line: string) => void,
): AsyncGenerator<unknown, unknown> {
  try {
    return yield* source;
  } catch (error) {
    throw toOrpcError(error, log);
  }
}
