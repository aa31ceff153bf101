import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { pathFromBytes } from '../../path-bytes';
import { onDisk } from '../disk-path';

/** Larger ones are none; git has a limit as well (PATTERN_MAX_FILE_SIZE). */
const largest = 16 * 1024 ** 2;

/** A path as text of one character a byte, and back to what the rest of the application has. */
export const toLatin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
export const fromLatin1 = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- ASCII is the same in both
  /^[\u0000-\u007f]*$/.test(text) ? text : pathFromBytes(Buffer.from(text, 'latin1'));

/**
 * Text of a file of patterns, one character a byte; null: there is none. A
 * link in the working tree is not followed, as git has it; a pipe is not waited for.
 */
export function readPatternFile(file: string | Buffer, follow: boolean): string | null {
  try {
    if (!follow && !lstatSync(file).isFile()) return null;
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { size } = fstatSync(descriptor);
      if (!fstatSync(descriptor).isFile() || size > largest) return null;
      const text = readFileSync(descriptor).toString('latin1');
      return text.startsWith('\u00ef\u00bb\u00bf') ? text.slice(3) : text;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

/** Where a file named `name` stands in a folder of the working tree: `folder` one character a byte, with `/` at its end or empty. */
export function inFolder(worktree: string, folder: string, name: string): string | Buffer {
  return onDisk(worktree, fromLatin1(folder + name));
}
