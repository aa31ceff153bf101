import { fail } from '../../../shared/errors';

/** Set by the main thread to 1; null: nobody can cancel this job. */
let flag: Int32Array | null = null;

/** For the job that begins now. */
export function listenForCancel(shared: SharedArrayBuffer | undefined): void {
  flag = shared ? new Int32Array(shared) : null;
}

/** Asked between steps, so that a job that is told to end takes its locks with it. */
export function checkCancelled(): void {
  if (flag && Atomics.load(flag, 0) === 1) fail({ kind: 'cancelled' });
}

/** From here on the job has to come to its end: what follows belongs to what is done already. */
export function beyondCancel(): void {
  flag = null;
}
