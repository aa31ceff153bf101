import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { AppFailure, fail } from '../../../shared/errors';
import { pathFromBytes, pathToBytes } from '../path-bytes';
import { onDisk } from './disk-path';
import { type LockFile, takeLock } from './lock';
import { isRefName } from '../ref-name';
import { appendReflog, type LogRefs, noOid, removeEmptyFolders, removeReflog } from './reflog';
import { compareNames, type RefFiles } from './refs-files';

export interface RefChange {
  /** `HEAD`, or in full. A symbolic ref is followed, as git-update-ref(1) does. */
  name: string;
  /** Null: removed. */
  to: string | null;
  /** What it must be now; null: not there; absent: whatever it is. */
  from?: string | null;
  /** The symbolic ref itself, not what it names. */
  itself?: true;
}

/** What goes into the reflogs. */
export interface RefLogging {
  /** `Name <e-mail> seconds +0000` */
  by: string;
  message: string;
  log: LogRefs;
}

/** As long as git waits: core.filesRefLockTimeout, core.packedRefsTimeout. */
const refWait = 100;
const packedWait = 1000;

interface Held {
  name: string;
  to: string | null;
  old: string | null;
  lock: LockFile;
}

/**
 * Changes refs as git's files backend does, all or none of them as far as can
 * be known before the first is written: every lock is taken and every old value
 * compared first. Another's lock, or a ref that moved, rejects
 * `repository-busy`; a name that is taken, or is a folder of other names,
 * `already-exists`.
 */
export function changeRefs(refs: RefFiles, changes: readonly RefChange[], logging: RefLogging): void {
  if (changes.length === 0) return;
  const { gitdir } = refs;
  const head = headTarget(refs);
  const held: Held[] = [];
  let headLock: LockFile | null = null;
  let packedLock: LockFile | null = null;
  try {
    const resolved = changes.map((change) => ({
      ...change,
      name: change.itself ? change.name : refs.resolve(change.name).name,
    }));
    const taken = new Set(resolved.flatMap(({ name, to }) => (to === null ? [] : [name])));
    const gone = new Set(resolved.flatMap(({ name, to }) => (to === null ? [name] : [])));
    if (head !== null && (taken.has(head) || gone.has(head)))
      headLock = takeLock(onDisk(gitdir, 'HEAD'), { wait: refWait, makeFolder: true, link: 'replace' });
    for (const { name, to, from } of resolved) {
      if (name !== 'HEAD' && !isRefName(name))
        fail({ kind: 'invalid-input', field: 'name', reason: `${name} is no name of a ref` });
      const lock = lockRef(gitdir, name);
      const row: Held = { name, to, old: null, lock };
      held.push(row);
      row.old = oidOrNull(refs, name);
      if (from !== undefined && row.old !== from) moved(gitdir, name, from);
    }
    if (gone.size > 0) packedLock = takeLock(path.join(gitdir, 'packed-refs'), { wait: packedWait });
    for (const { name, to, old } of held) if (to !== null && old === null) requireRoom(refs, name, gone);
    if (gone.size > 0) unpack(refs, gone);
    for (const { name, to, old, lock } of held) {
      if (to === null) {
        // Of a packed one there may be an empty folder, for a longer name that came to nothing.
        if (!lstatSync(onDisk(gitdir, name), { throwIfNoEntry: false })?.isDirectory())
          rmSync(onDisk(gitdir, name), { force: true });
        removeReflog(gitdir, name);
      } else {
        const entry = { from: old ?? noOid, to, by: logging.by, message: logging.message };
        if (name === head) appendReflog(gitdir, 'HEAD', entry, logging.log);
        // It has the value: only HEAD's reflog tells that it was set once more, as git's does.
        if (old === to) continue;
        lock.write(`${to}\n`);
        makeRoom(gitdir, name);
        appendReflog(gitdir, name, entry, logging.log);
        lock.commit();
      }
    }
    for (const { name, to, lock } of held) {
      if (to !== null) continue;
      lock.rollback();
      removeEmptyFolders(gitdir, name, 3);
    }
  } finally {
    for (const { lock } of held) lock.rollback();
    headLock?.rollback();
    packedLock?.rollback();
  }
}

/** Makes HEAD name a branch, or hold an id. `to`: the commit it is at then, for the reflog; null: the branch has none yet. */
export function setHead(
  refs: RefFiles,
  head: { kind: 'branch'; ref: string; to: string | null } | { kind: 'detached'; to: string },
  logging: RefLogging,
): void {
  setSymbolic(
    refs,
    'HEAD',
    head.kind === 'branch' ? { target: head.ref } : { oid: head.to },
    logging,
    head.to,
  );
}

/** Writes a ref itself, whatever it named before. `at`: the id for its reflog; null: none is written. */
export function setSymbolic(
  refs: RefFiles,
  name: string,
  value: { target: string } | { oid: string },
  logging: RefLogging,
  at: string | null,
): void {
  if ('target' in value && !isRefName(value.target))
    fail({ kind: 'invalid-input', field: 'name', reason: `${value.target} is no name of a ref` });
  const lock = lockRef(refs.gitdir, name);
  try {
    const old = oidOrNull(refs, name);
    lock.write('target' in value ? Buffer.from(pathToBytes(`ref: ${value.target}\n`)) : `${value.oid}\n`);
    if (at !== null) {
      const entry = { from: old ?? noOid, to: at, by: logging.by, message: logging.message };
      appendReflog(refs.gitdir, name, entry, logging.log);
    }
    lock.commit();
  } finally {
    lock.rollback();
  }
}

function oidOrNull(refs: RefFiles, name: string): string | null {
  try {
    return refs.resolve(name).oid;
  } catch {
    return null;
  }
}

/** The branch HEAD names, whose changes go into HEAD's reflog too. */
function headTarget(refs: RefFiles): string | null {
  const value = refs.read('HEAD');
  return value?.kind === 'symbolic' ? refs.resolve('HEAD').name : null;
}

/** It changed since it was read: another program works here at this moment. */
function moved(gitdir: string, name: string, from: string | null): never {
  if (from === null) return fail({ kind: 'already-exists', name: shortName(name) });
  return fail({ kind: 'repository-busy', path: path.join(gitdir, name) });
}

function shortName(name: string): string {
  return name.replace(/^refs\/(?:heads|tags|remotes)\//, '');
}

function lockRef(gitdir: string, name: string): LockFile {
  try {
    return takeLock(onDisk(gitdir, name), { wait: refWait, makeFolder: true, link: 'replace' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A part of the name is a ref itself.
    if (code === 'ENOTDIR' || code === 'EEXIST') {
      const parts = name.split('/');
      for (let count = 3; count < parts.length; count += 1) {
        const part = parts.slice(0, count).join('/');
        if (statSync(onDisk(gitdir, part), { throwIfNoEntry: false })?.isFile())
          throw new AppFailure({ kind: 'already-exists', name: shortName(part) }, { cause: error });
      }
    }
    throw error;
  }
}

/** `a` and `a/b` are never both refs, loose or packed. */
function requireRoom(refs: RefFiles, name: string, gone: ReadonlySet<string>): void {
  if (name === 'HEAD') return;
  const parts = name.split('/');
  for (let count = 2; count < parts.length; count += 1) {
    const part = parts.slice(0, count).join('/');
    if (!gone.has(part) && isRefName(part) && refs.read(part) !== null)
      fail({ kind: 'already-exists', name: shortName(part) });
  }
  const below = refs.list(`${name}/`).find((one) => !gone.has(one.name));
  if (below) fail({ kind: 'already-exists', name: shortName(below.name) });
}

/** Empty folders of longer names that are gone stand where the file goes. */
function makeRoom(gitdir: string, name: string): void {
  for (const place of [name, `logs/${name}`])
    if (statSync(onDisk(gitdir, place), { throwIfNoEntry: false })?.isDirectory())
      removeEmptyTree(gitdir, place);
}

function removeEmptyTree(gitdir: string, folder: string): void {
  const place = onDisk(gitdir, folder);
  for (const entry of readdirSync(place, { encoding: 'buffer' }))
    removeEmptyTree(gitdir, `${folder}/${pathFromBytes(entry)}`);
  rmdirSync(place);
}

/** packed-refs without some names, under its lock: the file is replaced as git does, by `packed-refs.new`. */
function unpack(refs: RefFiles, gone: ReadonlySet<string>): void {
  const packed = refs.packed();
  if (![...gone].some((name) => packed.has(name))) return;
  const rows = [...packed].filter(([name]) => !gone.has(name)).sort(([a], [b]) => compareNames(a, b));
  const file = path.join(refs.gitdir, 'packed-refs');
  // What the first line promises of the others stays true of those that are left.
  const header = /^#.*\n/.exec(readFileSync(file, 'latin1'))?.[0] ?? '';
  const lines = rows.map(([name, { oid, peeled }]) => `${oid} ${name}\n${peeled ? `^${peeled}\n` : ''}`);
  const text = Buffer.from(pathToBytes(header + lines.join('')));
  const next = `${file}.new`;
  rmSync(next, { force: true });
  const descriptor = openSync(next, 'wx', 0o666);
  try {
    for (let at = 0; at < text.length; ) at += writeSync(descriptor, text, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, file);
}
