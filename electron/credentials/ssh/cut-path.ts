import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { nativePath } from './key-file';

/** sshconnect2.c, load_identity_file: `Enter passphrase for key '%.100s': `. */
const shown = 100;

function firstBytes(text: string): string {
  return Buffer.from(text).subarray(0, shown).toString('utf8');
}

/**
 * The whole path of a key whose name ssh cut: the only one of those it can be.
 * Null: none is, or several are.
 */
export async function wholePath(cut: string, chosen: string | null): Promise<string | null> {
  const folder = path.join(os.homedir(), '.ssh');
  const names = await readdir(folder).catch(() => []);
  const candidates = new Set([
    ...(chosen === null ? [] : [chosen]),
    ...names.map((name) => path.join(folder, name)),
  ]);
  const fitting = [...candidates].filter((candidate) => firstBytes(candidate) === nativePath(cut));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}
