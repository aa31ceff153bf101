import { AppFailure } from '../../../shared/errors';
import type { Storage } from '../../storage/storage';
import type { Vault } from '../vault';

/** The vault's name of a private key's passphrase. */
export function passphraseName(keyPath: string): string {
  return `ssh-passphrase:${keyPath}`;
}

/** Passphrases the user wanted kept, by the canonical path of the key alone. */
export interface SavedPassphrases {
  /** `refused`: one is kept, and did not open the key the last time. Null: none is kept, or the vault is locked. */
  find(keyPath: string): Promise<{ passphrase: string } | 'refused' | null>;
  keep(keyPath: string, passphrase: string): Promise<void>;
  mark(keyPath: string, state: 'working' | 'refused'): void;
}

export function createSavedPassphrases(
  storage: Pick<Storage, 'sshPassphrases'>,
  vault: Pick<Vault, 'get' | 'set'>,
  changed: () => void,
): SavedPassphrases {
  const mark: SavedPassphrases['mark'] = (keyPath, state) => {
    storage.sshPassphrases.put({ id: keyPath, state, lastUsed: Date.now() });
    changed();
  };
  return {
    mark,
    async find(keyPath) {
      const record = storage.sshPassphrases.find(keyPath);
      if (!record) return null;
      if (record.state === 'refused') return 'refused';
      try {
        const passphrase = await vault.get(passphraseName(keyPath));
        return passphrase === undefined ? null : { passphrase };
      } catch (error) {
        if (error instanceof AppFailure && error.error.kind === 'secret-unavailable') return null;
        throw error;
      }
    },
    async keep(keyPath, passphrase) {
      // The secret first: a record without one would promise what is not there.
      await vault.set(passphraseName(keyPath), passphrase);
      mark(keyPath, 'working');
    },
  };
}
