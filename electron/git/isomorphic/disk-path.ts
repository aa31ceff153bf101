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
