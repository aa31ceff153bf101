import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import type { IndexFile } from '../index-table';
import { inFolder } from '../patterns/pattern-file';
import type { IndexFolders } from './index-folders';

/** What a look at a file without reading it says about its entry. */
export const Found = {
  same: 0,
  gone: 1,
  /** Only its content tells. */
  unsure: 2,
  modified: 3,
  typeChanged: 4,
  /** A folder stands in the place of the file. */
  folder: 5,
  submodule: 6,
  /** Intended to be added. */
  added: 7,
  /** The folder it lies in is none, or only behind a link. */
  outside: 8,
} as const;

/** Something in a folder that the index does not know. */
export interface Unknown {
  folder: number;
  /** One character a byte. */
  name: string;
  kind: 'file' | 'folder';
}

export interface ScanSettings {
  worktree: string;
  /** core.fileMode: the execute bit counts. */
  fileMode: boolean;
  /** core.symlinks. */
  links: boolean;
  ignoreCase: boolean;
  /** Of the index file, in nanoseconds. */
  indexTime: bigint;
}

/** Compares the entries of one folder with the files there. `results` gets a `Found` for each entry. */
export function scanFolder(
  index: IndexFile,
  folders: IndexFolders,
  folderNumbers: ReadonlyMap<string, number>,
  folder: number,
  settings: ScanSettings,
  results: Uint8Array,
  unknown: (found: Unknown) => void,
): void {
  const name = folders.names[folder] ?? '';
  // Without the slash: with it, a link in the folder's place would be followed.
  const place = inFolder(settings.worktree, name.slice(0, -1), '');
  const rows = readFolder(place);
  const there = new Map<string, Dirent>();
  const key = settings.ignoreCase ? (text: string) => text.toLowerCase() : (text: string) => text;
  for (const row of rows ?? []) there.set(key(row.name), row);
  const begin = name.length;
  for (let entry = folders.first[folder] ?? -1; entry !== -1; entry = folders.next[entry] ?? -1) {
    if (rows === null) {
      results[entry] = Found.outside;
      continue;
    }
    const { names, start, end } = index.pathSpan(entry);
    const own = key(names.toString('latin1', start + begin, end));
    const row = there.get(own);
    // All stages of a conflict are this file.
    const following = folders.next[entry] ?? -1;
    const isLast =
      index.stage(entry) === 0 ||
      following === -1 ||
      !index.pathBytes(following).equals(index.pathBytes(entry));
    if (row && isLast) there.delete(own);
    results[entry] = row ? lookAt(index, entry, row, settings, place) : missing(index, entry);
    if (row?.isDirectory() && isLast && index.mode(entry) !== 0o160000)
      unknown({ folder, name: row.name, kind: 'folder' });
  }
  for (const row of there.values()) {
    if (row.name === '.git' || (settings.ignoreCase && row.name.toLowerCase() === '.git')) continue;
    if (row.isDirectory()) {
      if (!folderNumbers.has(`${name}${row.name}/`)) unknown({ folder, name: row.name, kind: 'folder' });
    } else if (row.isFile() || row.isSymbolicLink()) unknown({ folder, name: row.name, kind: 'file' });
  }
}

/** Null: there is no such folder, or a link in its place. */
function readFolder(place: string | Buffer): Dirent[] | null {
  try {
    if (!lstatSync(place).isDirectory()) return null;
    // The type of names that are not text is not described.
    return readdirSync(place, { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

const isNotLookedAt = (index: IndexFile, entry: number) =>
  index.skipWorktree(entry) || index.assumeValid(entry);

function missing(index: IndexFile, entry: number): number {
  return isNotLookedAt(index, entry) ? Found.same : Found.gone;
}

function lookAt(
  index: IndexFile,
  entry: number,
  row: Dirent,
  settings: ScanSettings,
  place: string | Buffer,
): number {
  if (index.stage(entry) !== 0 || isNotLookedAt(index, entry)) return Found.same;
  const mode = index.mode(entry);
  if (mode === 0o160000) return row.isDirectory() ? Found.submodule : Found.typeChanged;
  if (row.isDirectory()) return Found.folder;
  if (index.intentToAdd(entry)) return Found.added;
  const isLink = mode === 0o120000;
  if (row.isSymbolicLink() ? !isLink : isLink && (settings.links || !row.isFile())) return Found.typeChanged;
  if (!row.isSymbolicLink() && !row.isFile()) return Found.gone;
  const stats = lstatSync(join(place, row.name), { throwIfNoEntry: false });
  if (!stats) return Found.gone;
  if (!isLink && settings.fileMode && ((mode ^ stats.mode) & 0o100) !== 0) return Found.modified;
  return compare(index, entry, stats, settings.indexTime);
}

function join(place: string | Buffer, name: string): string | Buffer {
  // oxlint-disable-next-line no-control-regex -- ASCII is the same as text and as bytes
  if (typeof place === 'string' && /^[\u0000-\u007f]*$/.test(name))
    return place.endsWith('/') || place.endsWith('\\') ? place + name : `${place}/${name}`;
  return Buffer.concat([Buffer.from(place), Buffer.from('/'), Buffer.from(name, 'latin1')]);
}

const empty = Buffer.from('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391', 'hex');
/** What stats lose of a time in a floating-point number of milliseconds. */
const lost = 1000;

/** As git does it (ie_modified() in read-cache.c): another size is another content, other times are a reason to read. */
function compare(index: IndexFile, entry: number, stats: Stats, indexTime: bigint): number {
  const size = index.size(entry);
  const now = stats.size >>> 0;
  if (size === 0 && now !== 0) return Found.unsure;
  if (size !== (now === 0 && stats.size > 0 ? 0x8000_0000 : now)) return Found.modified;
  if (size === 0 && !index.oidBytes(entry).equals(empty)) return Found.unsure;
  const seconds = index.mtimeSeconds(entry);
  const nanoseconds = index.mtimeNanoseconds(entry);
  const whole = Math.floor(stats.mtimeMs / 1000);
  const part = (stats.mtimeMs - whole * 1000) * 1e6;
  const isClose = Math.abs((whole >>> 0) - seconds) * 1e9 + Math.abs(part - nanoseconds) < lost;
  if (
    nanoseconds === 0 ? whole >>> 0 !== seconds : !isClose && !nearSecond(whole, part, seconds, nanoseconds)
  )
    return Found.unsure;
  if (index.ino(entry) !== stats.ino >>> 0 && index.ino(entry) !== 0) return Found.unsure;
  return isRacyAt(seconds, nanoseconds, indexTime) ? Found.unsure : Found.same;
}

/** Rounded over the edge of a second. */
function nearSecond(whole: number, part: number, seconds: number, nanoseconds: number): boolean {
  return Math.abs((whole - seconds) * 1e9 + part - nanoseconds) < lost;
}

function isRacyAt(seconds: number, nanoseconds: number, indexTime: bigint): boolean {
  const indexSeconds = Number(indexTime / 1_000_000_000n) >>> 0;
  if (seconds !== indexSeconds) return seconds > indexSeconds;
  const part = Number(indexTime % 1_000_000_000n);
  return nanoseconds === 0 || part === 0 || nanoseconds >= part;
}
