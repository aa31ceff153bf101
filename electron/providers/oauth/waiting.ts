import { setTimeout as sleep } from 'node:timers/promises';
import { AppFailure, fail } from '../../../shared/errors';

/** Waits; rejects `cancelled` at once when the signal fires. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => fail({ kind: 'cancelled' }));
}

/** The work's outcome, or `cancelled` as soon as the signal fires, for libraries that cannot be stopped. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => undefined as void;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new AppFailure({ kind: 'cancelled' }));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
