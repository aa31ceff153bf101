import type { AppError } from '../../shared/errors';

/** Failures of the way to a server, or of what an account may do there: the Connection Doctor finds out which. */
const kinds: ReadonlySet<AppError['kind']> = new Set([
  'address-invalid',
  'host-unreachable',
  'certificate',
  'token-refused',
  'token-form',
  'sign-in-page',
  'missing-permission',
  'authorization-required',
  'not-found',
  'rate-limited',
  'wrong-provider',
  'unexpected-answer',
  'server-too-old',
  'server-public-url',
  'server-error',
  'moved',
  'secret-unavailable',
  'authentication-failed',
  'repository-not-found',
  'several-accounts',
  'transfer-incomplete',
  'git-failed',
]);

export function isDiagnosable(error: AppError): boolean {
  // The page's own lost connection to the core has this name.
  return kinds.has(error.kind) && !(error.kind === 'host-unreachable' && error.host === 'Polyforge');
}
