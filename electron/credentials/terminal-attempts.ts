import type { OperationCredentials } from './broker';
import type { Clock } from './clock';

/** One helper process in an operation that others may share, at the same time or after a refusal. */
export interface Attempt {
  operation: OperationCredentials;
  /** The same operation had a credential refused before. */
  isRepeated: boolean;
  /** This process waits no more. */
  leave(): void;
}

interface Thread {
  operation: Promise<OperationCredentials>;
  isInteractive: boolean;
  /** Ends the operation, and with it its question. */
  end: AbortController;
  waiting: number;
  refused: Set<string>;
  /** When it was last refused. */
  at: number;
}

/** Milliseconds after a refusal in which the same question goes on where it was. */
const memory = 60_000;
const most = 500;

/**
 * The loop breaker across git's processes. Each of them is a new one to us,
 * and a program that tries again by itself (Git LFS, an editor) would have the
 * user asked for ever: within a minute of a refusal the same question goes on
 * with the operation that was refused, which gives nothing twice and asks at
 * most once more.
 */
export function createTerminalAttempts(clock: Pick<Clock, 'now'>) {
  const threads = new Map<string, Thread>();

  const recent = (asked: string): Thread | undefined => {
    const thread = threads.get(asked);
    if (!thread || thread.refused.size === 0) return undefined;
    if (clock.now() - thread.at <= memory) return thread;
    if (thread.waiting === 0) threads.delete(asked);
    return undefined;
  };

  return {
    /** Something was refused for this question a moment ago. */
    wasRefused: (asked: string): boolean => recent(asked) !== undefined,
    isRefused: (asked: string, hash: string): boolean => recent(asked)?.refused.has(hash) === true,
    refuse(asked: string, hash: string): void {
      const thread = threads.get(asked);
      if (!thread) return;
      thread.refused.add(hash);
      thread.at = clock.now();
    },
    /** The credential was accepted. */
    forget(asked: string): void {
      threads.delete(asked);
    },
    /** `begin` makes the operation where none goes on. The operation ends when the last process that waits is gone. */
    async join(
      asked: string,
      isInteractive: boolean,
      signal: AbortSignal,
      begin: (signal: AbortSignal) => Promise<OperationCredentials>,
    ): Promise<Attempt> {
      const known = threads.get(asked);
      const goesOn =
        known &&
        known.isInteractive === isInteractive &&
        !known.end.signal.aborted &&
        (known.waiting > 0 || recent(asked) !== undefined);
      let thread: Thread;
      if (goesOn) thread = known;
      else {
        const end = new AbortController();
        // Known at once: who comes while it begins joins it.
        const operation = begin(end.signal);
        const refused = recent(asked)?.refused ?? new Set<string>();
        thread = { operation, isInteractive, end, waiting: 0, refused, at: clock.now() };
        threads.delete(asked);
        threads.set(asked, thread);
        for (const [key, { waiting }] of threads) {
          if (threads.size <= most) break;
          if (waiting === 0) threads.delete(key);
        }
      }
      const isRepeated = goesOn === true && thread.refused.size > 0;
      thread.waiting += 1;
      let isWaiting = true;
      const leave = () => {
        if (!isWaiting) return;
        isWaiting = false;
        thread.waiting -= 1;
        signal.removeEventListener('abort', gone);
      };
      const gone = () => {
        leave();
        if (thread.waiting === 0) thread.end.abort();
      };
      signal.addEventListener('abort', gone, { once: true });
      if (signal.aborted) gone();
      try {
        return { operation: await thread.operation, isRepeated, leave };
      } catch (error) {
        leave();
        if (threads.get(asked) === thread) threads.delete(asked);
        throw error;
      }
    },
  };
}
