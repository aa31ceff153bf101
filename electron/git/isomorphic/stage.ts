import { fail } from '../../../shared/errors';
import { requirePaths } from '../repository-path';
import { inIndex, entriesOf } from './index-change';
import { noStat } from './index-entry';
import { indexStat } from './index-file';
import { openRefFiles } from './refs-files';
import { gitDirectoryBelow } from './submodule-folder';
import { unsafeTree } from './tree-entry';
import { pathToBytes } from '../path-bytes';
import { canonicalMode } from './tree-walk';
import { linkMode, modeOnDisk, submoduleMode } from './working-files';
import { isAsIndexed, type WorkingTreeAt } from './working-tree-update';
import type { WorkJobs } from './work-messages';

/** git-add(1) `--all` for exactly these paths and what lies below them. */
export async function stage({ directory, paths }: WorkJobs['stage']['in']): Promise<void> {
  requirePaths(paths);
  if (paths.length === 0) return;
  await inIndex(directory, (at) => {
    const tracked = trackedFolders(at);
    for (const path of paths) stagePath(at, path.replace(/\/$/, ''), tracked);
  });
}

/** Paths in the index by the folders they lie in, made once for all that is asked. */
type Tracked = (folder: string) => string[];

function trackedFolders({ draft }: WorkingTreeAt): Tracked {
  let paths: string[] | null = null;
  return (folder) => {
    paths ??= [...new Set([...entriesOf(draft)].map((entry) => entry.path))];
    return paths.filter((path) => path.startsWith(`${folder}/`));
  };
}

function stagePath(at: WorkingTreeAt, path: string, tracked: Tracked): void {
  const { files, draft, rules } = at;
  const stats = files.stats(path);
  if (stats === null) {
    const below = tracked(path);
    if (draft.get(path).length === 0 && below.length === 0) fail({ kind: 'path-not-found', path });
    draft.remove(path);
    for (const inside of below) draft.remove(inside);
    return;
  }
  const isFolder = stats.isDirectory();
  const isTracked = draft.get(path).length > 0 || (isFolder && tracked(path).length > 0);
  if (!isTracked && rules.isIgnored(path, isFolder))
    fail({ kind: 'unsupported', what: 'Staging this file', reason: 'The rules of .gitignore leave it out.' });
  if (!isFolder) {
    stageFile(at, path);
    return;
  }
  if (stageSubmodule(at, path)) return;
  const before = tracked(path);
  for (const inside of before) {
    const found = files.stats(inside);
    if (found === null) draft.remove(inside);
    else if (!found.isDirectory()) stageFile(at, inside);
    else if (!stageSubmodule(at, inside)) draft.remove(inside);
  }
  stageNew(at, path, new Set(before));
}

/** Files of a folder that are not in the index yet. */
function stageNew(at: WorkingTreeAt, folder: string, known: ReadonlySet<string>): void {
  for (const name of at.files.names(folder)) {
    const path = `${folder}/${name}`;
    if (known.has(path)) continue;
    const stats = at.files.stats(path);
    if (!stats || name === '.git') continue;
    if (stats.isDirectory()) {
      if (![...known].some((one) => one.startsWith(`${path}/`)) && at.rules.isIgnored(path, true)) continue;
      if (!stageSubmodule(at, path)) stageNew(at, path, known);
    } else if ((stats.isFile() || stats.isSymbolicLink()) && !at.rules.isIgnored(path, false))
      stageFile(at, path);
  }
}

function stageFile(at: WorkingTreeAt, path: string): void {
  const { place, files, draft, rules } = at;
  const stats = files.stats(path);
  if (!stats) return;
  const entries = draft.get(path);
  const [entry] = entries;
  if (entry?.stage === 0 && !entry.intentToAdd && isAsIndexed(at, entry)) {
    // The stat alone may be new.
    draft.put({ ...entry, stat: entry.mode === submoduleMode ? noStat : indexStat(stats) }, true);
    return;
  }
  const content = files.read(path, stats);
  if (content === null)
    return fail({
      kind: 'unsupported',
      what: 'Staging this file',
      reason: `${path} is neither a file nor a link.`,
    });
  const ours = entries.find(({ stage }) => stage === 2) ?? entry ?? null;
  const mode = modeOnDisk(stats, rules.fileMode, ours?.mode ?? null);
  requireName(path, mode);
  const oid = place.store.write('blob', mode === linkMode ? content : rules.toObject(path, content));
  draft.put(
    {
      path,
      stage: 0,
      mode: canonicalMode(mode),
      oid,
      stat: indexStat(stats),
      assumeValid: false,
      skipWorktree: false,
      intentToAdd: false,
    },
    true,
  );
}

/** A repository in a folder is staged as its commit. False: it is none. */
function stageSubmodule({ files, draft, place }: WorkingTreeAt, path: string): boolean {
  const gitdir = gitDirectoryBelow(place.directory, path);
  if (gitdir === null) return false;
  if (files.inTheWay(path) !== null) return false;
  const oid = openRefFiles(gitdir).resolve('HEAD').oid;
  if (oid === null)
    fail({
      kind: 'unsupported',
      what: 'Staging this folder',
      reason: 'It is a repository of its own, and has no commit yet.',
    });
  requireName(path, submoduleMode);
  draft.put({
    path,
    stage: 0,
    mode: submoduleMode,
    oid,
    stat: noStat,
    assumeValid: false,
    skipWorktree: false,
    intentToAdd: false,
  });
  return true;
}

/** What could not be checked out again, or would be taken for git's own files. */
function requireName(path: string, mode: number): void {
  const parts = path.split('/');
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const entry = {
      mode: isLast ? mode.toString(8) : '40000',
      name: Buffer.from(pathToBytes(part)),
      oid: '',
    };
    if (unsafeTree([entry]) !== null)
      fail({ kind: 'unsupported', what: 'This file name', reason: `Git does not allow it here: ${path}` });
  }
}
