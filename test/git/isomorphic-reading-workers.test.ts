import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReadingWorkers } from '../../electron/git/isomorphic/reading-workers';
import { AppFailure } from '../../shared/errors';
import { temporaryDirectory } from '../fakes/repositories';

/** Stands for the engine's worker: its answers name the thread, and what it is to do stands in the place of a folder. */
const stand = `
import { parentPort, threadId } from 'node:worker_threads';
parentPort.on('message', ({ job }) => {
  const [what, count] = job.input.directory.split(' ');
  if (what === 'compute') for (;;);
  if (what === 'crash') throw new Error('no');
  if (what === 'exit') process.exit(1);
  if (what === 'refuse') return parentPort.postMessage({ type: 'failed', error: { kind: 'not-a-repository', path: 'x' } });
  for (let part = 0; part < Number(count ?? 0); part += 1) parentPort.postMessage({ type: 'part', part });
  parentPort.postMessage({ type: 'done', output: threadId });
});`;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let file: string;

beforeAll(async () => {
  place = await temporaryDirectory();
  file = path.join(place.path, 'stand.mjs');
  writeFileSync(file, stand);
});
afterAll(() => place.remove());

const start = (idle?: number) => {
  const workers = createReadingWorkers(file, idle);
  return {
    /** Resolves with the thread's number. */
    run: async (directory: string, options?: Parameters<typeof workers.run>[2]): Promise<unknown> =>
      workers.run('overview', { directory }, options),
  };
};
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it succeeded',
    (error: unknown) => (error instanceof AppFailure ? error.error.kind : error),
  );

describe('threads kept for reading', () => {
  it('does one job after another in the same thread, and two at a time in two', async () => {
    const { run } = start();
    const first = await run('answer');
    expect(await run('answer')).toBe(first);
    const threads = await Promise.all(Array.from({ length: 8 }, () => run('answer')));
    expect(new Set(threads).size).toBeLessThanOrEqual(2);
  });

  it('ends a job that computes without a pause, and goes on in another thread', async () => {
    const { run } = start();
    const first = await run('answer');
    const stopping = [new AbortController(), new AbortController(), new AbortController()];
    const jobs = stopping.map(({ signal }) => kindOf(run('compute', { signal })));
    // Both threads compute, and the third job waits: it is the first that is taken back.
    stopping[2]?.abort();
    expect(await jobs[2]).toBe('cancelled');
    stopping[0]?.abort();
    stopping[1]?.abort();
    expect(await Promise.all(jobs)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await run('answer')).not.toBe(first);
    expect(await kindOf(run('answer', { signal: AbortSignal.abort() }))).toBe('cancelled');
  });

  it('tells parts in order before the answer, and ends the job when nobody can take them', async () => {
    const { run } = start();
    const parts: unknown[] = [];
    await run('answer 5', { part: (part) => parts.push(part) });
    expect(parts).toEqual([0, 1, 2, 3, 4]);
    const broken = run('answer 5', {
      part: () => {
        throw new Error('full');
      },
    });
    await expect(broken).rejects.toThrow('full');
    expect(await kindOf(run('answer'))).toBe('it succeeded');
  });

  it('goes on after a failure, a crash and an end', async () => {
    const { run } = start();
    const first = await run('answer');
    expect(await kindOf(run('refuse'))).toBe('not-a-repository');
    expect(await run('answer')).toBe(first);
    for (const what of ['crash', 'exit']) {
      expect(await kindOf(run(what))).toBe('git-failed');
      expect(await kindOf(run('answer'))).toBe('it succeeded');
    }
  });

  it('ends a thread nobody used for a while', async () => {
    const { run } = start(1);
    const first = await run('answer');
    await expect.poll(() => run('answer'), { interval: 20 }).not.toBe(first);
  });
});
