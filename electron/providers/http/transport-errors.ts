import type { AppError } from '../../../shared/errors';
import { AppFailure } from '../../../shared/errors';

type Unreachable = Extract<AppError, { kind: 'host-unreachable' }>['cause'];
type Certificate = Extract<AppError, { kind: 'certificate' }>['cause'];

const unreachable: Record<string, Unreachable> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_PRX_TLS: 'proxy',
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain-http',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plain-http',
};

/** OpenSSL's names as Node reports them: nodejs.org/api/tls.html#x509-certificate-error-codes. */
const certificates: Record<string, Certificate> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  CERT_UNTRUSTED: 'unknown-issuer',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  HOSTNAME_MISMATCH: 'wrong-name',
  CERT_REVOKED: 'other',
  CERT_CHAIN_TOO_LONG: 'other',
  CERT_REJECTED: 'other',
  CERT_SIGNATURE_FAILURE: 'other',
  INVALID_CA: 'other',
  INVALID_PURPOSE: 'other',
};

/** Answers no HTTP client can read. */
const unreadable = /^(HPE_|Z_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_RESPONSE|ERR__ERROR_FORMAT)/;

interface Cause {
  code: string;
  message: string;
  peer: string;
}

function chain(error: unknown, depth = 0): Cause[] {
  if (depth > 8 || !(error instanceof Error)) return [];
  const { code, address, port } = error as { code?: unknown; address?: unknown; port?: unknown };
  const inner = error instanceof AggregateError ? error.errors : [];
  return [
    {
      code: typeof code === 'string' ? code : '',
      message: error.message,
      peer: typeof address === 'string' ? `${address}:${String(port)}` : '',
    },
    ...chain(error.cause, depth + 1),
    ...inner.flatMap((one: unknown) => chain(one, depth + 1)),
  ];
}

/** What a thrown transport error means to the user. An AppFailure keeps its meaning. */
export function transportFailure(
  error: unknown,
  url: URL,
  signal: AbortSignal,
  proxies: readonly string[],
): AppError {
  if (error instanceof AppFailure) return error.error;
  if (signal.aborted) return { kind: 'cancelled' };
  const { host } = url;
  const causes = chain(error);
  const deepest = causes.findLast((cause) => cause.code !== '') ?? causes.at(-1);
  const detail = [deepest?.code, deepest?.message].filter(Boolean).join(': ').slice(0, 300) || undefined;

  if (causes.some(({ message }) => /proxy/i.test(message)))
    return { kind: 'host-unreachable', host, cause: 'proxy', detail };
  for (const { code, peer } of causes) {
    const certificate = certificates[code];
    if (certificate) return { kind: 'certificate', host, cause: certificate, detail };
    const cause = unreachable[code];
    if (cause) {
      const atProxy = peer !== '' && proxies.includes(peer) && peer !== host;
      return { kind: 'host-unreachable', host, cause: atProxy ? 'proxy' : cause, detail };
    }
    if (unreadable.test(code))
      return { kind: 'unexpected-answer', host, detail: `the answer is not readable HTTP (${code})` };
  }
  return { kind: 'host-unreachable', host, cause: 'other', detail };
}
