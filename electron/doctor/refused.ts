import type { DoctorStep, Finding } from '../../shared/contract/doctor';
import { type AppError, AppFailure } from '../../shared/errors';
import type { GitCredential } from '../providers/provider';
import { ofError } from './causes';
import { type Examination, outcome, type StepOutcome } from './examination';

/** What a failure means: the provider's word first, then the general table. A cancelled one is passed on. */
export function explained(
  examination: Examination,
  error: unknown,
  step: DoctorStep,
  git: GitCredential['kind'] | null = null,
): Finding {
  if (!(error instanceof AppFailure)) throw error;
  const { patient, repository, others } = examination;
  const own =
    error.error.kind === 'cancelled' || !patient
      ? null
      : (patient.provider.diagnosis?.explain(patient.account, error, { step, repository, git }) ?? null);
  const found =
    own ??
    ofError(error.error, { step, address: patient?.account.url ?? null, hasOthers: others.length > 0 });
  if (found === null) throw error;
  return found;
}

/** The end of a step whose work was refused. */
export function refused(
  examination: Examination,
  error: unknown,
  step: DoctorStep,
  ...notes: string[]
): StepOutcome {
  return outcome.failed(explained(examination, error, step), errorOf(error), ...notes);
}

export function errorOf(error: unknown): AppError | null {
  return error instanceof AppFailure ? error.error : null;
}
