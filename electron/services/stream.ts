import { AppFailure } from '../../shared/errors';

/**
 * Runs producers side by side and yields what they emit, as it comes. Leaving
 * the iteration, or the outer signal, aborts the producers' signal. A producer
 * that throws ends the stream with its error; producers that want to live on
 * emit their failure as a value. The last value returned by a producer is the
 * stream's return value.
 */
export async function* produce<T, R = void>(
  outer: AbortSignal | undefined,
  ...producers: ((emit: (value: T) => void, signal: AbortSignal) => Promise<R>)[]
): AsyncGenerator<T, R | undefined> {
  const controller = new AbortController();
  let wake: () => void = () => undefined;
  const abort = () => {
    controller.abort();
    wake();
  };
  outer?.addEventListener('abort', abort);
  if (outer?.aborted) controller.abort();
  const queue: T[] = [];
  let running = producers.length;
  let failure: { error: unknown } | null = null;
  let result: R | undefined;
  for (const producer of producers)
    void producer((value) => {
      queue.push(value);
      wake();
    }, controller.signal)
      .then((value) => {
        result = value;
      })
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        running -= 1;
        wake();
      });
  try {
    for (;;) {
      for (let value = queue.shift(); value !== undefined; value = queue.shift()) yield value;
      if (failure !== null) throw (failure as { error: unknown }).error;
      if (controller.signal.aborted && running > 0) throw new AppFailure({ kind: 'cancelled' });
      if (running === 0) return result;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (queue.length > 0 || running === 0 || controller.signal.aborted) resolve();
      });
    }
  } finally {
    outer?.removeEventListener('abort', abort);
    controller.abort();
  }
}
