import { fail } from '../../../shared/errors';
import type { Stash } from '../operations/working-tree';
import { onDisk } from './disk-path';
import { takeLock } from './lock';
import { noOid, readReflog, type ReflogEntry, reflogLine } from './reflog';
import { changeRefs } from './refs-transaction';
import type { WorkJobs } from './work-messages';
import { inRepository, type Workplace } from './workplace';

const ref = 'refs/stash';

/** The last one made comes first: they are the reflog of one ref, git-stash(1). */
export function stashes({ directory }: WorkJobs['stashes']['in']): Promise<Stash[]> {
  return inRepository(directory, stashesOf);
}

export function stashesOf({ gitdir, refs }: Workplace): Stash[] {
  if (refs.read(ref) === null) return [];
  return readReflog(gitdir, ref)
    .reverse()
    .map(({ to, by, message }, index) => ({
      index,
      oid: to,
      message,
      at: Number(/ (\d+) [+-]\d+$/.exec(by)?.[1] ?? 0) * 1000,
    }));
}

/** Rejects `revision-not-found`. */
export function stashAt(place: Workplace, index: number): string {
  return stashesOf(place)[index]?.oid ?? fail({ kind: 'revision-not-found', name: `stash@{${index}}` });
}

export function addStash(place: Workplace, oid: string, message: string): void {
  changeRefs(place.refs, [{ name: ref, to: oid }], { ...place.logging(message), log: 'always' });
}

export function stashDrop({ directory, index, oid }: WorkJobs['stashDrop']['in']): Promise<void> {
  return inRepository(directory, (place) => dropStash(place, index, oid));
}

/** Takes one line out of the reflog, as git-reflog(1) `delete --updateref --rewrite`. */
export function dropStash(place: Workplace, index: number, oid: string): void {
  const { gitdir, refs } = place;
  const lock = takeLock(onDisk(gitdir, ref), { wait: 100 });
  let isLast: boolean;
  try {
    const entries = readReflog(gitdir, ref);
    const at = entries.length - 1 - index;
    if (entries[at]?.to !== oid) fail({ kind: 'revision-not-found', name: `stash@{${index}}` });
    const left = entries.filter((_, one) => one !== at);
    isLast = left.length === 0;
    if (!isLast) {
      let before = noOid;
      const chained = left.map((entry): ReflogEntry => {
        const next = { ...entry, from: before };
        before = entry.to;
        return next;
      });
      writeLog(gitdir, chained);
      if (index === 0) {
        lock.write(`${before}\n`);
        lock.commit();
      }
    }
  } finally {
    lock.rollback();
  }
  if (isLast) changeRefs(refs, [{ name: ref, to: null, from: oid, itself: true }], place.logging(''));
}

function writeLog(gitdir: string, entries: readonly ReflogEntry[]): void {
  const log = takeLock(onDisk(gitdir, `logs/${ref}`));
  try {
    for (const entry of entries) log.write(reflogLine(entry));
    log.commit();
  } finally {
    log.rollback();
  }
}
