import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';
import { AppFailure, fail } from '../../shared/errors';
import type { SecretSealer } from '../platform';

/** How the key was derived from the passphrase; stored beside the ciphertext. */
export const derivationSchema = z.object({
  salt: z.string(),
  N: z.number().int(),
  r: z.number().int(),
  p: z.number().int(),
  /** A known text sealed with the key: tells a wrong passphrase from damage. */
  check: z.string(),
});
export type Derivation = z.infer<typeof derivationSchema>;

// OWASP's interactive minimum for scrypt is N=2^17, r=8, p=1: about 0.4 s and 128 MiB here.
const cost = { N: 2 ** 17, r: 8, p: 1 };
const maxmem = 256 * 1024 * 1024;
const checkName = 'vault:check';

function deriveKey(passphrase: string, salt: Buffer, parameters: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { ...parameters, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** AES-256-GCM with the entry's name as additional data: swapped or edited entries do not open. */
function createKeySealer(key: Buffer, backend: SecretSealer['backend']): SecretSealer {
  return {
    backend,
    async seal(name, plaintext) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      cipher.setAAD(Buffer.from(name, 'utf8'));
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },
    async open(name, sealed) {
      try {
        const bytes = Buffer.from(sealed, 'base64');
        if (bytes.length < 28 || bytes.toString('base64') !== sealed) throw new Error('not sealed text');
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
        decipher.setAuthTag(bytes.subarray(12, 28));
        decipher.setAAD(Buffer.from(name, 'utf8'));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new AppFailure({ kind: 'secret-unavailable', reason: 'damaged' }, { cause });
      }
    },
  };
}

/** A new key from a new passphrase. */
export async function createPassphraseSealer(
  passphrase: string,
): Promise<{ sealer: SecretSealer; derivation: Derivation }> {
  const salt = randomBytes(16);
  const sealer = createKeySealer(await deriveKey(passphrase, salt, cost), 'passphrase');
  const check = await sealer.seal(checkName, checkName);
  return { sealer, derivation: { salt: salt.toString('base64'), ...cost, check } };
}

/** The key of an existing vault. Rejects `wrong-passphrase`. */
export async function openPassphraseSealer(
  passphrase: string,
  derivation: Derivation,
): Promise<SecretSealer> {
  // A file that asks for absurd work is damaged or hostile; scrypt would refuse or hang.
  if (derivation.N > 2 ** 17 || derivation.r > 16 || derivation.p > 4)
    fail({ kind: 'secret-unavailable', reason: 'damaged' });
  const key = await deriveKey(passphrase, Buffer.from(derivation.salt, 'base64'), derivation);
  const sealer = createKeySealer(key, 'passphrase');
  try {
    await sealer.open(checkName, derivation.check);
  } catch (cause) {
    throw new AppFailure({ kind: 'wrong-passphrase' }, { cause });
  }
  return sealer;
}
