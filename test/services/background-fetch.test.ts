import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../electron/services/application';
import { type BackgroundFetch, startBackgroundFetch } from '../../electron/services/background-fetch';
import type { RemoteWork } from '../../electron/services/remote-work';
import type { Storage, StoredRepository } from '../../electron/storage/storage';
import { type AppError, AppFailure } from '../../shared/errors';
import { preferencesSchema } from '../../shared/contract/preferences';
import { type HandClock, handClock } from '../fakes/clock';

const minute = 60_000;
const start = Date.UTC(2026, 10, 21, 9);

type Fetch = Parameters<RemoteWork['fetch']>[0];

interface Scene {
  clock: HandClock;
  background: BackgroundFetch;
  asked: Fetch[];
  /** What the servers of a repository say from now on. */
  answer: Map<string, AppError | Error>;
  prefer: (change: { backgroundFetchMinutes?: number; fetchPrune?: boolean }) => void;
  repositories: StoredRepository[];
  absent: Set<string>;
}

function repository(id: string, lastOpened = start): StoredRepository {
  return { id, name: id, path: `/repositories/${id}`, accountId: null, lastOpened, hostedKey: null };
}

async function scene(ids: string[], work: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = handClock(start);
  const events = createEventBus();
  let preferences = preferencesSchema.parse({});
  const made: Omit<Scene, 'background'> = {
    clock,
    asked: [],
    answer: new Map(),
    repositories: ids.map((id) => repository(id)),
    absent: new Set(),
    prefer(change) {
      preferences = { ...preferences, ...change };
      events.emit({ type: 'preferences.changed' });
    },
  };
  const storage = {
    repositories: { list: () => made.repositories },
    preferences: { get: () => preferences },
  } as unknown as Storage;
  const background = startBackgroundFetch({
    storage,
    events,
    clock,
    isPresent: (path) => Promise.resolve(!made.absent.has(path)),
    log: () => undefined,
    work: {
      fetch(request) {
        made.asked.push(request);
        const said = made.answer.get(request.repositoryId);
        if (said instanceof Error) return Promise.reject(said);
        return Promise.resolve({
          updated: [],
          failures: said ? [{ remote: 'origin', error: said }] : [],
        });
      },
    },
  });
  try {
    await work({ ...made, background });
  } finally {
    await background.close();
  }
}

const unreachable: AppError = { kind: 'host-unreachable', host: 'git.example.com', cause: 'timeout' };

describe('fetching in the background', () => {
  it('begins a little after the start, then comes round as often as is set, and never asks', () =>
    scene(['one', 'two'], async ({ clock, asked }) => {
      expect(asked).toEqual([]);
      await clock.pass(2 * minute);
      expect(asked.map(({ repositoryId }) => repositoryId)).toEqual(['one', 'two']);
      expect(asked[0]).toEqual({ repositoryId: 'one', remote: null, prune: false, background: true });
      await clock.pass(10 * minute);
      expect(asked).toHaveLength(2);
      await clock.pass(6 * minute);
      expect(asked).toHaveLength(4);
    }));

  it('waits twice as long after each failure, at most four hours, and as before after a success', () =>
    scene(['one'], async ({ clock, asked, answer }) => {
      answer.set('one', unreachable);
      await clock.pass(2 * minute);
      await clock.pass(28 * minute);
      expect(asked).toHaveLength(1);
      await clock.pass(4 * minute);
      expect(asked).toHaveLength(2);
      await clock.pass(56 * minute);
      expect(asked).toHaveLength(2);
      await clock.pass(6 * minute);
      expect(asked).toHaveLength(3);
      for (let day = 0; day < 3; day += 1) await clock.pass(24 * 60 * minute);
      // Two, then four hours apart.
      expect(asked.length).toBeGreaterThanOrEqual(3 + 16);
      expect(asked.length).toBeLessThanOrEqual(3 + 19);
      answer.delete('one');
      await clock.pass(4 * 60 * minute + minute);
      const before = asked.length;
      await clock.pass(60 * minute);
      expect(asked.length - before).toBeGreaterThanOrEqual(3);
    }));

  it('sends nothing before the time a server has set', () =>
    scene(['one'], async ({ clock, asked, answer }) => {
      answer.set('one', { kind: 'rate-limited', host: 'git.example.com', retryAt: start + 180 * minute });
      await clock.pass(179 * minute);
      expect(asked).toHaveLength(1);
      await clock.pass(3 * minute);
      expect(asked).toHaveLength(2);
    }));

  it('goes on with the others where one is busy or its folder is away', () =>
    scene(['busy', 'away', 'fine'], async ({ clock, asked, answer, absent }) => {
      answer.set('busy', new AppFailure({ kind: 'repository-busy', path: '/repositories/busy' }));
      absent.add('/repositories/away');
      await clock.pass(2 * minute);
      expect(asked.map(({ repositoryId }) => repositoryId)).toEqual(['busy', 'fine']);
      absent.clear();
      await clock.pass(2 * minute);
      expect(asked.map(({ repositoryId }) => repositoryId)).toEqual(['busy', 'fine', 'away']);
    }));

  it('leaves alone what nobody opened for a month, and does nothing where it is switched off', () =>
    scene(['one'], async ({ clock, asked, repositories, prefer, background }) => {
      repositories.push(repository('old', start - 31 * 24 * 60 * minute));
      expect(background.next('old')).toBeNull();
      prefer({ backgroundFetchMinutes: 0 });
      expect(background.next('one')).toBeNull();
      await clock.pass(120 * minute);
      expect(asked).toEqual([]);
      prefer({ backgroundFetchMinutes: 5, fetchPrune: true });
      await clock.pass(2 * minute);
      expect(asked).toEqual([{ repositoryId: 'one', remote: null, prune: true, background: true }]);
      expect(background.next('one')).toBeGreaterThan(clock.now());
    }));

  it('counts a shorter interval from when it is set', () =>
    scene(['one'], async ({ clock, asked, prefer }) => {
      prefer({ backgroundFetchMinutes: 240 });
      await clock.pass(2 * minute);
      expect(asked).toHaveLength(1);
      prefer({ backgroundFetchMinutes: 5 });
      await clock.pass(7 * minute);
      expect(asked).toHaveLength(2);
    }));

  it('fetches nothing any more once it is closed', () =>
    scene(['one'], async ({ clock, asked, background }) => {
      await background.close();
      await clock.pass(60 * minute);
      expect(asked).toEqual([]);
    }));
});
