import { readFileSync } from 'node:fs';
import tls from 'node:tls';

const beginning = '-----BEGIN CERTIFICATE-----';
const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, each with a line end; other blocks and words between them are left out. */
export function pemCertificates(text: string): string[] {
  return text.includes(beginning) ? (text.match(certificate) ?? []).map((pem) => `${pem}\n`) : [];
}

/** Where Unix systems keep their authorities as one file: Debian, Fedora, Alpine and macOS. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

function fileOf(name: string | undefined): string[] {
  if (!name) return [];
  try {
    return pemCertificates(readFileSync(name, 'utf8'));
  } catch {
    return [];
  }
}

function readRoots(): string[] {
  const read = (tls as { getCACertificates?: (type: string) => string[] }).getCACertificates;
  const own: string[] = [];
  try {
    // Node 22.15 and newer; `default` holds what NODE_EXTRA_CA_CERTS names.
    if (read) own.push(...read('default'), ...read('system'));
  } catch {
    // A system without a readable store: the runtime's own then.
  }
  if (own.length === 0) {
    const bundle = bundles.map(fileOf).find((found) => found.length > 0) ?? [];
    own.push(...tls.rootCertificates, ...fileOf(process.env['NODE_EXTRA_CA_CERTS']), ...bundle);
  }
  // What the user's other programs are told to trust by the usual variable.
  own.push(...fileOf(process.env['SSL_CERT_FILE']));
  // The same certificate comes from several places, its lines broken differently.
  return [...new Map(own.map((pem) => [pem.replaceAll(/\s+/g, ''), `${pem.trim()}\n`])).values()];
}

let roots: string[] | null = null;

/** The system's authorities and Node's own, PEM. */
export function rootCertificates(): readonly string[] {
  roots ??= readRoots();
  return roots;
}
