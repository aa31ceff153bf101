import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { objectFolders } from './alternates';
import { createBaseCache, type Unpacked } from './base-cache';
import { framed, hashInPlace, headroom } from './hash';
import { createInflater } from './inflate';
import { damaged } from './limits';
import { type LooseObjects, looseObjects } from './loose';
import { openPack, type Pack, type Shared } from './pack';
import { createWindows } from './windows';

/** A kind of object: gitglossary(7), "object type". */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  type: ObjectType;
  /** Shared with the store's cache: not to be written into. */
  data: Buffer;
}

/** An object id, as 40 hexadecimal digits or as its 20 bytes. */
export type Oid = string | Uint8Array;

/**
 * The objects of one repository: loose ones, every pack, and what alternates
 * lead to. For use in a worker: reading blocks the thread. Packs are read in
 * windows; what is kept of them and of inflated objects is bounded. An object
 * that is not what its name says or a chain without end rejects
 * `repository-damaged`, one beyond what memory can hold `unsupported`.
 */
export interface ObjectStore {
  /** `repository-damaged` where it is missing. */
  read(oid: Oid): GitObject;
  /** Null: it is not here. */
  find(oid: Oid): GitObject | null;
  /** Type and size without unpacking more than is needed. Null: it is not here. */
  header(oid: Oid): { type: ObjectType; size: number } | null;
  has(oid: Oid): boolean;
  /** Ids that begin with at least four hexadecimal digits; at most `limit`. */
  abbreviated(prefix: string, limit: number): string[];
  /** Writes a loose object, old-or-new; nothing where it is here already. */
  write(type: ObjectType, data: Uint8Array): string;
  /** Looks again for packs written since it was opened. */
  refresh(): void;
  /** Where in the packs an object is: reading in this order unpacks the least. Loose ones come last. */
  order(oid: Oid): number;
  close(): void;
}

/** Bytes kept of the packs, and of what is unpacked: for a history somebody looks through. */
const usual = { windows: 64 * 1024 ** 2, bases: 96 * 1024 ** 2 };
/** For reading everything once, in the order of the packs. */
export const inOrder = { windows: 8 * 1024 ** 2, bases: 24 * 1024 ** 2 };

/** One `objects` folder: the repository's own or an alternate. */
interface Folder {
  path: string;
  loose: LooseObjects;
  /** Of objects/pack, when it was last read. */
  changed: string;
}

interface Place {
  pack: Pack;
  number: number;
  offset: number;
}

/**
 * The store of a repository with ids of 20 bytes. `gitdir`: where `objects` is
 * (of a linked working tree, the common directory). Opens no file yet.
 */
export function openObjectStore(
  gitdir: string,
  kept: { windows: number; bases: number } = usual,
): ObjectStore {
  const shared: Shared = {
    windows: createWindows(kept.windows),
    bases: createBaseCache(kept.bases),
    inflater: createInflater(),
  };
  const folders: Folder[] = objectFolders(path.join(gitdir, 'objects')).map((folder) => ({
    path: folder,
    loose: looseObjects(folder),
    changed: '',
  }));
  const own = folders[0]?.loose ?? looseObjects(path.join(gitdir, 'objects'));
  const packs = new Map<string, { pack: Pack | null; number: number }>();
  /** The one looked into first: where the last object was, the next mostly is. */
  let recent: { pack: Pack | null; number: number } | null = null;
  let opened = 0;

  /** True: there are packs that were not known. */
  function refresh(force: boolean): boolean {
    let isNew = false;
    for (const folder of folders) {
      const directory = path.join(folder.path, 'pack');
      const status = statSync(directory, { throwIfNoEntry: false, bigint: true });
      const changed = status === undefined ? 'missing' : `${status.ino} ${status.mtimeNs}`;
      if (!force && changed === folder.changed) continue;
      folder.changed = changed;
      const names = new Set(status === undefined ? [] : readdirSync(directory));
      for (const name of names) {
        const file = path.join(directory, name.replace(/\.idx$/, '.pack'));
        if (!name.endsWith('.idx') || packs.has(file) || !names.has(path.basename(file))) continue;
        packs.set(file, { pack: null, number: opened });
        opened += 1;
        isNew = true;
      }
      for (const [file, row] of packs)
        if (path.dirname(file) === directory && !names.has(path.basename(file))) drop(file, row);
    }
    return isNew;
  }

  function drop(file: string, row: { pack: Pack | null }): void {
    row.pack?.close();
    packs.delete(file);
    if (recent === row) recent = null;
  }

  function inPack(file: string, row: { pack: Pack | null; number: number }, oid: Uint8Array): Place | null {
    try {
      row.pack ??= openPack(file, row.number, shared);
      const offset = row.pack.index.find(oid);
      return offset === -1 ? null : { pack: row.pack, number: row.number, offset };
    } catch (error) {
      // Another program has packed anew and taken this one away.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      drop(file, row);
      return null;
    }
  }

  function locate(oid: Uint8Array): Place | null {
    if (folders[0]?.changed === '') refresh(true);
    if (recent?.pack) {
      const place = inPack(recent.pack.path, recent, oid);
      if (place) return place;
    }
    for (const [file, row] of packs) {
      if (row === recent) continue;
      const place = inPack(file, row, oid);
      if (place) {
        recent = row;
        return place;
      }
    }
    return null;
  }

  /** Packs first, then loose objects, then both again where packs were written meanwhile. */
  function look<Found>(
    oid: Oid,
    packed: (place: Place, bytes: Buffer) => Found,
    loose: (objects: LooseObjects, hex: string) => Found | null,
  ): Found | null {
    const { hex, bytes } = named(oid);
    for (let round = 0; ; round += 1) {
      const place = locate(bytes);
      try {
        if (place) return packed(place, bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || round > 2) throw error;
        refresh(true);
        continue;
      }
      for (const folder of folders) {
        const found = loose(folder.loose, hex);
        if (found !== null) return found;
      }
      if (round > 0 || !refresh(false)) return null;
    }
  }

  function content({ pack, offset }: Place, oid: Buffer): GitObject {
    const object: Unpacked = pack.read(offset);
    check(pack.path, oid, hashInPlace(object.buffer, headroom, object.size, object.type));
    return { type: object.type, data: object.buffer.subarray(headroom, headroom + object.size) };
  }

  const find = (oid: Oid) =>
    look<GitObject>(oid, content, (objects, hex) => {
      const found = objects.read(hex);
      if (found) check(hex, Buffer.from(hex, 'hex'), framed(found.type, found.data).oid.toString('latin1'));
      return found;
    });
  const has = (oid: Oid) =>
    look(
      oid,
      () => true,
      (objects, hex) => objects.has(hex) || null,
    ) !== null;

  return {
    find,
    read: (oid) => find(oid) ?? damaged(gitdir, `The object ${named(oid).hex} is missing.`),
    header: (oid) =>
      look(
        oid,
        ({ pack, offset }) => pack.header(offset),
        (objects, hex) => objects.header(hex),
      ),
    has,
    order: (oid) =>
      look(
        oid,
        ({ number, offset }) => number * 2 ** 40 + offset,
        (objects, hex) => (objects.has(hex) ? Number.MAX_SAFE_INTEGER : null),
      ) ?? Number.MAX_SAFE_INTEGER,
    abbreviated(prefix, limit) {
      if (!/^[0-9a-f]{4,40}$/.test(prefix)) return [];
      refresh(false);
      const found = new Set<string>();
      const low = Buffer.from(prefix.length % 2 === 0 ? prefix : `${prefix}0`, 'hex');
      for (const [file, row] of packs) {
        inPack(file, row, Buffer.alloc(20));
        const { index } = row.pack ?? {};
        if (!index) continue;
        for (let place = index.lowerBound(low); place < index.count && found.size < limit; place += 1) {
          const hex = index.idAt(place).toString('hex');
          if (!hex.startsWith(prefix)) break;
          found.add(hex);
        }
      }
      for (const { loose } of folders)
        for (const hex of loose.abbreviated(prefix, limit)) if (found.size < limit) found.add(hex);
      return [...found];
    },
    write(type, data) {
      const { bytes, oid } = framed(type, data);
      const hex = oid.toString('hex');
      if (!has(hex)) own.write(hex, bytes);
      return hex;
    },
    refresh: () => {
      refresh(true);
    },
    close() {
      for (const { pack } of packs.values()) pack?.close();
      packs.clear();
      shared.bases.clear();
      shared.windows.close();
    },
  };
}

function check(path: string, wanted: Buffer, found: string): void {
  if (wanted.toString('latin1') !== found)
    damaged(path, `The object ${wanted.toString('hex')} is not what its name says.`);
}

function named(oid: Oid): { hex: string; bytes: Buffer } {
  const bytes =
    typeof oid === 'string'
      ? Buffer.from(oid, 'hex')
      : Buffer.from(oid.buffer, oid.byteOffset, oid.byteLength);
  if (bytes.length !== 20) throw new TypeError('an object id has 20 bytes');
  return { hex: typeof oid === 'string' ? oid.toLowerCase() : bytes.toString('hex'), bytes };
}
