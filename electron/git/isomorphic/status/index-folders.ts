import type { IndexFile } from '../index-table';

/**
 * The entries of an index by the folder they lie in directly, and all of it in
 * memory that threads share. Of what a folder holds, `first` names one entry
 * and `next` the one after it; -1 ends it.
 */
export interface IndexFolders {
  /** With `/` at their ends, one character a byte; the first is the top folder: ``. */
  names: string[];
  first: Int32Array;
  next: Int32Array;
}

export function foldersOf(index: IndexFile): IndexFolders {
  const names = [''];
  const numbers = new Map([['', 0]]);
  const firsts = [-1];
  const next = new Int32Array(new SharedArrayBuffer(index.length * 4)).fill(-1);
  const add = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    // Those above it too: whether they are folders is looked at once.
    add(name.slice(0, name.lastIndexOf('/', name.length - 2) + 1));
    numbers.set(name, names.length);
    names.push(name);
    firsts.push(-1);
    return names.length - 1;
  };
  let before = '';
  let folder = 0;
  // Backwards, so that each list runs in the order of the index.
  for (let entry = index.length - 1; entry >= 0; entry -= 1) {
    const { names: bytes, start, end } = index.pathSpan(entry);
    let slash = end;
    while (slash > start && bytes[slash - 1] !== 0x2f) slash -= 1;
    if (slash - start !== before.length || !startsWith(bytes, start, before)) {
      before = bytes.toString('latin1', start, slash);
      folder = add(before);
    }
    next[entry] = firsts[folder] ?? -1;
    firsts[folder] = entry;
  }
  const first = new Int32Array(new SharedArrayBuffer(firsts.length * 4));
  first.set(firsts);
  return { names, first, next };
}

function startsWith(bytes: Buffer, start: number, text: string): boolean {
  // From behind, where folders beside each other differ.
  for (let at = text.length - 1; at >= 0; at -= 1)
    if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}
