import { createPrivateKey, type KeyObject, randomUUID, X509Certificate } from 'node:crypto';
import type { Authority, ClientCertificate } from '../../shared/contract/network';
import { fail } from '../../shared/errors';
import type { Vault } from '../credentials/vault';
import type { Storage } from '../storage/storage';
import { describe, readCertificate } from './certificates';
import type { Route } from './network';
import type { ReadSecret } from './proxy';
import { pemCertificates } from './roots';

export interface TrustParts {
  storage: Pick<Storage, 'authorities' | 'clientCertificates'>;
  vault: Pick<Vault, 'set' | 'delete'>;
  secret: ReadSecret;
}

/** More in one text is a bundle for a whole system, which does not belong to one host. */
const mostCertificates = 20;

const keyName = (id: string, host: string) => `client-certificate:${id}@${host}`;

/** Certificates kept per host. `host` is a hostKey everywhere. */
export function createTrustStore({ storage, vault, secret }: TrustParts) {
  return {
    authorities(): Authority[] {
      return storage.authorities.list().flatMap(({ id, host, pem, addedAt }) => {
        const certificate = readCertificate(pem);
        return certificate ? [{ id, host, certificate: describe(certificate), addedAt }] : [];
      });
    },

    clientCertificates(): ClientCertificate[] {
      return storage.clientCertificates.list().flatMap(({ id, host, pem, addedAt }) => {
        const certificate = readCertificate(pem);
        return certificate ? [{ id, host, certificate: describe(certificate), addedAt }] : [];
      });
    },

    async routePart(host: string): Promise<Pick<Route, 'authorities' | 'client'>> {
      const authorities = storage.authorities
        .list()
        .filter((one) => one.host === host)
        .map(({ pem }) => pem);
      // The newest: a kill may have left the one it took the place of. Of a damaged one nothing can be shown.
      const own = storage.clientCertificates
        .list()
        .findLast((one) => one.host === host && isReadable(one.pem));
      const key = own && (await secret(keyName(own.id, host)));
      return {
        authorities,
        client: own && key ? { certificate: own.pem, ...readKey(key) } : null,
      };
    },

    addAuthorities(host: string, text: string): void {
      const pems = pemCertificates(text);
      if (pems.length === 0)
        fail({
          kind: 'invalid-input',
          field: 'pem',
          reason:
            'This holds no certificate in PEM form. It begins with -----BEGIN CERTIFICATE-----; a DER file (.cer, .der) must be converted first.',
        });
      if (pems.length > mostCertificates)
        fail({
          kind: 'invalid-input',
          field: 'pem',
          reason: `More than ${mostCertificates} certificates are too many for one host.`,
        });
      const read = pems.map((pem) => ({ pem, certificate: readCertificate(pem) }));
      for (const { certificate } of read) {
        if (certificate === null)
          return fail({
            kind: 'invalid-input',
            field: 'pem',
            reason: 'A certificate in it cannot be read. Copy it again, complete.',
          });
        if (Date.parse(certificate.validTo) < Date.now())
          return fail({
            kind: 'invalid-input',
            field: 'pem',
            reason: `The certificate of ${describe(certificate).subject} has expired, so trusting it would not help.`,
          });
      }
      for (const { pem } of read) this.keep(host, pem);
    },

    /** Kept once per host. */
    keep(host: string, pem: string): void {
      const { fingerprint256 } = new X509Certificate(pem);
      const known = storage.authorities
        .list()
        .some((one) => one.host === host && readCertificate(one.pem)?.fingerprint256 === fingerprint256);
      if (!known) storage.authorities.put({ id: randomUUID(), host, pem, addedAt: Date.now() });
    },

    removeAuthority(id: string): void {
      storage.authorities.remove(id);
    },

    /** One for a host: a new one takes the place of the old. */
    async addClientCertificate(
      host: string,
      input: { certificate: string; key: string; passphrase: string },
    ): Promise<void> {
      const pems = pemCertificates(input.certificate);
      const leaf = pems[0] === undefined ? null : readCertificate(pems[0]);
      if (leaf === null)
        return fail({
          kind: 'invalid-input',
          field: 'certificate',
          reason: isPkcs12(input.certificate)
            ? pkcs12
            : 'This holds no certificate in PEM form. It begins with -----BEGIN CERTIFICATE-----.',
        });
      const key = keyOf(input.key, input.passphrase);
      if (!leaf.checkPrivateKey(key))
        fail({ kind: 'invalid-input', field: 'key', reason: 'This key does not belong to the certificate.' });
      if (Date.parse(leaf.validTo) < Date.now())
        fail({
          kind: 'invalid-input',
          field: 'certificate',
          reason: 'This certificate has expired; servers refuse it.',
        });
      const id = randomUUID();
      const before = storage.clientCertificates.list().filter((one) => one.host === host);
      await vault.set(
        keyName(id, host),
        JSON.stringify({ key: pemKey(input.key), passphrase: input.passphrase || null }),
      );
      storage.clientCertificates.put({ id, host, pem: pems.join(''), addedAt: Date.now() });
      for (const old of before) await this.removeClientCertificate(old.id);
    },

    async removeClientCertificate(id: string): Promise<void> {
      const own = storage.clientCertificates.find(id);
      if (!own) return;
      // The key first: a certificate that lost it can be removed again, a key without certificate never.
      await vault.delete(keyName(id, own.host));
      storage.clientCertificates.remove(id);
    },
  };
}

function isReadable(pem: string): boolean {
  const all = pemCertificates(pem);
  return all.length > 0 && all.every((one) => readCertificate(one) !== null);
}

const pkcs12 =
  'PKCS#12 files (.pfx, .p12) cannot be read here. Convert it once: openssl pkcs12 -in file.pfx -out file.pem';

/** A text picked from a binary file: DER begins with a SEQUENCE. */
function isPkcs12(text: string): boolean {
  return /^0[\u0080-\uffff]/.test(text);
}

const keyBlock = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]+?-----END \1PRIVATE KEY-----/;

function pemKey(text: string): string {
  return `${keyBlock.exec(text)?.[0] ?? ''}\n`;
}

function keyOf(text: string, passphrase: string): KeyObject {
  const key = pemKey(text);
  if (key.trim() === '')
    return fail({
      kind: 'invalid-input',
      field: 'key',
      reason: isPkcs12(text)
        ? pkcs12
        : 'This holds no private key in PEM form. It begins with -----BEGIN PRIVATE KEY-----.',
    });
  const encrypted = /ENCRYPTED/.test(key);
  if (encrypted && passphrase === '')
    return fail({
      kind: 'invalid-input',
      field: 'passphrase',
      reason: 'This key is encrypted. Type its passphrase.',
    });
  try {
    return createPrivateKey({ key, ...(encrypted ? { passphrase } : {}) });
  } catch {
    return encrypted
      ? fail({ kind: 'invalid-input', field: 'passphrase', reason: 'This passphrase does not open the key.' })
      : fail({
          kind: 'invalid-input',
          field: 'key',
          reason: 'This key cannot be read. Copy it again, complete.',
        });
  }
}

function readKey(text: string): { key: string; passphrase: string | null } {
  const value = JSON.parse(text) as { key: string; passphrase: string | null };
  return { key: value.key, passphrase: value.passphrase };
}
