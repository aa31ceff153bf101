import { fail } from '../../../shared/errors';

/** One entry of a tree object, its name as bytes. */
export interface TreeEntry {
  /** Octal text, such as `100644`. */
  mode: string;
  name: Buffer;
  oid: string;
}

/** git's tree format: `<mode> <name>\0<20 bytes>`; null: not a tree. */
export function parseTree(object: Uint8Array): TreeEntry[] | null {
  const data = Buffer.from(object.buffer, object.byteOffset, object.byteLength);
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const end = data.indexOf(0, space);
    if (space < 0 || end < 0 || end + 21 > data.length) return null;
    const mode = data.toString('latin1', at, space);
    if (!/^[0-7]{5,6}$/.test(mode)) return null;
    entries.push({ mode, name: data.subarray(space + 1, end), oid: data.toString('hex', end + 1, end + 21) });
    at = end + 21;
  }
  return entries;
}

export const isTree = (mode: string) => /^0?40000$/.test(mode);
const isSymlink = (mode: string) => mode === '120000';
export const isSubmodule = (mode: string) => mode === '160000';

/** Why this tree must not be checked out; null: it may. Follows git's verify_path (read-cache.c) and fsck.c, the stricter of the two. */
export function unsafeTree(entries: TreeEntry[], windows = process.platform === 'win32'): string | null {
  const names = new Set<string>();
  const folded = new Map<string, boolean>();
  for (const { mode, name: bytes } of entries) {
    const name = bytes.toString('utf8');
    if (unsafeName(name, windows)) return 'a file name git refuses';
    if (isSymlink(mode) && isGitFile(name)) return 'a symbolic link where git reads its settings';
    const key = bytes.toString('latin1');
    if (names.has(key)) return 'two entries of one name';
    names.add(key);
    // Through a link `A`, a folder `a` would be written elsewhere on a file system that folds case.
    const fold = name.normalize('NFC').toLowerCase();
    const linked = folded.get(fold);
    if (linked !== undefined && (linked || isSymlink(mode))) return 'a symbolic link and a file of one name';
    folded.set(fold, isSymlink(mode));
  }
  return null;
}

/** Ends what would have written a tree like this; nothing has been yet. */
export function refuseTree(what: string): never {
  return fail({
    kind: 'git-failed',
    command: 'checkout',
    exitCode: null,
    detail: `The repository holds ${what}. Nothing was written.`,
  });
}

function unsafeName(name: string, windows: boolean): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) return true;
  if (dotGit(name, 'git', /^git~1$/)) return true;
  if (!windows) return false;
  return (
    /[<>:"|?*\\\p{Cc}]|[. ]$/u.test(name) ||
    /^(?:con|prn|aux|nul|conin\$|conout\$|com[1-9]|lpt[1-9])(?:\.|$)/i.test(name)
  );
}

function isGitFile(name: string): boolean {
  return (
    dotGit(name, 'gitmodules', /^(?:gitmod~[1-4]|gi7eba~[1-9])$/) ||
    dotGit(name, 'gitattributes', /^(?:gitatt~[1-4]|gi7d29~[1-9])$/) ||
    dotGit(name, 'gitignore', /^(?:gitign~[1-4]|gi250a~[1-9])$/)
  );
}

/** `.git` as HFS+ (invisible characters, case) and NTFS (8.3 name, trailing dots and spaces, streams) read it. */
function dotGit(name: string, rest: string, short: RegExp): boolean {
  // The list of utf8.c, next_hfs_char().
  const visible = name.replaceAll(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').toLowerCase();
  if (visible === `.${rest}`) return true;
  const ntfs = (visible.split(/[:\\]/, 1)[0] ?? '').replace(/[. ]+$/, '');
  return ntfs === `.${rest}` || short.test(ntfs);
}
