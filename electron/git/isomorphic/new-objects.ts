import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { fail } from '../../../shared/errors';
import { type CommitLinks, createDateQueue, type History } from './commit-links';
import type { ObjectStore, ObjectType } from './objects/store';
import { isSubmodule, isTree, parseTree } from './tree-entry';

/** The commits of a history without that of others, children before their parents. */
export function commitsBeyond(history: History, tip: string, known: readonly string[]): string[] {
  const isKnown = new Map<string, boolean>();
  const queue = createDateQueue();
  const order: string[] = [];
  let open = 0;
  const reach = (oid: string, shared: boolean) => {
    const before = isKnown.get(oid);
    if (before === undefined) {
      const links = history.links(oid);
      if (links === null) return;
      isKnown.set(oid, shared);
      queue.push(oid, links.date);
      if (!shared) open += 1;
    } else if (shared && !before) {
      isKnown.set(oid, true);
      open -= 1;
    }
  };
  for (const oid of known) reach(oid, true);
  reach(tip, false);
  const passed = new Set<string>();
  while (open > 0) {
    const oid = queue.pop();
    if (oid === null) break;
    const shared = isKnown.get(oid) === true;
    if (!shared) {
      // Counted until now: a clock that goes wrong may find it shared later, which only sends too much.
      open -= 1;
      order.push(oid);
    }
    passed.add(oid);
    for (const parent of history.links(oid)?.parents ?? []) if (!passed.has(parent)) reach(parent, shared);
  }
  return order;
}

/** What a server needs for these commits (children first) beyond their parents: commits, folders, contents. `promised`: what is not here is there. */
export function objectsOf(
  store: ObjectStore,
  history: History,
  commits: readonly string[],
  promised: boolean,
): string[] {
  const found = new Set<string>(commits);
  const missing = (oid: string) =>
    fail({ kind: 'repository-damaged', path: '', detail: `The object ${oid} is missing.` });
  const entriesOf = (tree: string) => {
    const object = store.find(tree);
    if (object === null && promised) return [];
    return (object?.type === 'tree' ? parseTree(object.data) : null) ?? missing(tree);
  };
  const collect = (tree: string, known: readonly string[]): void => {
    if (found.has(tree) || known.includes(tree)) return;
    found.add(tree);
    const others = known.map(
      (other) => new Map(entriesOf(other).map(({ name, oid }) => [name.toString('latin1'), oid])),
    );
    for (const { mode, name, oid } of entriesOf(tree)) {
      if (isSubmodule(mode)) continue;
      const same = others.flatMap((other) => other.get(name.toString('latin1')) ?? []);
      if (same.includes(oid)) continue;
      if (isTree(mode)) collect(oid, same);
      else found.add(oid);
    }
  };
  for (const commit of commits.toReversed()) {
    const links: CommitLinks = history.links(commit) ?? missing(commit);
    const known = links.parents.flatMap((parent) => history.links(parent)?.tree ?? []);
    collect(links.tree, known);
  }
  return promised ? [...found].filter((oid) => store.has(oid)) : [...found];
}

const kinds: Record<ObjectType, number> = { commit: 1, tree: 2, blob: 3, tag: 4 };
/** Small objects are handed on together. */
const portion = 65_536;

/** A pack of these objects as it is sent: gitformat-pack(5), without deltas. One object at a time is in memory. */
export async function* packOf(store: ObjectStore, oids: readonly string[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha1');
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(oids.length, 8);
  let parts: Buffer[] = [head];
  let bytes = head.length;
  for (const oid of oids) {
    const { type, data } = store.read(oid);
    parts.push(objectHead(kinds[type], data.length), deflateSync(data));
    bytes += parts.at(-1)?.length ?? 0;
    if (bytes < portion) continue;
    const whole = Buffer.concat(parts);
    hash.update(whole);
    yield whole;
    parts = [];
    bytes = 0;
  }
  const last = Buffer.concat(parts);
  hash.update(last);
  yield Buffer.concat([last, hash.digest()]);
}

function objectHead(kind: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((kind << 4) | (size % 16) | (rest > 0 ? 0x80 : 0));
  while (rest > 0) {
    const more = Math.floor(rest / 128);
    bytes.push((rest % 128) | (more > 0 ? 0x80 : 0));
    rest = more;
  }
  return Buffer.from(bytes);
}
