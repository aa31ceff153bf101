import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Enough for the first line of every kind of private key. */
const headerLength = 64;

/** First lines of private key files ssh reads (sshkey.c, PEM). */
const headers = /^-----BEGIN (?:OPENSSH |RSA |DSA |EC |ENCRYPTED )?PRIVATE KEY-----/;

/** Whether a file is a private key, by its first line; nothing beyond it is read. */
export async function isPrivateKey(file: string): Promise<boolean> {
  try {
    // A pipe would wait for whoever writes to it.
    if (!(await stat(file)).isFile()) return false;
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(headerLength), 0, headerLength, 0);
      return headers.test(buffer.subarray(0, bytesRead).toString('latin1'));
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

/** Git for Windows' ssh writes `C:\Users` as `/c/Users`. */
export function nativePath(text: string, platform = process.platform): string {
  if (platform !== 'win32') return text;
  return text
    .replace(/^\/([a-z])\//i, (_all, drive: string) => `${drive.toUpperCase()}:\\`)
    .replaceAll('/', '\\');
}

/** The one name of a private key: absolute, without links. Null: no such file, or it is no private key. */
export async function canonicalKey(text: string): Promise<string | null> {
  const named = nativePath(text);
  if (!path.isAbsolute(named)) return null;
  const real = await realpath(named).catch(() => null);
  return real !== null && (await isPrivateKey(real)) ? real : null;
}
