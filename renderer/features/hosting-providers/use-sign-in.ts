import { useEffect, useRef, useState } from 'react';
import type { AccountTest } from '../../../shared/contract/accounts';
import type { AppError } from '../../../shared/errors';
import { toAppError } from '../../rpc/client';

export interface SignIn {
  /** What runs now; null: nothing. */
  running: 'test' | 'save' | null;
  outcome: { test: AccountTest; by: 'test' | 'save' } | null;
  /** The call itself failed (not the provider's refusal). */
  error: AppError | null;
  run<T extends { test: AccountTest }>(
    what: 'test' | 'save',
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | null>;
  cancel(): void;
  /** The draft changed: what was told before no longer holds. */
  forget(): void;
}

/** One sign-in at a time, which can be cancelled and ends with its dialog. */
export function useSignIn(): SignIn {
  const [running, setRunning] = useState<SignIn['running']>(null);
  const [outcome, setOutcome] = useState<SignIn['outcome']>(null);
  const [error, setError] = useState<AppError | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  return {
    running,
    outcome,
    error,
    async run(what, call) {
      current.current?.abort();
      const mine = new AbortController();
      current.current = mine;
      setRunning(what);
      setOutcome(null);
      setError(null);
      try {
        const answer = await call(mine.signal);
        if (mine.signal.aborted) return null;
        setOutcome({ test: answer.test, by: what });
        return answer;
      } catch (failure) {
        if (!mine.signal.aborted) setError(toAppError(failure));
        return null;
      } finally {
        if (current.current === mine) {
          current.current = null;
          setRunning(null);
        }
      }
    },
    cancel() {
      current.current?.abort();
    },
    forget() {
      setOutcome(null);
      setError(null);
    },
  };
}
