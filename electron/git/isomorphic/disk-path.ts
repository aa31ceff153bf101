import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToBytes } from '../path-bytes';

/** A half of no pair: a byte that is no UTF-8 (path-bytes.ts). */
const hasBytes = /\p{Surrogate}/u;

/** Where a name of the repository (`/` between its parts) stands below a folder: text where text can say it, bytes otherwise. */
export function onDisk(folder: string, name: string): string | Buffer {
  if (name === '') return folder;
  if (!hasBytes.test(name)) return path.join(folder, name);
  return Buffer.concat([Buffer.from(folder + path.sep), pathToBytes(name)]);
}

/** A file of the repository; null: there is none, or something that is no file, such as a pipe, which would hold the thread. */
export function readIfFile(file: string | Buffer): Buffer | null {
  try {
    return statSync(file).isFile() ? readFileSync(file) : null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
