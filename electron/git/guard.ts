import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { AppFailure, fail } from '../../shared/errors';
import type { CloneRequest, GitEngine, Running } from './engine';

/** Start of the name of a folder an unfinished clone lives in; one found without its process is left over from a kill. */
const unfinishedPrefix = '.polyforge-clone-';

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A system error about a folder we wanted to write, as ours. */
function unwritable(directory: string, error: unknown): never {
  if (error instanceof AppFailure) throw error;
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') fail({ kind: 'disk-full', path: directory }, error);
  if (code === 'ENOTEMPTY' || code === 'EEXIST')
    fail({ kind: 'directory-not-empty', path: directory }, error);
  fail({ kind: 'directory-not-writable', path: directory, detail: code || undefined }, error);
}

async function targetState(directory: string): Promise<'absent' | 'empty'> {
  try {
    const entries = await readdir(directory);
    return entries.length === 0 ? 'empty' : fail({ kind: 'directory-not-empty', path: directory });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 'absent';
    if (systemCode(error) === 'ENOTDIR') fail({ kind: 'directory-not-empty', path: directory }, error);
    return unwritable(directory, error);
  }
}

/** Windows refuses to move a folder while a virus scanner still reads it. */
async function move(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (process.platform !== 'win32' || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
    }
}

/**
 * Clones with an engine so that the target is either untouched or complete.
 * The target is checked before the engine starts: absent, or an empty folder,
 * and writable. The engine works in a folder beside it (inside it where it
 * exists: its parent may be somebody else's) which is moved into place at the
 * end, so even a kill leaves no half repository under the chosen name. What
 * is removed afterwards is only what was made here.
 * Rejects `directory-not-empty`, `directory-not-writable`, `disk-full`, or
 * what the engine rejects.
 */
export async function cloneGuarded(
  engine: GitEngine,
  request: CloneRequest,
  running: Running,
): Promise<void> {
  if (running.signal.aborted) fail({ kind: 'cancelled' });
  const target = request.directory;
  const state = await targetState(target);
  const parent = state === 'absent' ? path.dirname(target) : target;
  const work = path.join(parent, `${unfinishedPrefix}${randomBytes(8).toString('hex')}`);
  let madeParent: string | undefined;
  try {
    madeParent = await mkdir(parent, { recursive: true });
    request.track?.begin(work);
    await mkdir(work);
  } catch (error) {
    request.track?.end(work);
    await removeMade(parent, madeParent);
    unwritable(target, error);
  }
  try {
    await engine.clone({ ...request, directory: work }, running);
    if (running.signal.aborted) fail({ kind: 'cancelled' });
    try {
      if (state === 'absent') await move(work, target);
      else await moveContents(work, target);
    } catch (error) {
      unwritable(target, error);
    }
    request.track?.end(work);
  } catch (error) {
    await rm(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }).catch(() => undefined);
    await removeMade(parent, madeParent);
    request.track?.end(work);
    throw error;
  }
}

/**
 * Removes what clones of a killed start left: folders this application wrote
 * down itself and that bear the name only it gives. Resolves with those that
 * are gone; the others stay listed for the next start.
 */
export async function removeUnfinished(folders: readonly string[]): Promise<string[]> {
  const gone: string[] = [];
  for (const folder of folders) {
    if (!path.isAbsolute(folder) || !path.basename(folder).startsWith(unfinishedPrefix)) continue;
    try {
      await access(path.dirname(folder));
      await rm(folder, { recursive: true, force: true });
      gone.push(folder);
    } catch {
      // An unplugged drive, or no right to write there today.
    }
  }
  return gone;
}

/** `.git` last: until then the folder is no repository to anybody. On failure everything goes back. */
async function moveContents(work: string, target: string): Promise<void> {
  const entries = (await readdir(work)).sort((a, b) => Number(a === '.git') - Number(b === '.git'));
  const moved: string[] = [];
  try {
    const present = new Set(await readdir(target));
    if (entries.some((entry) => present.has(entry))) fail({ kind: 'directory-not-empty', path: target });
    for (const entry of entries) {
      await move(path.join(work, entry), path.join(target, entry));
      moved.push(entry);
    }
    await rmdir(work);
  } catch (error) {
    for (const entry of moved)
      await move(path.join(target, entry), path.join(work, entry)).catch(() => undefined);
    throw error;
  }
}

/** Removes the folders made on the way to the target, innermost first, as long as they are empty. */
async function removeMade(directory: string, first: string | undefined): Promise<void> {
  if (first === undefined) return;
  for (let at = directory; at.length >= first.length; at = path.dirname(at))
    try {
      await rmdir(at);
    } catch {
      return;
    }
}
