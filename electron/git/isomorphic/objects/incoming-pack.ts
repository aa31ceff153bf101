import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { fail } from '../../../../shared/errors';
import { createBaseCache } from './base-cache';
import { checkLinks, type Missing } from './check-links';
import { completeThinPack } from './complete-thin-pack';
import { headroom } from './hash';
import { createInflater } from './inflate';
import { addLinks, LinkSet, type Links } from './link-set';
import { createTable } from './object-table';
import { openPack, type Pack } from './pack';
import { createPackStream } from './pack-stream';
import { claimer, type NamedDeltas, resolveDeltas, type ResolveInput } from './resolve-deltas';
import type { ObjectStore } from './store';
import { createWindows } from './windows';
import { sortedById, writePackIndex } from './write-index';

/** Runs `resolveDeltas` in a thread of its own. Null: for so few deltas it is not worth one. */
export type ResolveBeside = (input: ResolveInput, deltas: number) => Promise<Links> | null;

export interface IncomingPackOptions {
  /** Where `objects` is. */
  gitdir: string;
  /** Of the server, for failures. */
  host: string;
  /** What is here already; null: nothing. */
  store: ObjectStore | null;
  /** Null: all in this thread. */
  beside: ResolveBeside | null;
  /** What `removeIncomingPack` knows it by, letters and digits; absent: something new. */
  id?: string;
  /** Parts of what there is to do, 0 to 1. */
  progress?: (phase: 'receiving' | 'resolving', part: number) => void;
}

/** What must be true of a pack before it becomes part of the repository. */
export interface Expected extends Missing {
  /** What was asked for. */
  tips: readonly string[];
  /** The pack's own checksum, hexadecimal, as it was computed while it arrived. */
  checksum: string;
}

/**
 * A pack on its way into the repository. It goes to the disk, and is read
 * through, while it arrives; nothing of it can be seen by anybody before
 * `finish` has proved it whole. Ends with `finish` or `abandon`.
 */
export interface IncomingPack {
  write(bytes: Buffer): void;
  /** Indexes it, checks it, and makes it part of the repository. Leaves nothing where it rejects. */
  finish(expected: Expected): Promise<{ objects: number }>;
  abandon(): void;
}

// A name that git removes itself once it is old (prune.c), outside what is searched for packs.
const folderOf = (gitdir: string, id: string) => path.join(gitdir, `objects/tmp_objdir-incoming-${id}`);

/** Removes what a pack leaves whose thread was ended. */
export function removeIncomingPack(gitdir: string, id: string): void {
  rmSync(folderOf(gitdir, id), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

export function openIncomingPack(options: IncomingPackOptions): IncomingPack {
  const { gitdir, host, store, progress } = options;
  const objects = path.join(gitdir, 'objects');
  const folder = folderOf(gitdir, options.id ?? randomBytes(6).toString('hex'));
  const packFile = path.join(folder, 'incoming.pack');
  const indexFile = path.join(folder, 'incoming.idx');
  mkdirSync(folder, { recursive: true });
  const handle = openSync(packFile, 'wx+', 0o444);
  let isOpen = true;
  let bytes = 0;

  const wrong = (detail: string) => fail({ kind: 'unexpected-answer', host, detail });
  const { table, add, columns } = createTable(() => stream.announced());
  const links = new LinkSet();
  const named: { object: number; base: Buffer }[] = [];
  const stream = createPackStream(table, add, createInflater(), {
    whole(kind, buffer, start, end) {
      const problem = addLinks(links, kind, buffer, start, end);
      if (problem !== null) wrong(problem);
    },
    named: (object, base) => named.push({ object, base: Buffer.from(base) }),
    wrong,
  });

  function close(): void {
    if (isOpen) closeSync(handle);
    isOpen = false;
  }
  function abandon(): void {
    close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function resolve(roots: Int32Array, deltas: NamedDeltas, total: number): Promise<Links[]> {
    const shared = new SharedArrayBuffer(roots.length * 4);
    new Int32Array(shared).set(roots);
    const input: ResolveInput = {
      file: packFile,
      host,
      columns: columns(),
      named: deltas,
      roots: shared,
      counter: new SharedArrayBuffer(8),
    };
    const beside = options.beside?.(input, total);
    // Should this thread fail first, the other's failure is nobody's business any more.
    beside?.catch(() => undefined);
    const own = resolveDeltas(input, (known) => progress?.('resolving', known / Math.max(1, total)));
    return beside ? [own, await beside] : [own];
  }

  async function finish(expected: Expected): Promise<{ objects: number }> {
    const trailer = Buffer.from(stream.end());
    if (trailer.toString('hex') !== expected.checksum) wrong('the checksum of the objects is wrong');
    if (table.count === 0) {
      checkLinks(
        { host, table, sorted: sortedById(table), store, readCommit: () => null },
        [],
        expected.tips,
        expected,
      );
      return { objects: 0 };
    }
    const deltas = namedDeltas(named);
    const { first, next, base, kind, ids } = table;
    const claim = claimer(deltas, { first, next, ids });
    let total = 0;
    for (let object = table.count - 1; object >= 0; object -= 1) {
      const from = base[object] as number;
      if (from >= 0) {
        next[object] = first[from] as number;
        first[from] = object;
      }
      if (kind[object] === 0) total += 1;
    }
    const roots: number[] = [];
    for (let object = 0; object < table.count; object += 1) {
      if (kind[object] === 0) continue;
      claim(object);
      if ((first[object] as number) >= 0) roots.push(object);
    }
    const sets = [links.links(), ...(await resolve(Int32Array.from(roots), deltas, total))];
    const made = store ? completeThinPack({ store, handle, end: bytes - 20, table, add, deltas }) : null;
    if (made) sets.push(...(await resolve(made.roots, deltas, 0)));
    for (let object = 0; object < table.count; object += 1)
      if (table.kind[object] === 0)
        fail({ kind: 'transfer-incomplete', host, detail: 'objects of the pack cannot be resolved' });

    const sorted = sortedById(table);
    for (let at = 1; at < sorted.order.length; at += 1)
      if (sameId(table.ids, sorted.order[at - 1] as number, sorted.order[at] as number))
        wrong('an object is there twice');
    const checksum = made?.checksum ?? trailer;
    fsyncSync(handle);
    writePackIndex(indexFile, table, sorted.order, checksum);
    const pack = openPack(packFile, 0, {
      windows: createWindows(16 * 1024 ** 2),
      bases: createBaseCache(32 * 1024 ** 2),
      inflater: createInflater(),
    });
    try {
      const readCommit = (oid: string) => contentOf(pack, oid) ?? store?.find(oid)?.data ?? null;
      checkLinks({ host, table, sorted, store, readCommit }, sets, expected.tips, expected);
      if (store) refuseOtherContent(pack, store);
    } finally {
      pack.close();
    }
    close();
    install(checksum.toString('hex'), expected.promised !== 'nothing');
    return { objects: table.count };
  }

  /** An id that is known with other content is an attack on SHA-1: what was here stays, and nothing of the pack is kept. */
  function refuseOtherContent(pack: Pack, known: ObjectStore): void {
    for (let at = 0; at < pack.index.count; at += 1) {
      const oid = Buffer.from(pack.index.idAt(at));
      if (!known.has(oid)) continue;
      const ours = known.read(oid);
      const theirs = pack.read(pack.index.offsetAt(at));
      const content = theirs.buffer.subarray(headroom, headroom + theirs.size);
      if (ours.type !== theirs.type || !ours.data.equals(content))
        wrong('an object has the id of another one that is here');
    }
  }

  function install(checksum: string, promisor: boolean): void {
    const target = path.join(objects, 'pack');
    mkdirSync(target, { recursive: true });
    const final = path.join(target, `pack-${checksum}`);
    renameSync(packFile, `${final}.pack`);
    // Named before the index makes the pack a part of the repository: git(1), `extensions.partialClone`.
    if (promisor) writeFileSync(`${final}.promisor`, '');
    renameSync(indexFile, `${final}.idx`);
    store?.refresh();
    rmSync(folder, { recursive: true, force: true });
  }

  return {
    write(data) {
      for (let at = 0; at < data.length; ) at += writeSync(handle, data, at, data.length - at, bytes + at);
      bytes += data.length;
      stream.push(data);
      progress?.('receiving', table.count / Math.max(1, stream.announced()));
    },
    async finish(expected) {
      try {
        return await finish(expected);
      } finally {
        abandon();
      }
    },
    abandon,
  };
}

function contentOf(pack: Pack, oid: string): Buffer | null {
  const offset = pack.index.find(Buffer.from(oid, 'hex'));
  if (offset === -1) return null;
  const { buffer, size } = pack.read(offset);
  return buffer.subarray(headroom, headroom + size);
}

function sameId(ids: Uint8Array, one: number, other: number): boolean {
  for (let i = 0; i < 20; i += 1) if (ids[one * 20 + i] !== ids[other * 20 + i]) return false;
  return true;
}

function namedDeltas(found: { object: number; base: Buffer }[]): NamedDeltas {
  found.sort((a, b) => a.base.compare(b.base));
  const made: NamedDeltas = {
    count: found.length,
    ids: new SharedArrayBuffer(found.length * 20),
    objects: new SharedArrayBuffer(found.length * 4),
    claimed: new SharedArrayBuffer(found.length * 4),
  };
  const ids = new Uint8Array(made.ids);
  const objects = new Int32Array(made.objects);
  for (const [at, { object, base }] of found.entries()) {
    ids.set(base, at * 20);
    objects[at] = object;
  }
  return made;
}
