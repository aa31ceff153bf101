import { useCallback, useEffect, useRef, useState } from 'react';
import type { Progress } from '../../../shared/contract/procedure';
import type { CloneInput, Repository } from '../../../shared/contract/repositories';
import type { AppError } from '../../../shared/errors';
import { client, toAppError } from '../../rpc/client';
import { follow } from '../../rpc/follow';

export type CloneRun =
  | { state: 'idle' }
  | { state: 'running'; progress: Progress; cancelling: boolean }
  /** `isClean`: the target is as it was before. */
  | { state: 'cancelled'; isClean: boolean }
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
      void follow(
        client.repositories.clone(input, { signal: controller.signal }),
        controller.signal,
        (progress) => setRun((now) => (now.state === 'running' ? { ...now, progress } : now)),
      ).then(
        (repository) => {
          setRun({ state: 'idle' });
          onCloned(repository);
        },
        (reason: unknown) => {
          const error = toAppError(reason);
          const cancelled = controller.signal.aborted || error.kind === 'cancelled';
          if (!cancelled) setRun({ state: 'failed', error });
          else void isClean(input).then((clean) => setRun({ state: 'cancelled', isClean: clean }));
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

/** Looks until the core has tidied up (a second at most), so that trying again finds the target free. */
async function isClean(input: CloneInput): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const target = await client.repositories
      .inspectTarget({ parent: input.parent, name: input.name })
      .catch(() => null);
    if (target === null) return false;
    if (target.state !== 'not-empty') return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
