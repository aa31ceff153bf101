import { pathToBytes } from '../path-bytes';

/** Arguments by which git takes the bytes of `pathInput` from standard input. */
export const pathsFromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];

export function pathInput(paths: readonly string[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const path of paths) parts.push(pathToBytes(path), zero);
  return Buffer.concat(parts);
}

const zero = Uint8Array.of(0);
