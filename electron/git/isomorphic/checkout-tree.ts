import { closeSync, fstatSync, lstatSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { fail } from '../../../shared/errors';
import { shownPath } from '../../../shared/git-path';
import { pathFromBytes, pathToBytes } from '../path-bytes';
import { onDisk } from './disk-path';
import { type IndexStat, noStat } from './index-entry';
import { indexStat, updateIndex } from './index-file';
import type { ObjectStore } from './objects/store';
import { createAttributes } from './patterns/attributes';
import { type Conversion, conversionOf, toFile } from './patterns/conversion';
import { toLatin1 } from './patterns/pattern-file';
import type { Cone } from './sparse-cone';
import { isSubmodule, isTree, parseTree, refuseTree, unsafeTree } from './tree-entry';

/** One file of a tree, its path as path-bytes.ts has it. */
export interface TreeFile {
  path: string;
  mode: number;
  oid: string;
  /** Outside the chosen folders: in the index and not on the disk. */
  skipped: boolean;
}

export interface TreeListing {
  files: TreeFile[];
  /** Those that hold something to be written, before what is in them. */
  folders: string[];
}

/** Deeper than any project, shallower than what breaks file systems and stacks. */
const deepest = 255;
/** A tree that unfolds to more is a bomb. */
const mostFiles = 1_000_000;
const link = 0o120000;
const submodule = 0o160000;

/** All files of a commit's tree, in the index's order of folders; refused before anything is written where one of them is not safe to write. */
export function listTree(store: ObjectStore, commit: string, cone: Cone | null): TreeListing {
  const root = /^tree ([0-9a-f]{40})\n/.exec(store.read(commit).data.toString('latin1', 0, 46))?.[1];
  const files: TreeFile[] = [];
  const folders: string[] = [];
  const safe = new Set<string>();

  function walk(oid: string, prefix: string, depth: number): void {
    if (depth > deepest) refuseTree(`folders more than ${deepest} deep`);
    const object = store.read(oid);
    const entries = object.type === 'tree' ? parseTree(object.data) : null;
    if (entries === null) return refuseTree('a folder git cannot read');
    const unsafe = safe.has(oid) ? null : unsafeTree(entries);
    if (unsafe !== null) refuseTree(unsafe);
    safe.add(oid);
    const isWritten = cone === null || cone.reaches(prefix);
    for (const { mode, name, oid: entry } of entries) {
      const at = prefix + pathFromBytes(name);
      if (isTree(mode)) {
        const before = files.length;
        const place = folders.length;
        if (cone === null || cone.reaches(`${at}/`)) folders.push(at);
        walk(entry, `${at}/`, depth + 1);
        // git has no empty folders.
        if (files.length === before) folders.length = place;
        continue;
      }
      if (files.length === mostFiles) refuseTree(`more than ${mostFiles} files`);
      files.push({ path: at, mode: modeOf(mode), oid: entry, skipped: !isWritten });
    }
  }

  walk(root ?? refuseTree('a commit git cannot read'), '', 0);
  return { files, folders };
}

/** As the index has it: fsck.c takes `100664` of old repositories. */
function modeOf(octal: string): number {
  const mode = Number.parseInt(octal, 8);
  if (isSubmodule(octal)) return submodule;
  if (mode === link) return link;
  return mode & 0o100 ? 0o100755 : 0o100644;
}

/**
 * Writes the files into a working tree nothing is in yet, and the index of all
 * of them. In the order of the packs, so that what one file is unpacked from is
 * still there for the next. Line ends and the like follow the attributes; what
 * the user's own configuration says of them is not read, and filters, which are
 * programs, are not run.
 */
export async function checkOutTree(
  store: ObjectStore,
  { files, folders }: TreeListing,
  into: { directory: string; gitdir: string },
  progress: (part: number) => void,
): Promise<void> {
  const { directory } = into;
  const stats = new Map<TreeFile, IndexStat>();
  for (const folder of folders) makeFolder(onDisk(directory, folder));
  const written = files.filter((file) => !file.skipped);
  const order = new Map(written.map((file) => [file, file.mode === submodule ? -1 : store.order(file.oid)]));
  // Links come last: nothing can be written through one that is not there.
  const rank = (file: TreeFile) => (file.mode === link ? 1 : 0);
  written.sort((a, b) => rank(a) - rank(b) || (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const convert = converter(store, files, into.gitdir);
  for (const [done, file] of written.entries()) {
    stats.set(file, writeEntry(store, onDisk(directory, file.path), file, convert));
    if (done % 200 === 0) progress(done / written.length);
  }
  await updateIndex(
    into.gitdir,
    (draft) => {
      draft.clear();
      for (const file of files) {
        const stat = stats.get(file);
        draft.put(
          {
            path: file.path,
            stage: 0,
            mode: file.mode,
            oid: file.oid,
            stat: stat ?? noStat,
            assumeValid: false,
            skipWorktree: file.skipped,
            intentToAdd: false,
          },
          stat !== undefined && stat !== noStat,
        );
      }
    },
    { worktree: directory },
  );
}

function makeFolder(folder: string | Buffer): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Two folders whose names this file system takes for one become one, as with git.
    if (!isThere(error) || !lstatSync(folder).isDirectory()) throw error;
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

/** Names this file system takes for one: the first stays, and the other shows as changed, as after `git clone`. */
function writeEntry(
  store: ObjectStore,
  file: string | Buffer,
  entry: TreeFile,
  convert: (entry: TreeFile, data: Buffer) => Buffer,
): IndexStat {
  const { mode, oid, path: name } = entry;
  try {
    if (mode === submodule) {
      makeFolder(file);
      return indexStat(lstatSync(file, { bigint: true }));
    }
    const { data: stored } = store.read(oid);
    if (mode === link && process.platform !== 'win32') {
      symlinkSync(stored, file);
      return indexStat(lstatSync(file, { bigint: true }));
    }
    const data = mode === link ? stored : convert(entry, stored);
    const handle = openSync(file, 'wx', mode === 0o100755 ? 0o777 : 0o666);
    try {
      for (let at = 0; at < data.length; ) at += writeSync(handle, data, at);
      return indexStat(fstatSync(handle, { bigint: true }));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (isThere(error)) return noStat;
    const code = (error as NodeJS.ErrnoException).code;
    if (typeof file !== 'string' && (code === 'EILSEQ' || code === 'EINVAL'))
      fail({
        kind: 'unsupported',
        what: 'a file name that is not UTF-8',
        reason: `This file system cannot have one: ${shownPath(name)}.`,
      });
    throw error;
  }
}

/** What makes a file of an object. Nothing to do where no attributes say anything, and for what cannot be converted, as with git. */
function converter(
  store: ObjectStore,
  files: readonly TreeFile[],
  gitdir: string,
): (entry: TreeFile, data: Buffer) => Buffer {
  const said = new Map<string, string>();
  for (const { path: file, oid, mode } of files)
    if (
      (file === '.gitattributes' || file.endsWith('/.gitattributes')) &&
      mode !== link &&
      mode !== submodule
    )
      said.set(toLatin1(pathToBytes(file)), oid);
  if (said.size === 0) return (_entry, data) => data;
  const attributes = createAttributes({
    worktree: null,
    gitdir,
    attributesFile: null,
    ignoreCase: false,
    indexed: (file) => {
      const oid = said.get(file);
      return oid === undefined ? null : store.read(oid).data;
    },
  });
  return ({ path: file, oid }, data) => {
    const how: Conversion = conversionOf(attributes.of(toLatin1(pathToBytes(file))), {
      autocrlf: 'false',
      eol: 'native',
    });
    try {
      return toFile(data, how, oid);
    } catch {
      return data;
    }
  };
}
