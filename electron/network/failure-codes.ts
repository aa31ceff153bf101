import type { AppError } from '../../shared/errors';
import type { Route } from './network';

type Unreachable = Extract<AppError, { kind: 'host-unreachable' }>['cause'];
type ProxyTrouble = NonNullable<Extract<AppError, { kind: 'host-unreachable' }>['proxy']>;
type Certificate = Extract<AppError, { kind: 'certificate' }>['cause'];

/** Codes of Node's sockets and of undici. */
export const unreachableCodes: Readonly<Record<string, Unreachable>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'other',
  ENETUNREACH: 'other',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain-http',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plain-http',
};

/** OpenSSL's names as Node reports them: nodejs.org/api/tls.html#x509-certificate-error-codes, and the alerts a server sends about ours. */
export const certificateCodes: Readonly<Record<string, Certificate>> = {
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

/** One error of those a failed request is made of. */
export interface FailureCause {
  code: string;
  message: string;
  /** `address:port` the socket was for, where it is known. */
  peer: string;
}

/** An error and what caused it, outermost first; of several attempts each. */
export function causesOf(error: unknown, depth = 0): FailureCause[] {
  if (depth > 8 || !(error instanceof Error)) return [];
  const { code, address, port } = error as { code?: unknown; address?: unknown; port?: unknown };
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [
    {
      // undici gives only some of its parser's errors a code.
      code: typeof code === 'string' ? code : error.name === 'HTTPParserError' ? 'HPE_INVALID' : '',
      message: error.message,
      peer: typeof address === 'string' ? `${address}:${String(port)}` : '',
    },
    ...causesOf(error.cause, depth + 1),
    ...inner.flatMap((one) => causesOf(one, depth + 1)),
  ];
}

/** What the proxy of a route did, if it is to blame; undici tells its status only in words. */
export function proxyTrouble(causes: FailureCause[], proxy: Route['proxy']): ProxyTrouble | null {
  if (proxy === null) return null;
  const status = causes.map(({ message }) => /Proxy response \((\d+)\)/.exec(message)?.[1]).find(Boolean);
  if (status !== undefined) return status === '407' ? 'wants-sign-in' : 'refuses';
  if (causes.some(({ message }) => /Proxy Authentication Required/.test(message))) return 'wants-sign-in';
  const socks = causes.find(({ code, message }) => /SOCKS5/.test(`${code} ${message}`));
  if (socks) return /auth/i.test(`${socks.code} ${socks.message}`) ? 'wants-sign-in' : 'refuses';
  if (causes.some(({ code }) => code === 'UND_ERR_PRX_TLS')) return 'unreachable';
  const { hostname, port, protocol } = new URL(proxy.url);
  const at = `${hostname.replaceAll(/[[\]]/g, '')}:${port || (protocol === 'https:' ? '443' : '80')}`;
  // A name that is not known has no address yet: Node says which name it was.
  if (causes.some(({ peer, message }) => peer === at || message.endsWith(` ${hostname}`)))
    return 'unreachable';
  return causes.some(({ message }) => /proxy/i.test(message)) ? 'refuses' : null;
}
