import type { SecretStore } from '../../shared/contract/preferences';

/**
 * Secrets at rest, one door. Names: `account:<id>`, `saved:<id>`.
 * Rejects with AppFailure `secret-unavailable` while locked, undecided or damaged.
 */
export interface Vault {
  status(): Promise<SecretStore>;
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<void>;
  delete(name: string): Promise<void>;
  choose(
    choice: { choice: 'keyring' } | { choice: 'passphrase'; passphrase: string } | { choice: 'session' },
  ): Promise<SecretStore>;
  /** Rejects `wrong-passphrase`. */
  unlock(passphrase: string): Promise<SecretStore>;
}
