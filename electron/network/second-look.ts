import { fetch as undiciFetch } from 'undici';
import type { Cause } from '../../shared/contract/doctor';
import type { Certificate } from '../../shared/contract/network';
import type { AppError } from '../../shared/errors';
import { targetOf } from './connect';
import { openDispatcher } from './dispatcher';
import type { Route } from './network';
import { examineTls } from './probe';

type CertificateFailure = Extract<AppError, { kind: 'certificate' }>;

/** Milliseconds a failure may take longer for being told better. */
const patience = 4000;

const causes: Partial<Record<Cause, CertificateFailure['cause']>> = {
  'certificate-self-signed': 'self-signed',
  'certificate-unknown-issuer': 'unknown-issuer',
  'certificate-expired': 'expired',
  'certificate-not-yet-valid': 'not-yet-valid',
  'certificate-wrong-name': 'wrong-name',
  'certificate-other': 'other',
};

/** The titles nginx and its kin give to those they let in far enough to tell them. */
const pages: [RegExp, CertificateFailure['cause']][] = [
  [/No required SSL certificate/i, 'client-required'],
  [/The SSL certificate error/i, 'client-refused'],
];

/**
 * A failure to reach a server, told as exactly as a second connection to it
 * can: which certificate was wrong, and what it says of itself, so that a
 * person can compare it with what the administrator says. Some TLS libraries
 * of git say nothing but that one was; a server's refusal of ours is lost on
 * the way in others. No credential is sent, nothing is believed, and what was
 * refused stays refused. Never rejects.
 */
export async function clearerFailure(
  error: AppError,
  url: URL,
  route: Route,
  signal: AbortSignal,
): Promise<AppError> {
  if (url.protocol !== 'https:' || !isOpen(error)) return error;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  try {
    const seen = (await lookAtProxy(route, limited)) ?? (await look(url, route, limited));
    if (seen === null)
      return saysBadRequest(error) ? ((await readPage(url, route, limited)) ?? error) : error;
    return seen;
  } catch {
    // The first failure stands.
    return error;
  }
}

function isOpen(error: AppError): boolean {
  switch (error.kind) {
    case 'certificate':
      return !error.cause.startsWith('client-');
    case 'host-unreachable':
      return error.cause === 'reset' || error.cause === 'other';
    case 'transfer-incomplete':
    case 'git-failed':
      return true;
    default:
      return false;
  }
}

function saysBadRequest(error: AppError): boolean {
  return error.kind === 'git-failed' && /returned error: 400/.test(error.detail);
}

async function look(url: URL, route: Route, signal: AbortSignal): Promise<CertificateFailure | null> {
  const seen = await examineTls(targetOf(url.origin), route, signal);
  const { host } = url;
  const cause = seen.ok ? seen.problem?.cause : seen.cause;
  if (cause === 'certificate-client-required')
    return { kind: 'certificate', host, cause: route.client === null ? 'client-required' : 'client-refused' };
  const found = cause && seen.ok ? causes[cause] : undefined;
  return found
    ? { kind: 'certificate', host, cause: found, detail: seen.ok ? words(seen.certificates[0]) : undefined }
    : null;
}

/** A proxy that is spoken to over TLS has a certificate of its own, and comes first. */
async function lookAtProxy({ proxy }: Route, signal: AbortSignal): Promise<CertificateFailure | null> {
  if (!proxy?.url.startsWith('https:')) return null;
  const straight = { proxy: null, authorities: proxy.authorities ?? [], client: null };
  return look(new URL(proxy.url), straight, signal);
}

function words(certificate: Certificate | undefined): string | undefined {
  if (!certificate) return undefined;
  const { issuer, validTo, fingerprint } = certificate;
  return `issued by ${issuer}; valid until ${validTo.slice(0, 10)}; SHA-256 ${fingerprint}`.slice(0, 400);
}

async function readPage(url: URL, route: Route, signal: AbortSignal): Promise<CertificateFailure | null> {
  const dispatcher = openDispatcher(route, {
    connectTimeout: patience,
    headersTimeout: patience,
    bodyTimeout: patience,
  });
  try {
    const answer = await undiciFetch(url, { redirect: 'manual', credentials: 'omit', signal, dispatcher });
    if (answer.status !== 400) return null;
    const text = (await answer.text()).slice(0, 4000);
    const cause = pages.find(([pattern]) => pattern.test(text))?.[1];
    return cause ? { kind: 'certificate', host: url.host, cause } : null;
  } finally {
    await dispatcher.destroy().catch(() => undefined);
  }
}
