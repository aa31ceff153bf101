import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../../shared/contract/network';

/** `CN=a\nO=b` of Node as one line, without characters that could pretend. */
function name(text: string): string {
  return text
    .split('\n')
    .reverse()
    .join(', ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .slice(0, 500);
}

function iso(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}

/** A certificate as a person compares it. */
export function describe(certificate: X509Certificate): Certificate {
  return {
    subject: name(certificate.subject),
    issuer: name(certificate.issuer),
    validFrom: iso(certificate.validFrom),
    validTo: iso(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    isAuthority: certificate.ca,
    selfSigned: signedByItself(certificate),
  };
}

function signedByItself(certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
  } catch {
    // A key of a kind this OpenSSL does not know.
    return false;
  }
}

/** Null: no certificate this OpenSSL can read. */
export function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
