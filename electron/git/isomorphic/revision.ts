import { fail } from '../../../shared/errors';
import { parseCommit } from './commit-object';
import type { ObjectStore } from './objects/store';
import { readReflog } from './reflog';
import type { RefFiles } from './refs-files';

interface Names {
  refs: RefFiles;
  store: ObjectStore;
}

/** The order git looks a short name up in, gitrevisions(7). */
const places = ['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/'];

/** The full name of the ref a short one means; null: there is none. */
export function refNamed(refs: RefFiles, name: string): string | null {
  for (const place of places) {
    const full = `${place}${name}`;
    if (place === '' && !/^(?:[A-Z_]+|refs\/.+)$/.test(full)) continue;
    if (exists(refs, full)) return full;
  }
  const head = `refs/remotes/${name}/HEAD`;
  return exists(refs, head) ? head : null;
}

function exists(refs: RefFiles, name: string): boolean {
  return refs.read(name) !== null && refs.resolve(name).oid !== null;
}

/** The id a name of git's stands for, whatever the object is; null: none. */
export function objectNamed({ refs, store }: Names, name: string): string | null {
  const suffix = /(?:\^\{\w*\}|\^\d*|~\d*)$/.exec(name)?.[0];
  if (suffix !== undefined) {
    const base = objectNamed({ refs, store }, name.slice(0, -suffix.length));
    return base === null ? null : behind(store, base, suffix);
  }
  const logged = /^(.*)@\{(\d+)\}$/.exec(name);
  if (logged) {
    const ref = refNamed(refs, logged[1] || 'HEAD');
    const entries = ref === null ? [] : readReflog(refs.gitdir, ref);
    return entries.at(-1 - Number(logged[2]))?.to ?? null;
  }
  if (name === '@') return refs.resolve('HEAD').oid;
  if (/^[0-9a-f]{40}$/i.test(name)) return store.has(name.toLowerCase()) ? name.toLowerCase() : null;
  const ref = refNamed(refs, name);
  if (ref !== null) return refs.resolve(ref).oid;
  if (!/^[0-9a-f]{4,39}$/i.test(name)) return null;
  const found = store.abbreviated(name.toLowerCase(), 20);
  if (found.length === 1) return found[0] ?? null;
  const commits = found.filter((oid) => store.header(oid)?.type === 'commit');
  return commits.length === 1 ? (commits[0] ?? null) : null;
}

function behind(store: ObjectStore, oid: string, suffix: string): string | null {
  if (suffix.startsWith('^{')) {
    const type = suffix.slice(2, -1);
    if (type === '') return peeled(store, oid).oid;
    if (type === 'commit') return commitBehind(store, oid);
    if (type === 'tree') {
      const commit = commitBehind(store, oid);
      return commit === null ? null : (parseCommit(store.read(commit).data)?.tree ?? null);
    }
    return store.header(oid)?.type === type ? oid : null;
  }
  const count = suffix.length > 1 ? Number(suffix.slice(1)) : 1;
  let at = commitBehind(store, oid);
  const parentsOf = (commit: string) => parseCommit(store.read(commit).data)?.parents ?? [];
  if (suffix.startsWith('^')) return at === null || count === 0 ? at : (parentsOf(at)[count - 1] ?? null);
  for (let steps = 0; steps < count && at !== null; steps += 1) at = parentsOf(at)[0] ?? null;
  return at;
}

/** What a tag, or a tag of tags, is about in the end. */
export function peeled(store: ObjectStore, oid: string): { oid: string; type: string } {
  let at = oid;
  for (let tags = 0; tags < 100; tags += 1) {
    const object = store.header(at);
    if (object?.type !== 'tag') return { oid: at, type: object?.type ?? 'missing' };
    at = /^object ([0-9a-f]{40})\n/.exec(store.read(at).data.toString('latin1', 0, 100))?.[1] ?? '';
  }
  return { oid: at, type: 'missing' };
}

/** Null: it is about no commit. */
export function commitBehind(store: ObjectStore, oid: string): string | null {
  const { oid: found, type } = peeled(store, oid);
  return type === 'commit' ? found : null;
}

/** The commit a name stands for. Rejects `revision-not-found`. */
export function commitNamed(names: Names, name: string): string {
  const oid = name.startsWith('-') || name === '' ? null : objectNamed(names, name);
  const commit = oid === null ? null : commitBehind(names.store, oid);
  return commit ?? fail({ kind: 'revision-not-found', name });
}

/** A commit's id as git shortens it: seven digits, or as many as make it the only one. */
export function shortId(store: ObjectStore, oid: string): string {
  for (let digits = 7; digits < 40; digits += 1)
    if (store.abbreviated(oid.slice(0, digits), 2).length <= 1) return oid.slice(0, digits);
  return oid;
}
