import { randomUUID } from 'node:crypto';
import { AppFailure, fail } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { EventSink } from '../platform';
import type { SavedCredential, Storage } from '../storage/storage';
import type { Vault } from './vault';

/** The address a credential is kept for. An empty path is an address of its own: what git asks where it tells no path. */
export type SavedFor = Pick<RemoteUrl, 'origin' | 'path'>;

/** What is kept of a credential. */
export interface Keeping {
  username: string;
  password: string;
  source: SavedCredential['source'];
  /** Epoch milliseconds from which on it is not given any more; null: not known. */
  expiresAt?: number | null;
  /** What a new password can be had with; kept beside the password (git-credential(1), oauth_refresh_token). */
  refreshToken?: string;
}

/**
 * User names and passwords kept for exactly one address; several users of one
 * address are several records. What git is told without a path answers only
 * requests without one, as git's own helpers do (gitcredentials(7)).
 */
export interface SavedCredentials {
  /** What can be given: neither refused nor expired; a working one first, then the one used last. `username` absent or empty: any. */
  find(at: SavedFor, username?: string | null): SavedCredential | null;
  /** Everything kept for the address, the refused and the expired included, last used first. `username` as in `find`. */
  kept(at: SavedFor, username?: string | null): SavedCredential[];
  /** Whether anything is kept for the origin, whatever its path and state. */
  knows(origin: string): boolean;
  /** Its password, or null when the vault has it no more. Rejects `secret-unavailable` while the vault is locked. */
  password(saved: SavedCredential): Promise<string | null>;
  refreshToken(saved: SavedCredential): Promise<string | null>;
  /** Keeps or replaces the credential of this address and user; it counts as working. Rejects as the vault and the storage do. */
  keep(at: SavedFor, what: Keeping): Promise<SavedCredential>;
  /** Nothing when it was removed meanwhile. */
  mark(id: string, state: SavedCredential['state']): void;
  /** The server refused this password. Not marked when it was replaced meanwhile: that says nothing about the new one. */
  refuse(saved: SavedCredential, password: string): Promise<void>;
  /** Changes the user name, the password (null: it stays), or both; it is `unchecked` then. Null: there is no such record. Rejects `invalid-input` (`username`) where another record of the address has that user. */
  replace(id: string, username: string, password: string | null): Promise<SavedCredential | null>;
  /** The secrets first: a record that lost them can be removed again, a secret without a record never. */
  remove(id: string): Promise<void>;
}

/**
 * The vault's name of a saved credential's password. The origin is part of it,
 * and the vault seals the name with the secret: whatever is made of the record
 * in the settings, the password is not found for another origin.
 */
export function savedName({ id, origin }: Pick<SavedCredential, 'id' | 'origin'>): string {
  return `saved:${id}@${origin}`;
}

/** Its name in vaults of before, without the origin. */
function formerName({ id }: Pick<SavedCredential, 'id'>): string {
  return `saved:${id}`;
}

function refreshName(saved: Pick<SavedCredential, 'id' | 'origin'>): string {
  return `saved-refresh:${saved.id}@${saved.origin}`;
}

/** Servers take a repository with and without `.git` for the same. */
export function plainPath(path: string): string {
  return path.replace(/\/+$/, '').replace(/\.git$/, '');
}

function isExpired({ expiresAt }: SavedCredential): boolean {
  return expiresAt !== null && expiresAt <= Date.now();
}

/** A use is written down that often, milliseconds: git waits meanwhile, and asks several times in one clone. */
const useIsNews = 60_000;

const states = { working: 0, unchecked: 1, refused: 2 } as const;

export function createSavedCredentials(
  storage: Pick<Storage, 'savedCredentials'>,
  vault: Pick<Vault, 'get' | 'set' | 'delete'>,
  events?: EventSink,
): SavedCredentials {
  const records = storage.savedCredentials;
  const changed = () => events?.emit({ type: 'saved-credentials.changed' });
  const put = (record: SavedCredential): SavedCredential => {
    records.put(record);
    changed();
    return record;
  };

  const kept: SavedCredentials['kept'] = ({ origin, path }, username) =>
    records
      .list()
      .filter((saved) => saved.origin === origin && plainPath(saved.path) === plainPath(path))
      .filter((saved) => !username || saved.username === username)
      .sort((a, b) => b.lastUsed - a.lastUsed);

  const password = async (saved: SavedCredential): Promise<string | null> =>
    (await vault.get(savedName(saved))) ?? (await vault.get(formerName(saved))) ?? null;

  /** One change after the other: two of one address would become two records. */
  let changing: Promise<unknown> = Promise.resolve();
  const serially = <T>(change: () => Promise<T>): Promise<T> => {
    const run = changing.then(change, change);
    changing = run.catch(() => undefined);
    return run;
  };

  const forgetSecrets = async (saved: SavedCredential): Promise<void> => {
    await vault.delete(formerName(saved));
    await vault.delete(savedName(saved));
    await vault.delete(refreshName(saved));
  };
  const forget = async (saved: SavedCredential): Promise<void> => {
    await forgetSecrets(saved);
    records.remove(saved.id);
  };

  return {
    find(at, username) {
      const usable = kept(at, username).filter((saved) => saved.state !== 'refused' && !isExpired(saved));
      return usable.sort((a, b) => states[a.state] - states[b.state])[0] ?? null;
    },
    kept,
    knows: (origin) => records.list().some((saved) => saved.origin === origin),
    password,
    refreshToken: async (saved) => (await vault.get(refreshName(saved))) ?? null,
    keep: (at, what) =>
      serially(async () => {
        const known = kept(at).find(({ username }) => username === what.username);
        const id = known?.id ?? randomUUID();
        const named = { id, origin: at.origin };
        // The secrets first: a record without them would be asked for and found missing. What belongs
        // to the old password goes only after it, so that nothing is lost where the new one cannot be written.
        if (what.refreshToken !== undefined) await vault.set(refreshName(named), what.refreshToken);
        await vault.set(savedName(named), what.password);
        if (what.refreshToken === undefined) await vault.delete(refreshName(named));
        const record: SavedCredential = {
          ...named,
          path: at.path,
          username: what.username,
          state: 'working',
          lastUsed: Date.now(),
          source: what.source,
          expiresAt: what.expiresAt ?? null,
        };
        try {
          return put(record);
        } catch (error) {
          // Without its record the secret would lie there for ever.
          if (!known) await forgetSecrets(record);
          throw error;
        }
      }),
    mark(id, state) {
      const saved = records.find(id);
      if (!saved || (saved.state === state && Date.now() - saved.lastUsed < useIsNews)) return;
      put({ ...saved, state, lastUsed: Date.now() });
    },
    async refuse({ id }, refused) {
      const saved = records.find(id);
      if (!saved) return;
      const current = await password(saved).catch((error: unknown) => {
        // Locked meanwhile: nobody replaced it then.
        if (error instanceof AppFailure) return refused;
        throw error;
      });
      const now = records.find(id);
      if (now && (current === null || current === refused)) put({ ...now, state: 'refused' });
    },
    replace: (id, username, next) =>
      serially(async () => {
        const saved = records.find(id);
        if (!saved) return null;
        // It would stand beside the record of that user, or that one's password would have to go.
        const isTaken = kept(saved).some((other) => other.id !== id && other.username === username);
        if (isTaken) fail({ kind: 'invalid-input', field: 'username', reason: 'same-user' });
        if (next !== null) await vault.set(savedName(saved), next);
        const now = records.find(id);
        if (!now) return null;
        const expiresAt = next === null ? now.expiresAt : null;
        const replaced = put({ ...now, username, state: 'unchecked', expiresAt });
        // What a new password can be had with belonged to the old one.
        if (next !== null) await vault.delete(refreshName(saved));
        return replaced;
      }),
    remove: (id) =>
      serially(async () => {
        const saved = records.find(id);
        if (!saved) return;
        await forget(saved);
        changed();
      }),
  };
}
