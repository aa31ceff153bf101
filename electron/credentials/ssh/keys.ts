import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SshKey } from '../../../shared/contract/ssh';
import { isPrivateKey } from './key-file';
import { type PublicKey, parsePublicKey } from './public-key';

/** Public halves are a few hundred bytes; a certificate beside them is larger. */
const largest = 64 * 1024;

async function publicHalf(file: string): Promise<PublicKey | null> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > largest) return null;
    return parsePublicKey((await readFile(file, 'utf8')).split('\n', 1)[0] ?? '');
  } catch {
    return null;
  }
}

function shown(file: string, key: PublicKey | null, agent: ReadonlySet<string>): SshKey {
  return {
    path: file,
    type: key?.type ?? null,
    comment: key?.comment ?? '',
    fingerprint: key?.fingerprint ?? null,
    inAgent: key !== null && agent.has(key.blob),
  };
}

/** A file ssh can sign with: a private key, or a public half whose private one the agent has. */
export async function isKeyFile(file: string): Promise<boolean> {
  return (await isPrivateKey(file)) || (await publicHalf(file)) !== null;
}

/**
 * The keys of a folder (the user's .ssh), and those chosen elsewhere, by path.
 * Of a private key only its first line is read; what there is to tell about it
 * stands in its public half.
 */
export async function listKeys(
  folder: string,
  elsewhere: readonly string[],
  agentLines: readonly string[],
): Promise<SshKey[]> {
  const agent = new Set(agentLines.flatMap((line) => parsePublicKey(line)?.blob ?? []));
  const names = await readdir(folder).catch(() => []);
  const files = new Set([...names.map((name) => path.join(folder, name)), ...elsewhere]);
  const keys = await Promise.all(
    [...files].map(async (file) => {
      if (await isPrivateKey(file)) return shown(file, await publicHalf(`${file}.pub`), agent);
      if (!file.endsWith('.pub') || (await isPrivateKey(file.slice(0, -'.pub'.length)))) return null;
      const key = await publicHalf(file);
      const isChosen = elsewhere.includes(file);
      return key && (isChosen || agent.has(key.blob)) ? shown(file, key, agent) : null;
    }),
  );
  return keys.flatMap((key) => key ?? []).sort((a, b) => a.path.localeCompare(b.path));
}
