import type { Account, AccountTest } from '../../shared/contract/accounts';
import type { Diagnosis, DoctorStep, Finding, StepReport } from '../../shared/contract/doctor';
import { AppFailure, fail } from '../../shared/errors';
import { shownRemote } from '../../shared/shown-remote';
import { ofError } from './causes';
import { type DoctorParts, type Examination, outcome, type StepOutcome, type Steps } from './examination';
import { createMask, type Mask, maskAll } from './mask';
import { fitted } from './remedies';
import { reportOf } from './report';
import { address } from './steps/address';
import { certificate } from './steps/certificate';
import { connection } from './steps/connection';
import { dns } from './steps/dns';
import { git } from './steps/git';
import { permissions } from './steps/permissions';
import { product } from './steps/product';
import { repository } from './steps/repository';
import { signIn } from './steps/sign-in';
import { tokenForm } from './steps/token-form';
import { examinationOf, type Subject } from './subject';

const steps: Steps = [
  ['address', address],
  ['dns', dns],
  ['connection', connection],
  ['certificate', certificate],
  ['product', product],
  ['token-form', tokenForm],
  ['sign-in', signIn],
  ['permissions', permissions],
  ['repository', repository],
  ['git', git],
];

/** What a run taught about a stored account's sign-in; null: it did not come to one. */
export interface Learned {
  account: Account;
  test: AccountTest;
}

export interface Run {
  diagnosis: Diagnosis;
  learned: Learned | null;
}

/** Settles with the signal, whatever a step waits for. */
async function ended<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = () => undefined as void;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        stop = () => reject(new AppFailure({ kind: 'cancelled' }));
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop, { once: true });
      }),
    ]);
  } catch (error) {
    if (signal.aborted) throw new AppFailure({ kind: 'cancelled' }, { cause: error });
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A failure of a step outside its own work (a proxy's password in a locked vault) is its finding, too. */
async function carriedOut(step: Steps[number], examination: Examination): Promise<StepOutcome> {
  const [name, work] = step;
  try {
    return await ended(examination.signal, work(examination));
  } catch (error) {
    if (!(error instanceof AppFailure)) throw error;
    const found = ofError(error.error, {
      step: name,
      address: examination.patient?.account.url ?? null,
      hasOthers: examination.others.length > 0,
    });
    if (found === null) throw error;
    return outcome.failed(found, error.error);
  }
}

function shownSubject({ remote, patient }: Examination, subject: Subject): string {
  if (remote) return remote.protocol === 'ssh' ? remote.href : `${remote.origin}/${remote.path}`;
  if (patient) return patient.account.url;
  // What cannot be parsed may hold a password in places a parser would have found.
  return shownRemote(subject.url ?? subject.draft?.url ?? '');
}

/** The one finding, what is wrong besides, and what was learned of the account. */
interface Findings {
  finding: Finding | null;
  warnings: Finding[];
}

function reportStep(name: DoctorStep, found: StepOutcome | null, took: number, mask: Mask): StepReport {
  if (found === null)
    return { step: name, state: 'running', notes: [], finding: null, certificates: [], took: 0 };
  const { state, notes, finding, warnings, certificates } = found;
  return maskAll(
    { step: name, state, notes, finding: finding ?? warnings[0] ?? null, certificates, took },
    mask,
  );
}

/**
 * Runs the named steps in order and stops at the first cause. `emit` gets each
 * step when it starts and when it ends; steps that are not reached are
 * skipped. Asks nobody anything; ends within a second of the signal, then
 * rejecting `cancelled`. Rejects `gone` for a subject that is no more.
 */
export async function diagnose(
  parts: DoctorParts,
  subject: Subject,
  emit: (report: StepReport) => void,
  signal: AbortSignal,
): Promise<Run> {
  if (signal.aborted) fail({ kind: 'cancelled' });
  const mask = createMask();
  const typed = [subject.draft?.token, subject.draft?.privateKey];
  for (const secret of typed) if (secret) mask.learn(secret);
  const examination = await ended(signal, examinationOf(parts, subject, mask, signal));
  const subjectText = shownSubject(examination, subject);
  const reports: StepReport[] = [];
  const all: Findings = { finding: null, warnings: [] };
  let failedSignIn: AppFailure['error'] | null = null;

  for (const step of steps) {
    const [name] = step;
    const done = (found: StepOutcome, took: number) => {
      const report = reportStep(name, found, took, mask);
      reports.push(report);
      emit(report);
    };
    if (all.finding) {
      done(outcome.skipped(), 0);
      continue;
    }
    emit(reportStep(name, null, 0, mask));
    const started = performance.now();
    const found = await carriedOut(step, examination);
    const fit = {
      ...found,
      finding: found.finding && fitted(found.finding, examination),
      warnings: found.warnings.map((one) => fitted(one, examination)),
    };
    all.finding = fit.finding;
    all.warnings.push(...fit.warnings);
    if (fit.finding && found.error) failedSignIn = found.error;
    done(fit, performance.now() - started);
  }

  const { engine, git: found } = parts.engines.describe();
  const engineText = engine === 'system' && found.found ? `git ${found.version}` : 'built-in';
  const accountId = examination.isDraft ? null : (examination.patient?.account.id ?? null);
  const whole = maskAll({ ...all, steps: reports, subject: subjectText, accountId }, mask);
  const report = reportOf(whole, examination, maskAll(subject, mask), engineText, new Date());
  return {
    diagnosis: { ...whole, report: report.split('\n').map(mask).join('\n') },
    learned: learnedBy(examination, failedSignIn),
  };
}

function learnedBy({ patient, isDraft }: Examination, failed: AppFailure['error'] | null): Learned | null {
  if (!patient || isDraft) return null;
  const { account, signedIn } = patient;
  if (signedIn) return { account, test: { ok: true, result: signedIn } };
  return failed ? { account, test: { ok: false, error: failed } } : null;
}
