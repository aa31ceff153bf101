import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { pathFromBytes, pathToBytes } from '../path-bytes';
import { onDisk } from './disk-path';
import { isRefName } from '../ref-name';

/** What a ref's own file or its line in packed-refs says. */
export type RefValue = { kind: 'symbolic'; target: string } | { kind: 'direct'; oid: string };

export interface ListedRef {
  /** In full, in the form of path-bytes.ts. */
  name: string;
  oid: string;
  /** The ref it names; null: it holds an id. */
  symbolic: string | null;
}

export interface PackedRef {
  oid: string;
  /** What an annotated tag is about, where the file says it. */
  peeled: string | null;
}

/** The refs of one repository as files, gitrepository-layout(5): read anew with each call. */
export interface RefFiles {
  readonly gitdir: string;
  /** Null: there is none of this name. */
  read(name: string): RefValue | null;
  /** Follows symbolic refs. `name`: the last one; `oid` null: it is not there, or broken. */
  resolve(name: string): { name: string; oid: string | null };
  /** Those below a prefix such as `refs/heads/`, in the order of their bytes; broken ones are left out, as git does. */
  list(prefix: string): ListedRef[];
  packed(): ReadonlyMap<string, PackedRef>;
}

/** As deep as git follows symbolic refs, refs-internal.h. */
const mostLinks = 5;
/** A ref's file holds 41 bytes, or a name. */
const mostBytes = 65_536;

export function openRefFiles(gitdir: string): RefFiles {
  let known: { stamp: string; refs: ReadonlyMap<string, PackedRef> } | null = null;

  function packed(): ReadonlyMap<string, PackedRef> {
    const file = path.join(gitdir, 'packed-refs');
    const found = statusOf(file);
    if (!found?.isFile()) return new Map();
    const stamp = `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
    if (known?.stamp !== stamp) known = { stamp, refs: parsePackedRefs(readFileSync(file)) };
    return known.refs;
  }

  function read(name: string): RefValue | null {
    if (name !== 'HEAD' && !isRefName(name) && !/^[A-Z_]+$/.test(name)) return null;
    // The loose file first, packed-refs after it: whoever packs a ref writes the pack before it removes the file.
    const loose = readLoose(onDisk(gitdir, name));
    if (loose === 'broken')
      return fail({ kind: 'repository-damaged', path: gitdir, detail: `The ref ${name} cannot be read.` });
    if (loose !== null) return loose;
    const packedRef = packed().get(name);
    return packedRef === undefined ? null : { kind: 'direct', oid: packedRef.oid };
  }

  function resolve(name: string): { name: string; oid: string | null } {
    let at = name;
    for (let links = 0; links <= mostLinks; links += 1) {
      const value = read(at);
      if (value === null) return { name: at, oid: null };
      if (value.kind === 'direct') return { name: at, oid: value.oid };
      if (!isRefName(value.target)) break;
      at = value.target;
    }
    return fail({ kind: 'repository-damaged', path: gitdir, detail: `The ref ${name} leads nowhere.` });
  }

  function list(prefix: string): ListedRef[] {
    const names = new Map<string, RefValue>();
    for (const [name, { oid }] of packed())
      if (name.startsWith(prefix)) names.set(name, { kind: 'direct', oid });
    const broken = new Set<string>();
    const walk = (folder: string): void => {
      for (const entry of entriesOf(onDisk(gitdir, folder))) {
        const name = `${folder}/${pathFromBytes(entry)}`;
        if (!`${name}/`.startsWith(prefix) && !name.startsWith(prefix)) continue;
        const value = readLoose(onDisk(gitdir, name));
        if (value === null) walk(name);
        else if (value === 'broken' || !isRefName(name)) broken.add(name);
        else names.set(name, value);
      }
    };
    walk(prefix.replace(/\/$/, ''));
    const found: ListedRef[] = [];
    for (const [name, value] of names) {
      if (broken.has(name)) continue;
      if (value.kind === 'direct') found.push({ name, oid: value.oid, symbolic: null });
      else {
        const oid = resolved(value.target);
        if (oid !== null) found.push({ name, oid, symbolic: value.target });
      }
    }
    return found.sort((a, b) => compareNames(a.name, b.name));
  }

  function resolved(name: string): string | null {
    try {
      return resolve(name).oid;
    } catch {
      return null;
    }
  }

  return { gitdir, read, resolve, list, packed };
}

const surrogate = /[\ud800-\udfff]/;

/** The order of their bytes, which is git's. */
export function compareNames(a: string, b: string): number {
  // Without surrogates the order of the text is that of its bytes.
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : Number(a > b);
  return Buffer.compare(pathToBytes(a), pathToBytes(b));
}

function statusOf(file: string | Buffer): Stats | null {
  return lstatSync(file, { throwIfNoEntry: false }) ?? null;
}

function entriesOf(folder: string | Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' });
  } catch {
    return [];
  }
}

/** Null: there is no such file, or it is a folder. */
function readLoose(file: string | Buffer): RefValue | 'broken' | null {
  let found: Stats | null;
  try {
    found = statusOf(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
  if (found === null || found.isDirectory()) return null;
  if (found.isSymbolicLink()) {
    // As git wrote symbolic refs once; any other link is read as nothing of ours.
    const target = readlinkSync(file, 'utf8');
    return target.startsWith('refs/') ? { kind: 'symbolic', target } : 'broken';
  }
  if (!found.isFile() || found.size > mostBytes) return 'broken';
  let text: string;
  try {
    text = pathFromBytes(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const target = /^ref:\s*(\S[^\n]*?)\s*$/.exec(text)?.[1];
  if (target !== undefined) return { kind: 'symbolic', target };
  const oid = /^([0-9a-f]{40})(?:\s|$)/.exec(text)?.[1];
  return oid === undefined ? 'broken' : { kind: 'direct', oid };
}

/** Lines that are none of git's are left out: it says so and goes on. */
export function parsePackedRefs(data: Buffer): Map<string, PackedRef> {
  const refs = new Map<string, PackedRef>();
  let last: PackedRef | null = null;
  for (let at = 0; at < data.length; ) {
    const found = data.indexOf(0x0a, at);
    const end = found < 0 ? data.length : found;
    if (data[at] === 0x5e) {
      if (last) last.peeled = data.toString('latin1', at + 1, at + 41);
    } else if (data[at] !== 0x23 && data[at + 40] === 0x20) {
      const oid = data.toString('latin1', at, at + 40);
      const name = pathFromBytes(data.subarray(at + 41, end));
      last = null;
      if (/^[0-9a-f]{40}$/.test(oid) && isRefName(name)) {
        last = { oid, peeled: null };
        refs.set(name, last);
      }
    }
    at = end + 1;
  }
  return refs;
}
