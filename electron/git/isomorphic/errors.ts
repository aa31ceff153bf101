import { type AppError, AppFailure } from '../../../shared/errors';

/** What went on when it failed: names what the user can act on. */
export interface FailureContext {
  command: string;
  /** Host of the remote, with its port; empty for work on disk. */
  host: string;
  /** Path of the remote on its host. */
  path: string;
  /** Directory on this machine the user knows. */
  directory: string;
}

type Unreachable = Extract<AppError, { kind: 'host-unreachable' }>['cause'];
type Certificate = Extract<AppError, { kind: 'certificate' }>['cause'];

/** Codes of Node's sockets and of undici while no answer has begun. */
const unreachable: Record<string, Unreachable> = {
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
  UND_ERR_PRX_TLS: 'proxy',
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
  CERT_SIGNATURE_FAILURE: 'other',
  CERT_REJECTED: 'other',
  INVALID_CA: 'other',
  INVALID_PURPOSE: 'other',
};

/** A server's or library's text made fit to show: one line, no control or invisible characters, bounded. */
export function shown(text: string): string {
  return text
    .slice(0, 4000)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

function codes(error: unknown, depth = 0): string[] {
  if (depth > 8 || !(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [
    ...(typeof code === 'string' ? [code] : []),
    ...codes(error.cause, depth + 1),
    ...inner.flatMap((one) => codes(one, depth + 1)),
  ];
}

/** What a failed connection means. `begun`: the answer's head had arrived. */
export function connectionFailure(error: unknown, host: string, begun: boolean): AppError {
  if (error instanceof AppFailure) return error.error;
  const found = codes(error);
  const message = error instanceof Error ? error.message : String(error);
  const proxied = error instanceof Error && /proxy/i.test(`${message} ${String(error.cause)}`);
  const detail =
    shown([found.at(-1), found.length ? undefined : message].filter(Boolean).join(' ')) || undefined;
  if (proxied) return { kind: 'host-unreachable', host, cause: 'proxy', detail };
  for (const code of found) {
    const certificate = certificates[code];
    if (certificate) return { kind: 'certificate', host, cause: certificate, detail };
  }
  if (begun) return { kind: 'transfer-incomplete', host, detail };
  for (const code of found) {
    const cause = unreachable[code];
    if (cause) return { kind: 'host-unreachable', host, cause, detail };
  }
  return { kind: 'host-unreachable', host, cause: 'other', detail };
}

/** Every foreign error of this engine -> ours: the system's file errors, then isomorphic-git's codes. */
export function toAppError(error: unknown, context: FailureContext): AppError {
  if (error instanceof AppFailure) return error.error;
  const several = (error as { errors?: unknown } | null)?.errors;
  if (Array.isArray(several) && several.length > 0) return toAppError(several[0], context);
  const [code = ''] = codes(error);
  const message = shown(error instanceof Error ? error.message : String(error));
  const failed = (detail: string): AppError => ({
    kind: 'git-failed',
    command: context.command,
    exitCode: null,
    detail,
  });
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { kind: 'disk-full', path: context.directory };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { kind: 'directory-not-writable', path: context.directory, detail: code };
    case 'ENAMETOOLONG':
      return failed('A name in this repository is longer than this file system allows.');
    case 'EmptyServerResponseError':
      return { kind: 'transfer-incomplete', host: context.host };
    case 'SmartHttpError':
    case 'ParseError':
      return context.host === ''
        ? failed(message)
        : { kind: 'unexpected-answer', host: context.host, detail: 'the answer is not one of a git server' };
    case 'RemoteCapabilityError':
      return { kind: 'unsupported', what: 'this server', reason: message };
    default:
      return failed(message);
  }
}
