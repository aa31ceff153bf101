import type { EventSource } from '../platform';

/**
 * Waits for whichever comes first: the answer to a question, or that what the
 * question is about was put right elsewhere (an account got a new token, a
 * check found it working, the secret store was opened). `look` tells what can
 * be used now, or null; it is called at once and after each such change, and
 * asks nobody. What is asked is withdrawn when it is no longer needed.
 */
export async function answeredOrResumed<A, T>(
  ask: (signal: AbortSignal) => Promise<A>,
  look: () => Promise<T | null>,
  changes: EventSource,
  signal: AbortSignal,
): Promise<{ answer: A } | { resumed: T }> {
  const withdraw = new AbortController();
  let stop = () => undefined as void;
  const resumed = new Promise<{ resumed: T }>((resolve, reject) => {
    let looking = false;
    let again = false;
    const tryAgain = async () => {
      if (looking) {
        again = true;
        return;
      }
      looking = true;
      try {
        do {
          again = false;
          const found = await look();
          if (found !== null) resolve({ resumed: found });
        } while (again);
      } catch (error) {
        reject(error);
      } finally {
        looking = false;
      }
    };
    stop = changes.listen((event) => {
      if (event.type === 'accounts.changed' || event.type === 'secret-store.changed') void tryAgain();
    });
    void tryAgain();
  });
  const asked = ask(AbortSignal.any([signal, withdraw.signal])).then((answer) => ({ answer }));
  try {
    return await Promise.race([asked, resumed]);
  } finally {
    stop();
    withdraw.abort();
    // Its withdrawal is no failure of the operation that goes on.
    asked.catch(() => undefined);
    resumed.catch(() => undefined);
  }
}
