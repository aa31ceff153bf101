import { z } from 'zod';
import type { Notice } from '../../shared/contract/application';
import { fail } from '../../shared/errors';
import { readPrivateFile, writePrivateFile } from '../storage/atomic-file';
import { copyPath, loadStateFile } from '../storage/damaged-file';
import { type Derivation, derivationSchema } from './passphrase';

const backendSchema = z.enum(['os', 'keyring', 'passphrase']);
const entrySchema = z.object({ backend: backendSchema, sealed: z.string() });
export type VaultEntry = z.infer<typeof entrySchema>;

export interface VaultContent {
  /** What the user chose, or null before any choice. */
  mode: 'os' | 'keyring' | 'passphrase' | 'session' | null;
  derivation: Derivation | null;
  entries: Map<string, VaultEntry>;
}

export interface VaultFile {
  content: VaultContent;
  notices: Notice[];
  /** Writes the whole file, old or new. Rejects `disk-full`, `directory-not-writable`, `secret-unavailable` (newer file). */
  save(content: VaultContent): void;
}

const version = 1;

const withoutCopy: Notice = {
  id: 'no-vault-copy',
  title: 'The safety copy of the stored secrets could not be written',
  text: 'The secrets themselves were saved. Free some disk space.',
};

/** Opens the vault's file. Entries that do not parse stay in it untouched and are not offered. */
export function openVaultFile(file: string): VaultFile {
  const { data, notices } = loadStateFile(file);
  const newer = typeof data?.['version'] === 'number' && data['version'] > version;
  const entries = new Map<string, VaultEntry>();
  const unread: Record<string, unknown> = {};
  const rawEntries = data?.['entries'];
  if (typeof rawEntries === 'object' && rawEntries !== null)
    for (const [name, value] of Object.entries(rawEntries)) {
      const parsed = entrySchema.safeParse(value);
      if (parsed.success) entries.set(name, parsed.data);
      else unread[name] = value;
    }
  return {
    content: {
      mode: z
        .enum(['os', 'keyring', 'passphrase', 'session'])
        .nullable()
        .catch(null)
        .parse(data?.['mode'] ?? null),
      derivation: derivationSchema
        .nullable()
        .catch(null)
        .parse(data?.['derivation'] ?? null),
      entries,
    },
    notices,
    save(content) {
      if (newer) fail({ kind: 'secret-unavailable', reason: 'no-store' });
      const text = JSON.stringify(
        {
          version,
          mode: content.mode,
          derivation: content.derivation,
          entries: { ...unread, ...Object.fromEntries(content.entries) },
        },
        null,
        2,
      );
      // The copy is the previous good state until the new one is in place.
      const previous = readPrivateFile(file);
      writePrivateFile(file, text);
      if (previous === text) return;
      // What is said of the file is true now; an older copy is a good state too.
      try {
        writePrivateFile(copyPath(file), text);
      } catch {
        if (!notices.some((notice) => notice.id === withoutCopy.id)) notices.push(withoutCopy);
      }
    },
  };
}
