import type { Cause, Finding, Remedy } from '../../shared/contract/doctor';
import { type AppError, appErrorSchema } from '../../shared/errors';
import type { Obstacle } from '../network/connect';
import { finding } from '../providers/diagnosis';

const tryAgain: Remedy = { kind: 'try-again' };
const administrator: Remedy = { kind: 'tell-administrator' };
const networkPreferences: Remedy = { kind: 'network-preferences' };
const address = (): Remedy => ({ kind: 'edit-account', field: 'url' });

/** What helps where the way to a server is blocked. `certificate-*` is decided where the chain is known. */
const ways: Partial<Record<Cause, Remedy>> = {
  'host-unknown': address(),
  'dns-failed': tryAgain,
  'connection-refused': address(),
  'connection-timeout': networkPreferences,
  'connection-reset': networkPreferences,
  'network-down': tryAgain,
  'proxy-unreachable': networkPreferences,
  'proxy-wants-sign-in': networkPreferences,
  'proxy-refuses': networkPreferences,
  'encryption-not-offered': address(),
  'encryption-too-old': administrator,
  'certificate-expired': administrator,
  'certificate-not-yet-valid': tryAgain,
  'certificate-wrong-name': address(),
  'certificate-unknown-issuer': networkPreferences,
  'certificate-self-signed': networkPreferences,
  'certificate-other': administrator,
};

/** An obstacle the probe met, as a finding. */
export function ofObstacle({ cause, facts }: Pick<Obstacle, 'cause' | 'facts'>): Finding {
  if (cause === 'certificate-client-required')
    return finding(cause, { kind: 'add-client-certificate', host: facts['host'] ?? '' }, facts);
  return finding(cause, ways[cause] ?? tryAgain, facts);
}

export const unreachable: Record<Extract<AppError, { kind: 'host-unreachable' }>['cause'], Cause> = {
  dns: 'host-unknown',
  refused: 'connection-refused',
  timeout: 'connection-timeout',
  reset: 'connection-reset',
  proxy: 'proxy-refuses',
  'plain-http': 'encryption-not-offered',
  other: 'connection-reset',
};

type Proxy = NonNullable<Extract<AppError, { kind: 'host-unreachable' }>['proxy']>;
export const proxies: Record<Proxy, Cause> = {
  unreachable: 'proxy-unreachable',
  'wants-sign-in': 'proxy-wants-sign-in',
  refuses: 'proxy-refuses',
};

export const certificates: Record<Extract<AppError, { kind: 'certificate' }>['cause'], Cause> = {
  'self-signed': 'certificate-self-signed',
  'unknown-issuer': 'certificate-unknown-issuer',
  expired: 'certificate-expired',
  'not-yet-valid': 'certificate-not-yet-valid',
  'wrong-name': 'certificate-wrong-name',
  'client-required': 'certificate-client-required',
  'client-refused': 'certificate-client-required',
  other: 'certificate-other',
};

/** The obstacle as an ordinary request would have reported it. */
export function errorOfObstacle({ cause, facts }: Pick<Obstacle, 'cause' | 'facts'>): AppError {
  const host = facts['host'] ?? '';
  const told = Object.entries(certificates).find(([, one]) => one === cause)?.[0];
  if (told) return appErrorSchema.parse({ kind: 'certificate', host, cause: told });
  const proxy = Object.entries(proxies).find(([, one]) => one === cause)?.[0];
  if (proxy) return appErrorSchema.parse({ kind: 'host-unreachable', host, cause: 'proxy', proxy });
  const way = Object.entries(unreachable).find(([, one]) => one === cause)?.[0];
  const other = cause === 'dns-failed' ? 'dns' : 'other';
  return appErrorSchema.parse({ kind: 'host-unreachable', host, cause: way ?? other });
}
