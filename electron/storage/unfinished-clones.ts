import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Storage } from './storage';

/**
 * A list in a file of its own, renamed into place but not forced to the disk:
 * what a power cut costs here is a left-over folder, and a clone is too short
 * to wait for the disk twice. A file that cannot be read or written counts as
 * empty for the same reason.
 */
export function createUnfinishedClones(file: string): Storage['unfinishedClones'] {
  const read = (): string[] => {
    try {
      const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
    } catch {
      return [];
    }
  };
  let folders = read();
  const write = (next: string[]) => {
    folders = next;
    try {
      writeFileSync(`${file}.tmp`, JSON.stringify(next), { mode: 0o600 });
      renameSync(`${file}.tmp`, file);
    } catch {
      // The clone itself says what is wrong with the disk.
    }
  };
  return {
    list: () => folders,
    add: (folder) => write([...folders, folder]),
    remove: (folder) => write(folders.filter((existing) => existing !== folder)),
  };
}
