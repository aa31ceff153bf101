import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import type { Cause } from '../../shared/contract/doctor';
import type { Certificate } from '../../shared/contract/network';
import { describe } from './certificates';
import { codesOf, type Obstacle, patience } from './connect';
import { contextOf } from './dispatcher';
import type { Route } from './network';
import { listenIn, type ServerHello } from './server-hello';

/** A finished handshake, whatever the certificate is worth. */
export interface Handshake {
  ok: true;
  /** `TLS 1.3`. */
  protocol: string;
  /** Server's certificate first, its issuers after it, as far as they are known. */
  certificates: Certificate[];
  /** The same, PEM. */
  pems: string[];
  /** Why the certificate is not believed, or why the server does not go on without one of ours. */
  problem: { cause: Cause; facts: Record<string, string> } | null;
}

export interface HandshakeRequest {
  /** Name or address that the certificate must be for. */
  host: string;
  /** As facts name it. */
  shown: string;
  route: Pick<Route, 'authorities' | 'client'>;
  /** Milliseconds for the whole of it. */
  wait?: number;
}

/** OpenSSL's names as Node reports them: nodejs.org/api/tls.html#x509-certificate-error-codes. */
const causes: Record<string, Cause> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-unknown-issuer',
  CERT_UNTRUSTED: 'certificate-unknown-issuer',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-wrong-name',
  HOSTNAME_MISMATCH: 'certificate-wrong-name',
};

/** RFC 8446, 6.2. */
const alert = { handshakeFailure: 40, protocolVersion: 70, certificateRequired: 116 };
const firstGoodVersion = 0x0303;
const longestChain = 10;
/** Milliseconds a server of TLS 1.3 gets to say that it wants a certificate: it does so after the handshake. */
const verdictTime = 500;

function chainOf(socket: tls.TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let shown: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (shown?.raw && chain.length < longestChain) {
    const certificate = new X509Certificate(shown.raw);
    if (chain.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) break;
    chain.push(certificate);
    shown = shown.issuerCertificate;
  }
  return chain;
}

function namesOf(certificate: X509Certificate | undefined): string {
  const names = certificate?.subjectAltName?.split(/,\s*/).map((one) => one.replace(/^[^:]*:/, '')) ?? [];
  return names.slice(0, 20).join(', ');
}

function shownDates({ issuer, validFrom, validTo }: Certificate): Record<string, string> {
  return { issuer, validFrom, validTo };
}

function verdictOf(socket: tls.TLSSocket, chain: X509Certificate[], shown: string): Handshake['problem'] {
  if (socket.authorized) return null;
  // Node's types say Error; it is the code of the failed check.
  const code = String(socket.authorizationError);
  const [leaf] = chain;
  const facts: Record<string, string> = {
    host: shown,
    code,
    names: namesOf(leaf),
    ...(leaf ? shownDates(describe(leaf)) : {}),
  };
  return { cause: causes[code] ?? 'certificate-other', facts };
}

/** What kept the two from agreeing, from the unencrypted part of the talk first: codes differ between versions of OpenSSL. */
function brokenOff(error: unknown, heard: ServerHello, shown: string): Obstacle {
  const codes = codesOf(error);
  const [code = ''] = codes;
  const facts = { host: shown, ...(code ? { code } : {}) };
  const no = (cause: Cause): Obstacle => ({ ok: false, cause, facts });
  if (heard.foreign !== '') return no('encryption-not-offered');
  if (heard.certificateRequested || heard.alert === alert.certificateRequired || isCertificateRequired(codes))
    return no('certificate-client-required');
  if (heard.alert === alert.protocolVersion) return no('encryption-too-old');
  if (heard.version !== null && heard.version < firstGoodVersion) return no('encryption-too-old');
  if (heard.alert === alert.handshakeFailure) return no('encryption-too-old');
  if (codes.includes('ETIMEDOUT')) return no('connection-timeout');
  return no(heard.bytes === 0 ? 'connection-reset' : 'certificate-other');
}

function isCertificateRequired(codes: string[]): boolean {
  return codes.some((code) =>
    /CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE$|ALERT_UNKNOWN_CA$|ALERT_CERTIFICATE_\w+$/.test(code),
  );
}

/** Resolves with the server's refusal, or null once it has shown that it goes on with our certificate, or with none. */
function refusedWith(socket: tls.TLSSocket): Promise<string[] | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), verdictTime);
    const end = (codes: string[] | null) => {
      clearTimeout(timer);
      resolve(codes);
    };
    // A ticket for the next connection comes after the server has checked everything.
    socket.once('session', () => end(null));
    socket.once('error', (error) => end(codesOf(error)));
    socket.once('close', () => end([]));
    socket.resume();
  });
}

/**
 * One TLS handshake over a connection, to read what the server shows. Nothing
 * is sent after it, and a certificate that does not hold is only described.
 * The caller destroys the connection. Rejects only with the signal's reason.
 */
export async function shakeHands(
  connection: net.Socket,
  { host, shown, route, wait = patience }: HandshakeRequest,
  signal: AbortSignal,
): Promise<Handshake | Obstacle> {
  signal.throwIfAborted();
  const { stream, heard } = listenIn(connection);
  const socket = tls.connect({
    socket: stream,
    ...(net.isIP(host) ? { host } : { host, servername: host }),
    secureContext: contextOf(route.authorities, route.client),
    // Only to read the certificate: the verdict is in the answer, and no request is made on this connection.
    rejectUnauthorized: false,
  });
  const stop = () => socket.destroy(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    wait,
  );
  try {
    const failure = await new Promise<{ error: unknown } | null>((resolve) => {
      socket.once('error', (error) => resolve({ error }));
      socket.once('close', () => resolve({ error: undefined }));
      socket.once('secureConnect', () => resolve(null));
    });
    signal.throwIfAborted();
    if (failure) return brokenOff(failure.error, heard, shown);
    socket.on('error', () => undefined);
    const chain = chainOf(socket);
    const protocol = (socket.getProtocol() ?? '').replace(/^TLSv/, 'TLS ');
    const certificates = chain.map(describe);
    const pems = chain.map(String);
    const problem = verdictOf(socket, chain, shown);
    if (problem === null && protocol === 'TLS 1.3') {
      const codes = await refusedWith(socket);
      signal.throwIfAborted();
      if (codes && isCertificateRequired(codes))
        return {
          ok: true,
          protocol,
          certificates,
          pems,
          problem: { cause: 'certificate-client-required', facts: { host: shown } },
        };
    }
    return { ok: true, protocol, certificates, pems, problem };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}
