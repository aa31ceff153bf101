import type { AppError } from '../../shared/errors';
import type { Clock } from '../credentials/clock';
import type { EventSource } from '../platform';
import type { Storage } from '../storage/storage';
import type { RemoteWork } from './remote-work';

export interface BackgroundFetchParts {
  storage: Pick<Storage, 'repositories' | 'preferences'>;
  work: Pick<RemoteWork, 'fetch'>;
  events: EventSource;
  clock: Clock;
  /** Whether a repository's folder is there now. */
  isPresent: (path: string) => Promise<boolean>;
  log: (line: string) => void;
}

export interface BackgroundFetch {
  /** When a repository's turn comes, epoch milliseconds; null: never, as it is set. */
  next(repositoryId: string): number | null;
  /** Ends what is under way and fetches nothing any more. */
  close(): Promise<void>;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** After the start, or after a repository was opened: the page comes first. */
const first = { least: minute, more: minute };
/** A sleeping machine stops timers, so the wall clock is looked at often and cheaply. */
const look = minute;
/** Repositories nobody opened in this time are left alone. */
const remembered = 30 * day;
const longest = 4 * 60 * minute;

/**
 * Fetches every remote of the repositories that are in use, one repository
 * after the other, as often as the preferences say. It never asks anything; a
 * repository whose servers cannot be reached or refuse is asked half as often
 * after each failure, and not before a server's own limit ends. It runs from its
 * creation on.
 */
export function startBackgroundFetch(parts: BackgroundFetchParts): BackgroundFetch {
  const { storage, work, clock } = parts;
  const closing = new AbortController();
  const due = new Map<string, { at: number; failures: number }>();
  let running: Promise<void> | null = null;
  let cancel = () => undefined as void;

  const interval = (): number | null => {
    const minutes = storage.preferences.get().backgroundFetchMinutes;
    return minutes === 0 ? null : minutes * minute;
  };

  const inUse = () => {
    const now = clock.now();
    return storage.repositories
      .list()
      .filter((repository) => now - repository.lastOpened < remembered)
      .sort((a, b) => b.lastOpened - a.lastOpened);
  };

  const turn = (repositoryId: string): { at: number; failures: number } => {
    const known = due.get(repositoryId);
    // Far in the future: the clock was wrong when it was written down.
    if (known && known.at - clock.now() <= longest) return known;
    const fresh = { at: clock.now() + first.least + clock.random() * first.more, failures: 0 };
    due.set(repositoryId, fresh);
    return fresh;
  };

  const after = (repositoryId: string, every: number, errors: readonly AppError[]) => {
    const failures = errors.length === 0 ? 0 : turn(repositoryId).failures + 1;
    const limits = errors.flatMap((error) => (error.kind === 'rate-limited' ? [error.retryAt] : []));
    const wait = Math.min(longest, every * 2 ** failures);
    due.set(repositoryId, { failures, at: Math.max(clock.now() + wait, ...limits) });
  };

  const round = async (): Promise<void> => {
    const known = inUse();
    for (const id of due.keys()) if (!known.some((repository) => repository.id === id)) due.delete(id);
    for (const { id, path } of known) {
      const every = interval();
      if (closing.signal.aborted || every === null) return;
      if (turn(id).at > clock.now() || !(await parts.isPresent(path))) continue;
      try {
        const { failures } = await work.fetch(
          {
            repositoryId: id,
            remote: null,
            prune: storage.preferences.get().fetchPrune,
            background: true,
          },
          { signal: closing.signal },
        );
        after(
          id,
          every,
          failures.map(({ error }) => error),
        );
      } catch (error) {
        // Busy, or ended by what the user started: its turn comes again.
        after(id, every, []);
        if (!closing.signal.aborted) parts.log(`background fetch: ${String(error)}`);
      }
    }
  };

  const schedule = () => {
    cancel();
    if (closing.signal.aborted) return;
    cancel = clock.after(look, () => {
      running ??= round()
        .catch((error: unknown) => parts.log(`background fetch: ${String(error)}`))
        .finally(() => {
          running = null;
          schedule();
        });
    });
  };
  const stopListening = parts.events.listen((event) => {
    // Another interval counts from now on.
    if (event.type === 'preferences.changed' && interval() !== null)
      for (const [id, { failures }] of due)
        due.set(id, { failures, at: Math.min(turn(id).at, clock.now() + (interval() ?? 0)) });
  });
  for (const { id } of inUse()) turn(id);
  schedule();

  return {
    next: (repositoryId) =>
      interval() === null || !inUse().some(({ id }) => id === repositoryId) ? null : turn(repositoryId).at,
    async close() {
      stopListening();
      closing.abort();
      cancel();
      await running;
    },
  };
}
