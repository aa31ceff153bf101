import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { fail } from '../../shared/errors';
import type { SecretSealer } from '../platform';

/** One secret of this user in the system's keyring. The part of @napi-rs/keyring that is used. */
export interface KeyringEntry {
  getSecret(signal?: AbortSignal): Promise<number[] | null>;
  setSecret(secret: Uint8Array, signal?: AbortSignal): Promise<void>;
}

/** A locked keyring asks the user for its password: time to type it, but no start that hangs for ever. */
const patience = 60_000;

/** Loads native code; rejects where there is none for this machine, and where there is no keyring. */
async function systemEntry(): Promise<KeyringEntry> {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  // Left alone, the library falls back to the kernel's keyring, which forgets everything at logout.
  return new AsyncEntry('Polyforge', 'vault-key', { linux: { store: 'secret-service' } });
}

async function keyOf(entry: KeyringEntry): Promise<Buffer> {
  const found = await entry.getSecret(AbortSignal.timeout(patience));
  if (found) {
    const key = Buffer.from(found);
    if (key.length !== 32) throw new Error('The key in the keyring has another length.');
    return key;
  }
  const key = randomBytes(32);
  await entry.setSecret(key, AbortSignal.timeout(patience));
  // Two first starts at once: both go on with what the keyring holds now.
  const kept = await entry.getSecret(AbortSignal.timeout(patience));
  if (!kept || kept.length !== 32) throw new Error('The keyring did not keep the key.');
  return Buffer.from(kept);
}

/** Names the key without telling it, so a replaced key is not mistaken for damaged content. */
function nameOf(key: Buffer): string {
  return createHash('sha256').update('polyforge vault key').update(key).digest('base64url').slice(0, 12);
}

function sealerOf(key: Buffer): SecretSealer {
  const keyName = nameOf(key);
  return {
    backend: 'keyring',
    async seal(name, plaintext) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
      const content = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return `k1.${keyName}.${Buffer.concat([iv, cipher.getAuthTag(), content]).toString('base64url')}`;
    },
    async open(name, sealed) {
      const [version, sealedWith, body] = sealed.split('.');
      if (version !== 'k1' || body === undefined) fail({ kind: 'secret-unavailable', reason: 'damaged' });
      if (sealedWith !== keyName) fail({ kind: 'secret-unavailable', reason: 'missing' });
      const bytes = Buffer.from(body, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
        decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      } catch (error) {
        return fail({ kind: 'secret-unavailable', reason: 'damaged' }, error);
      }
    },
  };
}

const noKeyring: Partial<Record<NodeJS.Platform, string>> = {
  linux:
    'No keyring of the system answers: the Secret Service (GNOME Keyring, KWallet, KeePassXC) is not running or stays locked.',
  darwin: 'The Keychain of this Mac did not answer or access to it was refused.',
  win32: 'The Credential Manager of Windows did not answer.',
};

/** Remembers a sealer, not a failure: the user may start or unlock the keyring. */
export function keyringSealer(open: () => Promise<KeyringEntry> = systemEntry) {
  let found: SecretSealer | undefined;
  let looking: Promise<{ sealer: SecretSealer | null; why: string | null }> | undefined;
  const look = async () => {
    try {
      found = sealerOf(await keyOf(await open()));
      return { sealer: found, why: null };
    } catch {
      return {
        sealer: null,
        why: noKeyring[process.platform] ?? 'This system has no keyring that is known.',
      };
    } finally {
      looking = undefined;
    }
  };
  return async (): Promise<{ sealer: SecretSealer | null; why: string | null }> =>
    found ? { sealer: found, why: null } : (looking ??= look());
}
