import { useCallback, useEffect, useRef, useState } from 'react';
import type { Diagnosis, DoctorStep, DoctorSubject, StepReport } from '../../../shared/contract/doctor';
import type { AppError } from '../../../shared/errors';
import { client, toAppError } from '../../rpc/client';

/** In the order of the core; all are listed from the start. */
export const stepOrder: readonly DoctorStep[] = [
  'address',
  'dns',
  'connection',
  'certificate',
  'product',
  'token-form',
  'sign-in',
  'permissions',
  'repository',
  'git',
];

export interface Examined {
  steps: Partial<Record<DoctorStep, StepReport>>;
  running: boolean;
  diagnosis: Diagnosis | null;
  /** The run itself broke: the core is gone, or the subject is. */
  error: AppError | null;
}

const nothing: Examined = { steps: {}, running: true, diagnosis: null, error: null };

async function follow(
  subject: DoctorSubject,
  signal: AbortSignal,
  onStep: (report: StepReport) => void,
): Promise<Diagnosis> {
  const reports = await client.doctor.run(subject, { signal });
  // Ending the iteration is what stops the core.
  const stop = () => void Promise.resolve(reports.return?.(undefined as never)).catch(() => undefined);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let step = await reports.next();
    while (step.done !== true) {
      onStep(step.value);
      step = await reports.next();
    }
    return step.value;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Examines the subject at once, and again when asked; leaving the screen stops it. */
export function useDiagnosis(subject: DoctorSubject): Examined & { again: () => void } {
  const [examined, setExamined] = useState<Examined>(nothing);
  // What failed does not change while its cause is looked for.
  const [examinedSubject] = useState(subject);
  const running = useRef<AbortController | null>(null);

  const begin = useCallback(() => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    const put = (change: (before: Examined) => Examined) => {
      if (!signal.aborted) setExamined(change);
    };
    follow(examinedSubject, signal, (report) =>
      put((before) => ({ ...before, steps: { ...before.steps, [report.step]: report } })),
    ).then(
      (diagnosis) => put((before) => ({ ...before, running: false, diagnosis })),
      (reason: unknown) => put((before) => ({ ...before, running: false, error: toAppError(reason) })),
    );
  }, [examinedSubject]);
  useEffect(() => {
    begin();
    return () => running.current?.abort();
  }, [begin]);
  const again = useCallback(() => {
    setExamined(nothing);
    begin();
  }, [begin]);
  return { ...examined, again };
}
