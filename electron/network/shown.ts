import type { ShownCertificates } from '../../shared/contract/network';
import { type AppError, AppFailure, fail } from '../../shared/errors';
import { type Obstacle, targetOf } from './connect';
import type { Route } from './network';
import { examineTls } from './probe';

type Unreachable = Extract<AppError, { kind: 'host-unreachable' }>;

const causes: Partial<Record<Obstacle['cause'], Pick<Unreachable, 'cause' | 'proxy'>>> = {
  'host-unknown': { cause: 'dns' },
  'dns-failed': { cause: 'dns' },
  'connection-refused': { cause: 'refused' },
  'connection-timeout': { cause: 'timeout' },
  'connection-reset': { cause: 'reset' },
  'proxy-unreachable': { cause: 'proxy', proxy: 'unreachable' },
  'proxy-wants-sign-in': { cause: 'proxy', proxy: 'wants-sign-in' },
  'proxy-refuses': { cause: 'proxy', proxy: 'refuses' },
  'encryption-not-offered': { cause: 'plain-http' },
};

/** What the server behind a hostKey shows now, for a person to compare. Rejects `host-unreachable`, `certificate` (`client-required`) and `cancelled`. */
export async function examineShown(
  host: string,
  route: Route,
  signal: AbortSignal,
): Promise<{ shown: ShownCertificates; pems: string[] }> {
  const seen = await examineTls(targetOf(`https://${host}`), route, signal).catch((error: unknown) => {
    if (signal.aborted) throw new AppFailure({ kind: 'cancelled' }, { cause: error });
    throw error;
  });
  if (!seen.ok)
    return seen.cause === 'certificate-client-required'
      ? fail({ kind: 'certificate', host, cause: 'client-required' })
      : fail({ kind: 'host-unreachable', host, ...(causes[seen.cause] ?? { cause: 'other' }) });
  const { certificates, pems, problem } = seen;
  const last = certificates.at(-1);
  return {
    shown: {
      host,
      certificates,
      suggested: last?.fingerprint ?? null,
      complete: last?.selfSigned ?? false,
      // Wanting to see one of ours is no doubt about the server's.
      trusted: problem === null || problem.cause === 'certificate-client-required',
    },
    pems,
  };
}
