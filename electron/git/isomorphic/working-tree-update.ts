import { fail } from '../../../shared/errors';
import type { BigIntStats } from 'node:fs';
import { framed } from './objects/hash';
import type { IndexDraft } from './index-draft';
import { type IndexEntry, noStat } from './index-entry';
import { indexStat } from './index-file';
import { isRacy } from './index-writing';
import { type Leaf, sameLeaf, type TreeChange } from './tree-walk';
import { modeOnDisk, submoduleMode, type WorkingFiles } from './working-files';
import type { WorkingRules } from './working-rules';
import type { Workplace } from './workplace';

/** Everything a change of the working tree looks at. */
export interface WorkingTreeAt {
  place: Workplace;
  files: WorkingFiles;
  draft: IndexDraft;
  rules: WorkingRules;
}

/** At most so many are named. */
const mostNamed = 100;

/** What will stand at a path of index and working tree. */
export interface PlannedPath {
  path: string;
  to: Leaf | null;
  /** The index alone: the file is not touched. */
  indexOnly: boolean;
}

export function wouldOverwrite(paths: Iterable<string>): never {
  return fail({ kind: 'would-overwrite', paths: [...new Set(paths)].sort().slice(0, mostNamed) });
}

/** Whether the file is as its entry says: its stat tells, and where that cannot, its content. A file that is not there is not. */
export function isAsIndexed({ files, draft, rules }: WorkingTreeAt, entry: IndexEntry): boolean {
  if (entry.skipWorktree || entry.assumeValid) return true;
  const stats = files.stats(entry.path);
  // A submodule goes its own ways; its folder may be missing as well.
  if (entry.mode === submoduleMode) return stats === null || stats.isDirectory();
  if (!stats || stats.isDirectory()) return false;
  if (modeOnDisk(stats, rules.fileMode, entry.mode) !== entry.mode) return false;
  const now = indexStat(stats);
  const { stat } = entry;
  const same =
    stat.mtimeSeconds === now.mtimeSeconds &&
    stat.mtimeNanoseconds === now.mtimeNanoseconds &&
    stat.ctimeSeconds === now.ctimeSeconds &&
    stat.ctimeNanoseconds === now.ctimeNanoseconds &&
    stat.ino === now.ino &&
    stat.size === now.size;
  if (same && !isRacy(stat, draft.base.mtime)) return true;
  return objectOf({ files, rules }, entry.path, stats) === entry.oid;
}

/** The id a file would have as an object; null: it is neither file nor link. */
export function objectOf(
  { files, rules }: Pick<WorkingTreeAt, 'files' | 'rules'>,
  file: string,
  stats: BigIntStats,
): string | null {
  const content = files.read(file, stats);
  if (content === null) return null;
  // Without its program a filtered file is taken as it is: a pointer is known again, anything else counts as changed.
  return blobId(stats.isSymbolicLink() || rules.isFiltered(file) ? content : rules.toObject(file, content));
}

/**
 * What a change from one tree to another does to index and working tree:
 * git's two-way merge, git-read-tree(1). Local changes stay where both trees
 * are the same or the index has the new content already; everything else in
 * the way rejects `would-overwrite`, and nothing is changed.
 */
export function planUpdate(at: WorkingTreeAt, changes: Iterable<TreeChange>): PlannedPath[] {
  const { draft } = at;
  const planned: PlannedPath[] = [];
  const refused: string[] = [];
  const gone = new Set<string>();
  for (const { path, from, to } of changes) {
    const entries = draft.get(path);
    const [entry] = entries;
    if (entries.some(({ stage }) => stage !== 0)) fail({ kind: 'unfinished', what: 'conflicts' });
    const leaf = entry && !entry.intentToAdd ? { mode: entry.mode, oid: entry.oid } : null;
    if (!entry) {
      // Removed from the index: that is kept where the new tree does not have it either.
      if (from && to) refused.push(path);
      else if (to) planned.push({ path, to, indexOnly: false });
    } else if (sameLeaf(leaf, to)) continue;
    else if (!sameLeaf(leaf, from)) refused.push(path);
    else {
      // A file that was deleted comes back, or stays away, as git has it.
      const isThere = at.files.stats(path) !== null;
      if (isThere && !isAsIndexed(at, entry)) refused.push(path);
      planned.push({ path, to, indexOnly: entry.skipWorktree });
      if (isThere && !entry.skipWorktree) gone.add(path);
    }
  }
  for (const { path, to, indexOnly } of planned)
    if (to && !indexOnly) refused.push(...inTheWay(at, path, gone, to.mode === submoduleMode));
  if (refused.length > 0) wouldOverwrite(refused);
  return planned;
}

/** What a new file would take the place of and nobody has a copy of. `gone`: files that are known to be as indexed, and are replaced. */
export function inTheWay(
  at: WorkingTreeAt,
  path: string,
  gone: ReadonlySet<string>,
  staysSubmodule = false,
): string[] {
  const { files, draft, rules } = at;
  if (gone.has(path)) {
    const stats = files.stats(path);
    const isSubmodule = staysSubmodule && draft.get(path)[0]?.mode === submoduleMode;
    return stats?.isDirectory() && !isSubmodule ? folderInTheWay(at, path, gone) : [];
  }
  const above = files.inTheWay(path);
  if (above !== null)
    return gone.has(above) || (draft.get(above).length === 0 && rules.isIgnored(above, false)) ? [] : [above];
  const stats = files.stats(path);
  if (!stats) return [];
  if (stats.isDirectory()) return folderInTheWay(at, path, gone);
  return rules.isIgnored(path, false) ? [] : [path];
}

function folderInTheWay({ files }: WorkingTreeAt, path: string, gone: ReadonlySet<string>): string[] {
  const holds = (folder: string): boolean =>
    files.names(folder).some((name) => {
      const inside = `${folder}/${name}`;
      if (gone.has(inside)) return false;
      return files.stats(inside)?.isDirectory() ? name === '.git' || holds(inside) : true;
    });
  return holds(path) ? [path] : [];
}

/**
 * Makes what was planned: first removes, then writes, each file old-or-new. The
 * index is written by who holds its lock, after this: ended in between, the
 * files that are there are whole, and git shows them as changed.
 */
export function applyUpdate(
  { place, files, draft, rules }: WorkingTreeAt,
  planned: readonly PlannedPath[],
  step?: (part: number) => void,
): void {
  for (const { path, to, indexOnly } of planned) {
    if (to !== null) continue;
    if (!indexOnly) files.remove(path);
    draft.remove(path);
  }
  let done = 0;
  for (const { path, to, indexOnly } of planned) {
    if (to === null) continue;
    const { mode, oid } = to;
    const entry = { path, stage: 0 as const, mode, oid, assumeValid: false, intentToAdd: false };
    if (indexOnly) draft.put({ ...entry, stat: noStat, skipWorktree: true });
    else {
      makeWay(files, path, mode === submoduleMode);
      const stats = files.write(path, mode, contentOf(place, rules, path, to));
      draft.put(
        { ...entry, stat: mode === submoduleMode ? noStat : indexStat(stats), skipWorktree: false },
        true,
      );
    }
    done += 1;
    step?.(done / planned.length);
  }
}

function contentOf(place: Workplace, rules: WorkingRules, path: string, { mode, oid }: Leaf): Buffer {
  if (mode === submoduleMode) return Buffer.alloc(0);
  const { data } = place.store.read(oid);
  return mode === 0o120000 ? data : rules.toFile(path, data, oid);
}

/** What the plan allowed to go: an ignored file in the place of a folder, empty folders in the place of a file. */
function makeWay(files: WorkingFiles, path: string, submodule: boolean): void {
  const above = files.inTheWay(path);
  if (above !== null) files.remove(above);
  if (!submodule && files.stats(path)?.isDirectory()) files.removeEmpty(path);
}

function blobId(content: Uint8Array): string {
  return framed('blob', content).oid.toString('hex');
}
