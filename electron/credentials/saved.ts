import { randomUUID } from 'node:crypto';
import type { RemoteUrl } from '../../shared/remote-url';
import type { SavedCredential, Storage } from '../storage/storage';
import type { Vault } from './vault';

/** The vault's name of a saved credential's password. */
export function savedName(id: string): string {
  return `saved:${id}`;
}

function plainPath(path: string): string {
  return path.replace(/\/+$/, '').replace(/\.git$/, '');
}

/** User names and passwords kept for exactly one repository's address. */
export interface SavedCredentials {
  find(url: RemoteUrl): SavedCredential | null;
  /** Its password, or null when the vault has it no more. */
  password(saved: SavedCredential): Promise<string | null>;
  keep(url: RemoteUrl, username: string, password: string): Promise<void>;
  mark(id: string, state: SavedCredential['state']): void;
}

export function createSavedCredentials(
  storage: Pick<Storage, 'savedCredentials'>,
  vault: Pick<Vault, 'get' | 'set'>,
): SavedCredentials {
  const find = (url: RemoteUrl) =>
    storage.savedCredentials
      .list()
      .find((saved) => saved.origin === url.origin && plainPath(saved.path) === plainPath(url.path)) ?? null;
  return {
    find,
    async password(saved) {
      return (await vault.get(savedName(saved.id))) ?? null;
    },
    async keep(url, username, password) {
      const id = find(url)?.id ?? randomUUID();
      // The secret first: a record without one would be asked for and found missing.
      await vault.set(savedName(id), password);
      storage.savedCredentials.put({
        id,
        origin: url.origin,
        path: url.path,
        username,
        state: 'working',
        lastUsed: Date.now(),
        source: 'application',
        expiresAt: null,
      });
    },
    mark(id, state) {
      const saved = storage.savedCredentials.find(id);
      if (saved) storage.savedCredentials.put({ ...saved, state, lastUsed: Date.now() });
    },
  };
}
