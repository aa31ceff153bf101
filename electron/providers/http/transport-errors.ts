import type { AppError } from '../../../shared/errors';
import { AppFailure } from '../../../shared/errors';
import type { Route } from '../../network/network';

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
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client-required',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'client-refused',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'client-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'client-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'client-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'client-refused',
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

/** What a proxy did: undici tells its status only in words, and its SOCKS failures by name. */
function proxyTrouble(causes: Cause[], proxy: NonNullable<Route['proxy']>): AppProxy | null {
  const status = causes.map(({ message }) => /Proxy response \((\d+)\)/.exec(message)?.[1]).find(Boolean);
  if (status !== undefined) return status === '407' ? 'wants-sign-in' : 'refuses';
  const socks = causes.find(({ code }) => code.startsWith('UND_ERR_SOCKS5'));
  if (socks) return /auth/i.test(`${socks.code} ${socks.message}`) ? 'wants-sign-in' : 'refuses';
  if (causes.some(({ code }) => code === 'UND_ERR_PRX_TLS')) return 'unreachable';
  const { hostname, port } = new URL(proxy.url);
  const usual = proxy.url.startsWith('https:') ? '443' : '80';
  const at = [`${hostname.replaceAll(/[[\]]/g, '')}:${port || usual}`];
  // A name that is not known has no address yet: Node says which name it was.
  const isPeer = ({ peer, message }: Cause) => at.includes(peer) || message.endsWith(` ${hostname}`);
  if (causes.some(isPeer)) return 'unreachable';
  return causes.some(({ message }) => /proxy/i.test(message)) ? 'refuses' : null;
}

type AppProxy = NonNullable<Extract<AppError, { kind: 'host-unreachable' }>['proxy']>;

/** What a thrown transport error means to the user. An AppFailure keeps its meaning. */
export function transportFailure(
  error: unknown,
  url: URL,
  signal: AbortSignal,
  proxy: Route['proxy'],
): AppError {
  if (error instanceof AppFailure) return error.error;
  if (signal.aborted) return { kind: 'cancelled' };
  const { host } = url;
  const causes = chain(error);
  const deepest = causes.findLast((cause) => cause.code !== '') ?? causes.at(-1);
  const detail = [deepest?.code, deepest?.message].filter(Boolean).join(': ').slice(0, 300) || undefined;

  const trouble = proxy && proxyTrouble(causes, proxy);
  if (trouble) return { kind: 'host-unreachable', host, cause: 'proxy', proxy: trouble, detail };
  for (const { code } of causes) {
    const certificate = certificates[code];
    if (certificate) return { kind: 'certificate', host, cause: certificate, detail };
    const cause = unreachable[code];
    if (cause) return { kind: 'host-unreachable', host, cause, detail };
    if (unreadable.test(code))
      return { kind: 'unexpected-answer', host, detail: `the answer is not readable HTTP (${code})` };
  }
  return { kind: 'host-unreachable', host, cause: 'other', detail };
}
