import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index';
import type { Diagnosis, DoctorStep, Finding, StepReport } from '../../../shared/contract/doctor';
import type { Certificate } from '../../../shared/contract/network';
import type { CoreState } from './core';

const os = implement(contract);

/** Runs as told: every step of the diagnosis, then its end; without one the second step never ends. */
export function doctorOf(state: CoreState) {
  return os.doctor.router({
    run: os.doctor.run.handler(async function* ({ input, signal }) {
      state.calls.push({ name: 'doctor.run', input });
      const [diagnosis = null] = state.diagnoses;
      if (state.diagnoses.length > 1) state.diagnoses.shift();
      if (diagnosis === null) {
        yield reportOf('address', { notes: ['https://gitlab.example.com'] });
        yield reportOf('dns', { state: 'running' });
        await new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            state.cancelled += 1;
            reject(signal.reason);
          });
        });
        throw new Error('unreachable');
      }
      for (const step of diagnosis.steps) yield step;
      return diagnosis;
    }),
  });
}

/** The settings stay as they are; what was trusted is in `calls`. */
export function networkOf(state: CoreState) {
  const settings = {
    proxy: { mode: 'system' as const, url: '', username: '', hasPassword: false, noProxy: '' },
    authorities: [],
    clientCertificates: [],
  };
  return {
    get: os.network.get.handler(() => settings),
    trustShown: os.network.trustShown.handler(({ input }) => {
      state.calls.push({ name: 'network.trustShown', input });
      return settings;
    }),
  };
}

const order: DoctorStep[] = [
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

export function reportOf(step: DoctorStep, more: Partial<StepReport> = {}): StepReport {
  return { step, state: 'passed', notes: [], finding: null, certificates: [], took: 12, ...more };
}

const certificate = (subject: string, more: Partial<Certificate> = {}): Certificate => ({
  subject,
  issuer: 'CN=Contoso Root CA, O=Contoso AG, C=DE',
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2027-01-01T00:00:00.000Z',
  fingerprint: Array.from({ length: 32 }, (_, index) =>
    ((index * 37 + subject.length * 11) % 256).toString(16).toUpperCase().padStart(2, '0'),
  ).join(':'),
  isAuthority: false,
  selfSigned: false,
  ...more,
});

export const chain: Certificate[] = [
  certificate('CN=gitlab.department.contoso.example.com, O=Contoso AG, C=DE'),
  certificate('CN=Contoso Root CA, O=Contoso AG, C=DE', { isAuthority: true, selfSigned: true }),
];

/** A diagnosis that ends with this finding in this step; without one everything works. */
export function diagnosisOf(
  at: DoctorStep | null,
  finding: Finding | null,
  more: Partial<Diagnosis> = {},
): Diagnosis {
  const end = at === null ? order.length : order.indexOf(at);
  const steps = order.map((step, index) => {
    const certificates = step === 'certificate' && index <= end ? chain : [];
    if (index < end) return reportOf(step, { certificates, notes: [`${step} is as it should be`] });
    return index === end
      ? reportOf(step, { state: 'failed', finding, certificates })
      : reportOf(step, { state: 'skipped', took: 0 });
  });
  return {
    finding,
    warnings: [],
    steps,
    subject: 'https://gitlab.department.contoso.example.com:8443/gitlab',
    accountId: 'two',
    report: `Polyforge connection report\nCause: ${finding?.cause ?? 'none'}\n`,
    ...more,
  };
}
