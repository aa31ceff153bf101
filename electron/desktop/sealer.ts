import { safeStorage } from 'electron';
import { z } from 'zod';
import { fail } from '../../shared/errors';
import type { SecretSealer } from '../platform';

/** A locked keyring asks the user for its password: time to type it, but no start that hangs for ever. */
const patience = 60_000;

const contentSchema = z.tuple([z.string(), z.string()]);

function within<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Why Chromium's key store is not used here, or null. */
async function whyNot(): Promise<string | null> {
  if (process.platform === 'linux') {
    const backend = safeStorage.getSelectedStorageBackend();
    // Its key is a constant in Chromium's source.
    if (backend === 'basic_text' || backend === 'unknown')
      return 'This desktop offers no keyring (GNOME Keyring or KWallet), and the encryption used without one has a publicly known key.';
  }
  const isAvailable = await within(safeStorage.isAsyncEncryptionAvailable()).catch(() => undefined);
  if (isAvailable === undefined) return 'The key store of the system did not answer.';
  return isAvailable ? null : 'The key store of the system is locked or refused Polyforge.';
}

/** Chromium's encryption knows no names, so the name is sealed with the secret. */
function createSealer(): SecretSealer {
  const outdated = new Set<string>();
  return {
    backend: 'os',
    async seal(name, plaintext) {
      try {
        return (await safeStorage.encryptStringAsync(JSON.stringify([name, plaintext]))).toString('base64');
      } catch (error) {
        return fail({ kind: 'secret-unavailable', reason: 'locked' }, error);
      }
    },
    async open(name, sealed) {
      let content: z.infer<typeof contentSchema>;
      try {
        const opened = await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'));
        if (opened.shouldReEncrypt) outdated.add(sealed);
        content = contentSchema.parse(JSON.parse(opened.result));
      } catch (error) {
        return fail({ kind: 'secret-unavailable', reason: 'damaged' }, error);
      }
      const [sealedName, secret] = content;
      return sealedName === name ? secret : fail({ kind: 'secret-unavailable', reason: 'damaged' });
    },
    isOutdated: (sealed) => outdated.has(sealed),
  };
}

/** Remembers a sealer, not a failure: the user may unlock the key store. */
export function systemSealer() {
  let sealer: SecretSealer | null = null;
  return async (): Promise<{ sealer: SecretSealer | null; why: string | null }> => {
    if (sealer) return { sealer, why: null };
    const why = await whyNot();
    if (why === null) sealer = createSealer();
    return { sealer, why };
  };
}
