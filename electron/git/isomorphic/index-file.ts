import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  type BigIntStats,
  lstatSync,
} from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathToBytes } from '../path-bytes';
import { IndexDraft } from './index-draft';
import type { IndexEntry, IndexStat } from './index-entry';
import { parseIndex } from './index-format';
import { emptyIndex, type IndexFile } from './index-table';
import { indexBytes, type Unchanged } from './index-writing';
import { takeLock } from './lock';

/** More than any index git can make use of in memory. */
const longestIndex = 1 << 30;

/** The index of a repository; an empty one where there is none. Writes nothing. */
export function readIndex(gitdir: string): IndexFile {
  const file = path.join(gitdir, 'index');
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (!there) return emptyIndex();
  // A pipe would hold the thread for good.
  if (!there.isFile()) fail({ kind: 'repository-damaged', path: file, detail: 'The index is no file.' });
  const descriptor = openSync(file, 'r');
  try {
    const { size, mtimeNs } = fstatSync(descriptor, { bigint: true });
    if (size > longestIndex)
      fail({ kind: 'unsupported', what: 'an index this large', reason: 'Install git to open it.' });
    const index = parseIndex(readFileSync(descriptor), file);
    index.mtime = mtimeNs;
    return index;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Changes the index under git's own lock, old-or-new. Nothing is written where
 * `change` throws or changes nothing. `worktree`: the top folder, for the files
 * whose time stamps cannot tell whether they changed since (racy-git); null: a
 * repository without one. `unchanged` answers for those in place of comparing
 * plain bytes, where contents are converted.
 */
export async function updateIndex<Result>(
  gitdir: string,
  change: (draft: IndexDraft) => Result | Promise<Result>,
  { worktree, unchanged }: { worktree: string | null; unchanged?: Unchanged },
): Promise<Result> {
  const lock = takeLock(path.join(gitdir, 'index'));
  try {
    const draft = new IndexDraft(readIndex(gitdir));
    const result = await change(draft);
    if (!draft.isChanged) {
      lock.rollback();
      return result;
    }
    lock.write(indexBytes(draft, unchanged ?? ((entry) => worktree !== null && sameBytes(worktree, entry))));
    lock.commit();
    return result;
  } finally {
    lock.rollback();
  }
}

/** What the index keeps of a file's stat (`lstat` with bigint). */
export function indexStat(stats: BigIntStats): IndexStat {
  const billion = 1_000_000_000n;
  const small = (value: bigint) => Number(BigInt.asUintN(32, value));
  return {
    ctimeSeconds: small(stats.ctimeNs / billion),
    ctimeNanoseconds: Number(stats.ctimeNs % billion),
    mtimeSeconds: small(stats.mtimeNs / billion),
    mtimeNanoseconds: Number(stats.mtimeNs % billion),
    dev: small(stats.dev),
    ino: small(stats.ino),
    uid: small(stats.uid),
    gid: small(stats.gid),
    // A multiple of 4 GiB must not look like an empty file: munge_st_size() in statinfo.c.
    size: stats.size > 0n && small(stats.size) === 0 ? 0x8000_0000 : small(stats.size),
  };
}

/** The path of an entry on disk, as bytes. */
export function fileOf(worktree: string, entryPath: string): Buffer {
  return Buffer.concat([Buffer.from(worktree), Buffer.from('/'), pathToBytes(entryPath)]);
}

/** A file whose content is converted is never the same here: git then reads it once more, and no change is overlooked. */
function sameBytes(worktree: string, entry: IndexEntry): boolean {
  const file = fileOf(worktree, entry.path);
  const there = lstatSync(file, { throwIfNoEntry: false });
  // Gone, of another kind or another size: that tells.
  if (!there || (!there.isFile() && !there.isSymbolicLink())) return true;
  if (there.size >>> 0 !== entry.stat.size) return true;
  if (there.size > longestIndex) return false;
  const content = there.isSymbolicLink() ? readlinkSync(file, 'buffer') : readFileSync(file);
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  return oid === entry.oid;
}
