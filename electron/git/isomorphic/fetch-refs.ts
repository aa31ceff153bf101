import type { RefUpdate } from '../../../shared/contract/remotes';
import { AppFailure, fail } from '../../../shared/errors';
import type { History } from './commit-links';
import type { FetchedRef } from './fetch-map';
import type { ListedRef, RefFiles } from './refs-files';
import { packNewRefs } from './refs-packing';
import { changeRefs, type RefLogging } from './refs-transaction';

/** A change of one of our refs that a fetch makes. */
interface Update {
  name: string;
  from: string | null;
  to: string;
  forced: boolean;
  /** Of the reflog, behind `fetch <remote>: `. */
  action: string;
}

/** A change that was made, by the full name of the ref. */
export interface Made {
  ref: string;
  from: string | null;
  to: string | null;
  forced: boolean;
}

/** What is to be shown of changes, in the order of their names. */
export function refUpdates(made: readonly Made[]): RefUpdate[] {
  return [...made]
    .sort((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0))
    .map(({ ref, from, to, forced }) => ({
      name: ref.replace(/^refs\/(?:tags|heads|remotes)\//, ''),
      kind: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
      from,
      to,
      forced,
    }));
}

/** Null: nothing changes, or git would keep what is here. builtin/fetch.c, `update_local_ref`. */
function updateOf(ref: FetchedRef & { to: string }, old: string | null, history: History): Update | null {
  const { name, oid, to, force } = ref;
  if (old === oid) return null;
  const change = (action: string, forced = false): Update => ({
    name: to,
    from: old,
    to: oid,
    forced,
    action,
  });
  if (old !== null && to.startsWith('refs/tags/')) return force ? change('updating tag', true) : null;
  const before = old === null ? null : history.commitOf(old);
  const after = before === null ? null : history.commitOf(oid);
  if (before === null || after === null) {
    const kind = name.startsWith('refs/tags/') ? 'tag' : name.startsWith('refs/heads/') ? 'head' : 'ref';
    return change(`storing ${kind}`);
  }
  if (history.isAncestor(before, after)) return change('fast-forward');
  return force ? change('forced-update', true) : null;
}

/** Removes refs that are gone on the server. */
export function pruneRefs(refs: RefFiles, stale: readonly ListedRef[], logging: RefLogging): Made[] {
  const changes = stale.map(({ name, oid }) => ({ name, to: null, from: oid, itself: true as const }));
  inPortions(changes, (some) => changeRefs(refs, some, logging));
  return stale.map(({ name, oid }) => ({ ref: name, from: oid, to: null, forced: false }));
}

/** Moves our refs to what was fetched; a tag or branch that may not be moved stays. */
export function updateRefs(
  refs: RefFiles,
  fetched: readonly FetchedRef[],
  history: History,
  logging: (action: string) => RefLogging,
): Made[] {
  const byAction = new Map<string, Update[]>();
  const failed: unknown[] = [];
  for (const ref of fetched) {
    const update = wanted(refs, ref, history, failed);
    if (update === null) continue;
    const rows = byAction.get(update.action) ?? [];
    byAction.set(update.action, rows);
    rows.push(update);
  }
  const made: Made[] = [];
  for (const [action, updates] of byAction)
    for (const { name, from, to, forced } of applied(refs, updates, history, logging(action), failed))
      made.push({ ref: name, from, to, forced });
  const [first] = failed;
  if (isInTheWay(first)) inTheWay(first);
  if (first !== undefined) throw first;
  return made;
}

function wanted(refs: RefFiles, ref: FetchedRef, history: History, failed: unknown[]): Update | null {
  const { to } = ref;
  try {
    // `origin/HEAD`: the server's branch of that name would move the one it leads to.
    if (to === null || refs.read(to)?.kind === 'symbolic') return null;
    return updateOf({ ...ref, to }, refs.resolve(to).oid, history);
  } catch (error) {
    if (!isOfOneName(error)) throw error;
    failed.push(error);
    return null;
  }
}

/** Those that were made: a name that cannot be here (in the way of another, or too long) keeps no other away. */
function applied(
  refs: RefFiles,
  updates: readonly Update[],
  history: History,
  logging: RefLogging,
  failed: unknown[],
): readonly Update[] {
  // Of a portion that was made before the one that failed.
  const left = updates.filter(({ name, to }) => refs.resolve(name).oid !== to);
  try {
    apply(refs, left, history, logging);
    return updates;
  } catch (error) {
    if (!isOfOneName(error)) throw error;
    if (updates.length === 1) {
      failed.push(error);
      return [];
    }
    const middle = updates.length >> 1;
    return [updates.slice(0, middle), updates.slice(middle)].flatMap((half) =>
      applied(refs, half, history, logging, failed),
    );
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code;

/** Of a branch there is a file where another wants a folder, or the other way round. */
function isInTheWay(error: unknown): boolean {
  if (error instanceof AppFailure) return error.error.kind === 'already-exists';
  return ['ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '');
}

function isOfOneName(error: unknown): boolean {
  return isInTheWay(error) || codeOf(error) === 'ENAMETOOLONG';
}

/** Each holds a lock file open while it is changed. */
const mostAtOnce = 500;
/** Of new ones, above which they are packed. */
const mostLoose = 100;

function apply(refs: RefFiles, updates: readonly Update[], history: History, logging: RefLogging): void {
  const created = updates.filter(({ from }) => from === null);
  const packs = created.length > mostLoose;
  if (packs) {
    const peeledOf = (oid: string) => {
      const found = history.peeled(oid);
      return found === oid ? null : found;
    };
    packNewRefs(
      refs,
      created.map(({ name, to }) => ({ name, to, peeled: peeledOf(to) })),
      logging,
    );
  }
  inPortions(packs ? updates.filter(({ from }) => from !== null) : updates, (some) =>
    changeRefs(
      refs,
      some.map(({ name, from, to }) => ({ name, from, to })),
      logging,
    ),
  );
}

function inPortions<Row>(rows: readonly Row[], work: (some: Row[]) => void): void {
  for (let at = 0; at < rows.length; at += mostAtOnce) work(rows.slice(at, at + mostAtOnce));
}

function inTheWay(cause: unknown): never {
  return fail(
    {
      kind: 'git-failed',
      command: 'fetch',
      exitCode: null,
      detail:
        'A new branch of the server has the name of one that is gone there, or lies below another. Fetch again, and forget the branches that are gone.',
    },
    cause,
  );
}

/** git refuses to move the branch under a working tree: `check_not_current_branch`. */
export function requireNotCurrent(refs: RefFiles, bare: boolean, fetched: readonly FetchedRef[]): void {
  const head = refs.read('HEAD');
  if (bare || head?.kind !== 'symbolic') return;
  if (fetched.some(({ to }) => to === head.target))
    fail({
      kind: 'git-failed',
      command: 'fetch',
      exitCode: null,
      detail: `The branch ${head.target.replace('refs/heads/', '')} is checked out; it is not overwritten by a fetch.`,
    });
}
