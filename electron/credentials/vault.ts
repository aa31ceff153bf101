import type { Notice } from '../../shared/contract/application';
import type { SecretStore } from '../../shared/contract/preferences';
import { fail } from '../../shared/errors';
import type { Platform, SecretSealer } from '../platform';
import { createPassphraseSealer, openPassphraseSealer } from './passphrase';
import { openVaultFile, type VaultContent } from './vault-file';

export type SecretStoreChoice =
  | { choice: 'keyring' }
  | { choice: 'passphrase'; passphrase: string }
  | { choice: 'session' };

/**
 * Secrets at rest, one door. Names: `account:<id>@<origins>`, `saved:<id>@<origin>`.
 * Rejects with AppFailure `secret-unavailable` while locked, undecided or damaged.
 */
export interface Vault {
  status(): Promise<SecretStore>;
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<void>;
  delete(name: string): Promise<void>;
  choose(choice: SecretStoreChoice): Promise<SecretStore>;
  /** Rejects `wrong-passphrase`. */
  unlock(passphrase: string): Promise<SecretStore>;
  readonly notices: readonly Notice[];
}

const retrySystemAfter = 10_000;

/** The vault in `file`, sealed by whatever the platform or the user's passphrase offers. */
export function createVault(file: string, platform: Pick<Platform, 'systemSealer'>): Vault {
  const vaultFile = openVaultFile(file);
  let content = vaultFile.content;
  const session = new Map<string, string>();
  let passphraseSealer: SecretSealer | null = null;
  let system: Promise<{ sealer: SecretSealer | null; why: string | null }> | null = null;
  let writing: Promise<unknown> = Promise.resolve();

  // A "none" is asked again after a while, since a keyring may be unlocked meanwhile.
  let askedAt = 0;
  const askSystem = async () => {
    system ??= platform.systemSealer();
    if (askedAt === 0) askedAt = Date.now();
    const answer = await system;
    if (!answer.sealer && Date.now() - askedAt > retrySystemAfter) {
      system = null;
      askedAt = 0;
    }
    return answer;
  };

  const sealerFor = async (backend: 'os' | 'keyring' | 'passphrase'): Promise<SecretSealer> => {
    if (backend === 'passphrase')
      return passphraseSealer ?? fail({ kind: 'secret-unavailable', reason: 'locked' });
    const { sealer } = await askSystem();
    if (!sealer || sealer.backend !== backend) fail({ kind: 'secret-unavailable', reason: 'no-store' });
    return sealer;
  };

  /** Where a new secret goes; null: this session only. */
  const current = async (): Promise<SecretSealer | null> => {
    if (content.mode === 'session') return null;
    if (content.mode) return sealerFor(content.mode);
    const { sealer } = await askSystem();
    return sealer ?? fail({ kind: 'secret-unavailable', reason: 'no-store' });
  };

  const save = (next: VaultContent) => {
    vaultFile.save(next);
    content = next;
  };

  /** Changes to the file are made one after the other, each from the newest state. */
  const serially = <T>(task: () => Promise<T>): Promise<T> => {
    const run = writing.then(task, task);
    writing = run.catch(() => undefined);
    return run;
  };

  const put = async (name: string, secret: string) => {
    const sealer = await current();
    if (!sealer || sealer.backend === 'session') {
      session.set(name, secret);
      return;
    }
    const sealed = await sealer.seal(name, secret);
    save({
      ...content,
      mode: content.mode ?? sealer.backend,
      entries: new Map(content.entries).set(name, { backend: sealer.backend, sealed }),
    });
    session.delete(name);
  };

  const read = async (name: string): Promise<string | undefined> => {
    const kept = session.get(name);
    if (kept !== undefined) return kept;
    const entry = content.entries.get(name);
    return entry ? (await sealerFor(entry.backend)).open(name, entry.sealed) : undefined;
  };

  const status = async (): Promise<SecretStore> => {
    const { sealer, why } = await askSystem();
    const choices: SecretStore['choices'] = sealer
      ? ['keyring', 'passphrase', 'session']
      : ['passphrase', 'session'];
    const mode = content.mode ?? (sealer ? sealer.backend : 'undecided');
    const locked =
      mode === 'passphrase'
        ? passphraseSealer === null
        : (mode === 'os' || mode === 'keyring') && sealer?.backend !== mode;
    return { backend: mode, locked, choices, why };
  };

  const choose = async (choice: SecretStoreChoice): Promise<SecretStore> => {
    // Only what can be read now is moved; sealed entries that cannot stay where they are.
    const readable = new Map<string, string>(session);
    for (const name of content.entries.keys()) {
      const secret = await read(name).catch(() => undefined);
      if (secret !== undefined) readable.set(name, secret);
    }
    const entries = new Map(content.entries);
    if (choice.choice === 'session') {
      for (const name of readable.keys()) entries.delete(name);
      save({ mode: 'session', derivation: content.derivation, entries });
      for (const [name, secret] of readable) session.set(name, secret);
      return status();
    }
    let sealer: SecretSealer;
    let derivation = content.derivation;
    if (choice.choice === 'passphrase') {
      // Entries of an older passphrase that is not open now would be lost under a new key.
      if (
        content.derivation &&
        !passphraseSealer &&
        [...entries.values()].some((entry) => entry.backend === 'passphrase')
      )
        fail({ kind: 'secret-unavailable', reason: 'locked' });
      ({ sealer, derivation } = await createPassphraseSealer(choice.passphrase));
    } else {
      const answer = await askSystem();
      sealer = answer.sealer ?? fail({ kind: 'secret-unavailable', reason: 'no-store' });
    }
    const backend = sealer.backend;
    if (backend === 'session') fail({ kind: 'secret-unavailable', reason: 'no-store' });
    for (const [name, secret] of readable)
      entries.set(name, { backend, sealed: await sealer.seal(name, secret) });
    save({ mode: backend, derivation, entries });
    if (choice.choice === 'passphrase') passphraseSealer = sealer;
    session.clear();
    return status();
  };

  return {
    notices: vaultFile.notices,
    status,
    async get(name) {
      const entry = content.entries.get(name);
      const secret = await read(name);
      // The key store asks for its newest key to be used; the old text stays good if that fails.
      if (entry && secret !== undefined && (await sealerFor(entry.backend)).isOutdated?.(entry.sealed))
        await serially(async () => {
          if (content.entries.get(name)?.sealed === entry.sealed) await put(name, secret);
        }).catch(() => undefined);
      return secret;
    },
    set: (name, secret) => serially(() => put(name, secret)),
    delete: (name) =>
      serially(async () => {
        session.delete(name);
        if (!content.entries.has(name)) return;
        const entries = new Map(content.entries);
        entries.delete(name);
        save({ ...content, entries });
      }),
    choose: (choice) => serially(() => choose(choice)),
    async unlock(passphrase) {
      if (!content.derivation) fail({ kind: 'secret-unavailable', reason: 'missing' });
      passphraseSealer = await openPassphraseSealer(passphrase, content.derivation);
      return status();
    },
  };
}
