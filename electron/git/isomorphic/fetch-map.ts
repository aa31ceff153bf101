import { fail } from '../../../shared/errors';
import { bytesOf } from '../configuration';
import type { RemoteListing, RemoteRef } from './protocol/remote-refs';
import { isRefName } from '../ref-name';
import type { ListedRef } from './refs-files';
import { destinationOf, fullNames, localName, matches, type Refspec, sourceOf } from './refspec';
import type { RepositoryConfig } from './repository-config';

/** A ref of the server that is fetched. */
export interface FetchedRef {
  /** On the server. */
  name: string;
  oid: string;
  /** Ours that follows it; null: only its objects are fetched. */
  to: string | null;
  force: boolean;
}

/** How a remote is set up, git-config(1) `remote.<name>`. */
export interface RemoteSetup {
  name: string;
  refspecs: Refspec[];
  /** `follow`: annotated and plain tags of what is fetched. */
  tags: 'all' | 'none' | 'follow';
  /** Objects the server promised to keep, and the filter they are left out by. */
  promised: { filter: string | null } | null;
}

/** Rejects a remote the configuration says nothing of. */
export function requireRemote(config: RepositoryConfig, name: string): void {
  if (!config.entries.some((one) => one.section === 'remote' && one.subsection === bytesOf(name)))
    fail({ kind: 'invalid-input', field: 'remote', reason: `There is no remote ${name}.` });
}

export function remoteSetup(
  config: RepositoryConfig,
  name: string,
  parse: (text: string) => Refspec | null,
): RemoteSetup {
  const refspecs = config
    .all(['remote', name, 'fetch'])
    .map(
      (text) =>
        parse(text) ??
        fail({ kind: 'git-failed', command: 'fetch', exitCode: null, detail: `invalid refspec '${text}'` }),
    );
  const option = config.get(['remote', name, 'tagopt']);
  const promisor = config.flag(['remote', name, 'promisor']) === true;
  return {
    name,
    refspecs,
    tags: option === '--tags' ? 'all' : option === '--no-tags' ? 'none' : 'follow',
    promised: promisor ? { filter: config.get(['remote', name, 'partialclonefilter']) } : null,
  };
}

/** Whether tags of what is fetched come along: only where something is stored at all. */
export const followsTags = ({ tags, refspecs }: RemoteSetup): boolean =>
  tags === 'follow' && refspecs.some((spec) => !spec.negative && spec.destination !== null);

/** What `git fetch <remote>` takes of a server's refs, and where it goes: builtin/fetch.c `get_ref_map`. Followed tags come later. */
export function mapRefs(setup: RemoteSetup, listing: RemoteListing): FetchedRef[] {
  const { refspecs } = setup;
  const all = new Map<string, RemoteRef>(listing.refs.map((ref) => [ref.name, ref]));
  if (listing.head?.oid) all.set('HEAD', { name: 'HEAD', oid: listing.head.oid, peeled: null, target: null });
  const find = (name: string) => fullNames(name).flatMap((full) => all.get(full) ?? [])[0];
  let mapped: FetchedRef[] = [];
  for (const spec of refspecs)
    if (!spec.negative) mapped.push(...(spec.pattern ? patternRefs(spec, all) : [oneRef(spec, find)]));
  if (setup.tags === 'all')
    for (const { name, oid } of listing.refs)
      if (name.startsWith('refs/tags/')) mapped.push({ name, oid, to: name, force: false });
  const excluded = refspecs.filter((spec) => spec.negative);
  mapped = mapped.filter(({ name }) => !excluded.some((spec) => matches(spec, name)));
  return withoutDuplicates(mapped);
}

function patternRefs(spec: Refspec, all: ReadonlyMap<string, RemoteRef>): FetchedRef[] {
  const found: FetchedRef[] = [];
  for (const { name, oid } of all.values()) {
    if (name === 'HEAD') continue;
    const to = destinationOf(spec, name);
    // git calls another one funny and leaves it out.
    if (to !== null && isRefName(to)) found.push({ name, oid, to, force: spec.force });
  }
  return found;
}

function oneRef(spec: Refspec, find: (name: string) => RemoteRef | undefined): FetchedRef {
  const { source, destination, force } = spec;
  const to = destination === null ? null : localName(destination);
  if (/^[0-9a-f]{40}$/.test(source)) return { name: source, oid: source, to, force };
  const ref =
    find(source) ?? fail({ kind: 'branch-not-found', branch: source.replace(/^refs\/heads\//, '') });
  return { name: ref.name, oid: ref.oid, to, force };
}

function withoutDuplicates(mapped: FetchedRef[]): FetchedRef[] {
  const byPlace = new Map<string, FetchedRef>();
  return mapped.filter((ref) => {
    if (ref.to === null) return true;
    const known = byPlace.get(ref.to);
    if (known && known.name !== ref.name)
      fail({
        kind: 'git-failed',
        command: 'fetch',
        exitCode: null,
        detail: `Cannot fetch both ${known.name} and ${ref.name} to ${ref.to}`,
      });
    byPlace.set(ref.to, ref);
    return known === undefined;
  });
}

/** Tags of the server that are not here and whose object is, or comes with what is fetched: `find_non_local_tags`. */
export function followedTags(
  listing: RemoteListing,
  fetched: readonly FetchedRef[],
  isTagHere: (name: string) => boolean,
  hasObject: (oid: string) => boolean,
): FetchedRef[] {
  const coming = new Set(fetched.map(({ oid }) => oid));
  const known = new Set(fetched.map(({ to }) => to));
  const follows = (oid: string) => coming.has(oid) || hasObject(oid);
  return listing.refs
    .filter(
      ({ name, oid, peeled }) =>
        name.startsWith('refs/tags/') &&
        !known.has(name) &&
        !isTagHere(name) &&
        (follows(oid) || (peeled !== null && follows(peeled))),
    )
    .map(({ name, oid }) => ({ name, oid, to: name, force: false }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Refs of ours that follow something the server does not have any more: `get_stale_heads`. */
export function staleRefs(
  setup: RemoteSetup,
  mapped: readonly FetchedRef[],
  local: readonly ListedRef[],
): ListedRef[] {
  const there = new Set(mapped.map(({ name }) => name));
  return local.filter(({ name, symbolic }) => {
    if (symbolic !== null) return false;
    const sources = setup.refspecs.flatMap((spec) => sourceOf(spec, name) ?? []);
    return sources.length > 0 && !sources.some((source) => there.has(source));
  });
}
