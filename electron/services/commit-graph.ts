import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../credentials/clock';
import type { Engines } from '../git/choose';
import type { TrustOf } from '../git/trust';
import type { EventSource } from '../platform';
import type { Storage } from '../storage/storage';

export interface CommitGraphParts {
  storage: Pick<Storage, 'repositories' | 'preferences'>;
  engines: Pick<Engines, 'forWriting'>;
  trust: TrustOf;
  events: EventSource;
  clock: Clock;
  log: (line: string) => void;
}

export interface CommitGraphs {
  /** Ends what is under way; git takes its lock and its temporary files back. */
  close(): Promise<void>;
}

/** Below so many packed objects git walks the history as fast without. */
const worthwhile = 50_000;
/** After a repository was opened or fetched: the page comes first. */
const patience = 5_000;
const hour = 3_600_000;

/**
 * How many objects the packs hold, as their index files count them
 * (gitformat-pack(5), the last entry of the fan-out), and when the newest pack
 * came, epoch milliseconds.
 */
async function packsIn(folder: string): Promise<{ objects: number; newest: number }> {
  const found = { objects: 0, newest: 0 };
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.idx')) continue;
    const file = await open(path.join(folder, name)).catch(() => null);
    if (file === null) continue;
    try {
      const count = Buffer.alloc(4);
      const { bytesRead } = await file.read(count, 0, 4, 8 + 255 * 4);
      if (bytesRead === 4) found.objects += count.readUInt32BE(0);
      found.newest = Math.max(found.newest, (await file.stat()).mtimeMs);
    } finally {
      await file.close();
    }
  }
  return found;
}

/** When the newest graph file was written, epoch milliseconds; null: there is none. */
async function writtenAt(objects: string): Promise<number | null> {
  const files = ['info/commit-graph', 'info/commit-graphs/commit-graph-chain'];
  const found = await Promise.all(files.map((name) => stat(path.join(objects, name)).catch(() => null)));
  const times = found.flatMap((file) => (file ? [file.mtimeMs] : []));
  return times.length === 0 ? null : Math.max(...times);
}

/**
 * Writes git's commit-graph file of a large repository a little after it was
 * opened or changed: where there is none, or a pack came since it was
 * written. One repository at a time, nobody waits for it, and a failure is only
 * logged. Not in repositories whose own words nobody trusts, nor where the
 * preferences say no, nor with an engine that writes none.
 */
export function startCommitGraphs(parts: CommitGraphParts): CommitGraphs {
  const { storage, engines, clock } = parts;
  const closing = new AbortController();
  const tried = new Map<string, number>();
  let work: Promise<void> = Promise.resolve();
  const waiting = new Map<string, () => void>();

  const write = async (repositoryId: string): Promise<void> => {
    const stored = storage.repositories.find(repositoryId);
    const last = tried.get(repositoryId);
    if (!stored || closing.signal.aborted || !storage.preferences.get().writeCommitGraph) return;
    if (last !== undefined && Math.abs(clock.now() - last) < hour) return;
    const objects = path.join(stored.path, '.git/objects');
    const packs = await packsIn(path.join(objects, 'pack'));
    const written = await writtenAt(objects);
    if (packs.objects < worthwhile || (written !== null && packs.newest <= written)) return;
    const engine = await engines.forWriting(stored.path);
    if (!engine.writeCommitGraph || (await parts.trust(stored.path)).state === 'untrusted') return;
    tried.set(repositoryId, clock.now());
    await engine.writeCommitGraph(stored.path, { signal: closing.signal });
  };

  const consider = (repositoryId: string) => {
    waiting.get(repositoryId)?.();
    waiting.set(
      repositoryId,
      clock.after(patience, () => {
        waiting.delete(repositoryId);
        work = work
          .then(() => write(repositoryId))
          .catch((error: unknown) => {
            if (!closing.signal.aborted) parts.log(`commit-graph: ${String(error)}`);
          });
      }),
    );
  };
  const stopListening = parts.events.listen((event) => {
    if (event.type === 'repository.changed') consider(event.repositoryId);
    if (event.type !== 'repositories.changed') return;
    const [opened] = storage.repositories.list().sort((a, b) => b.lastOpened - a.lastOpened);
    if (opened) consider(opened.id);
  });

  return {
    async close() {
      stopListening();
      closing.abort();
      for (const cancel of waiting.values()) cancel();
      await work;
    },
  };
}
