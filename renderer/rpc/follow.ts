import { useCallback, useEffect, useRef, useState } from 'react';
import type { Progress } from '../../shared/contract/procedure';
import type { AppError } from '../../shared/errors';
import { toAppError } from './client';

/**
 * Reads a call that yields progress and returns a result. The signal ends the
 * iteration, which is what cancels in the core; the promise settles when the
 * core has tidied up.
 */
export async function follow<Result>(
  opening: Promise<AsyncIterator<Progress, Result>>,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Result> {
  const steps = await opening;
  let ended: Promise<unknown> = Promise.resolve();
  const stop = () => {
    ended = Promise.resolve(steps.return?.(undefined)).catch(() => undefined);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    let step = await steps.next();
    while (step.done !== true) {
      onProgress(step.value);
      step = await steps.next();
    }
    if (signal.aborted) throw new DOMException('cancelled', 'AbortError');
    return step.value;
  } finally {
    signal.removeEventListener('abort', stop);
    await ended;
  }
}

export type Work<Result> =
  | { state: 'idle' }
  | { state: 'running'; progress: Progress; cancelling: boolean }
  | { state: 'done'; result: Result }
  | { state: 'failed'; error: AppError };

export interface Worker<Result> {
  work: Work<Result>;
  /** Starts it; one under way is ended first. */
  start: (open: (signal: AbortSignal) => Promise<AsyncIterator<Progress, Result>>) => void;
  cancel: () => void;
  reset: () => void;
}

/** One piece of long work at a time: its progress, its end. Leaving the page ends it in the core, too. */
export function useWork<Result>(): Worker<Result> {
  const [work, setWork] = useState<Work<Result>>({ state: 'idle' });
  const ending = useRef<AbortController | null>(null);
  useEffect(() => () => ending.current?.abort(), []);
  const start = useCallback<Worker<Result>['start']>((open) => {
    ending.current?.abort();
    const controller = new AbortController();
    ending.current = controller;
    const isCurrent = () => ending.current === controller;
    setWork({ state: 'running', progress: { phase: 'Connecting' }, cancelling: false });
    void follow(open(controller.signal), controller.signal, (progress) => {
      if (isCurrent()) setWork((now) => (now.state === 'running' ? { ...now, progress } : now));
    }).then(
      (result) => {
        if (isCurrent()) setWork({ state: 'done', result });
      },
      (reason: unknown) => {
        if (!isCurrent()) return;
        const error = toAppError(reason);
        const isCancelled = controller.signal.aborted || error.kind === 'cancelled';
        setWork(isCancelled ? { state: 'idle' } : { state: 'failed', error });
      },
    );
  }, []);
  const cancel = useCallback(() => {
    setWork((now) => (now.state === 'running' ? { ...now, cancelling: true } : now));
    ending.current?.abort();
  }, []);
  const reset = useCallback(() => setWork({ state: 'idle' }), []);
  return { work, start, cancel, reset };
}
