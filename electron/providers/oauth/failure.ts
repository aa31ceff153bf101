import { type AppError, AppFailure } from '../../../shared/errors';
import type { OAuthRefusal } from './answers';

type Reason = Extract<AppError, { kind: 'sign-in-failed' }>['reason'];

/**
 * RFC 6749 section 5.2, RFC 8628 section 3.5, and what GitHub and Entra say
 * instead (docs.github.com "Error codes for the device flow"; learn.microsoft.com
 * "OAuth 2.0 device authorization grant", expected errors).
 */
const reasons: Record<string, Reason> = {
  access_denied: 'denied',
  authorization_declined: 'denied',
  expired_token: 'expired',
  token_expired: 'expired',
  incorrect_device_code: 'expired',
  bad_verification_code: 'expired',
  code_expired: 'expired',
  invalid_client: 'unknown-client',
  incorrect_client_credentials: 'unknown-client',
  // GitHub's whole answer to a client id it does not know.
  'Not Found': 'unknown-client',
  device_flow_disabled: 'not-enabled',
  unauthorized_client: 'not-enabled',
  unsupported_grant_type: 'unsupported',
  invalid_scope: 'scope',
};

/** Microsoft's numbers say more than its codes: learn.microsoft.com/entra/identity-platform/reference-error-codes. */
const numbers: [RegExp, Reason][] = [
  [/AADSTS(700016|700038|7000218|7000215|900144)\b/, 'unknown-client'],
  [/AADSTS(90002|900023|900021|50059)\b/, 'unknown-tenant'],
  [/AADSTS(65001|90094|90095|90093)\b/, 'consent'],
  [/AADSTS(65004)\b/, 'denied'],
  [/AADSTS(53000|53001|53002|53003|53004|50105|50158|530003)\b/, 'policy'],
  [/AADSTS(70020|70019)\b/, 'expired'],
  [/AADSTS(500113|50011)\b/, 'not-enabled'],
];

/** A server's sentence as it may be shown: one line, bounded, nothing that could be a code or token in it. */
export function plainText(text: string): string {
  return text
    .replace(/\s*(Trace ID|Correlation ID|Timestamp):.*$/s, '')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\w.~+/=-]{24,}/g, '***')
    .trim()
    .slice(0, 300);
}

/** A sign-in that did not come to an end, from what the server said. */
export function signInFailure(host: string, refusal: OAuthRefusal, cause?: unknown): AppFailure {
  const known = numbers.find(([pattern]) => pattern.test(refusal.description))?.[1];
  const reason = known ?? reasons[refusal.code] ?? 'other';
  const detail = plainText(refusal.description || (reason === 'other' ? refusal.code : ''));
  return new AppFailure({ kind: 'sign-in-failed', host, reason, detail: detail || undefined }, { cause });
}
