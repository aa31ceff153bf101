import { useCallback, useEffect, useRef, useState } from 'react';
import type { Progress } from '../../../shared/contract/procedure';
import type { CloneInput, Repository } from '../../../shared/contract/repositories';
import type { AppError } from '../../../shared/errors';
import { client, toAppError } from '../../rpc/client';

export type CloneRun =
  | { state: 'idle' }
  | { state: 'running'; progress: Progress; cancelling: boolean }
  | { state: 'cancelled' }
  | { state: 'failed'; error: AppError };

export interface CloneRunner {
  run: CloneRun;
  start: (input: CloneInput) => void;
  cancel: () => void;
  reset: () => void;
}

/** Runs one clone; leaving the page ends it in the core, too. */
export function useCloneRun(onCloned: (repository: Repository) => void): CloneRunner {
  const [run, setRun] = useState<CloneRun>({ state: 'idle' });
  const ending = useRef<AbortController | null>(null);
  useEffect(() => () => ending.current?.abort(), []);

  const start = useCallback(
    (input: CloneInput) => {
      const controller = new AbortController();
      ending.current = controller;
      setRun({ state: 'running', progress: { phase: 'Connecting' }, cancelling: false });
      void follow(input, controller.signal, (progress) =>
        setRun((now) => (now.state === 'running' ? { ...now, progress } : now)),
      ).then(
        (repository) => {
          setRun({ state: 'idle' });
          onCloned(repository);
        },
        (reason: unknown) => {
          const error = toAppError(reason);
          const cancelled = controller.signal.aborted || error.kind === 'cancelled';
          setRun(cancelled ? { state: 'cancelled' } : { state: 'failed', error });
        },
      );
    },
    [onCloned],
  );
  const cancel = useCallback(() => {
    setRun((now) => (now.state === 'running' ? { ...now, cancelling: true } : now));
    ending.current?.abort();
  }, []);
  const reset = useCallback(() => setRun({ state: 'idle' }), []);
  return { run, start, cancel, reset };
}

async function follow(
  input: CloneInput,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Repository> {
  const steps = await client.repositories.clone(input, { signal });
  // Ending the iteration is what cancels; its promise settles when nothing is left behind.
  let ended: Promise<unknown> = Promise.resolve();
  const stop = () => {
    ended = Promise.resolve(steps.return?.(undefined as never)).catch(() => undefined);
  };
  signal.addEventListener('abort', stop, { once: true });
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
