import { describe, expect, it } from 'vitest';
import { asTheyCome } from '../../electron/providers/fan-out';
import { collect } from './provider.suite';

/** Work whose end the test decides. */
function gates(count: number) {
  const open: ((value: number) => void)[] = [];
  const shut: ((error: Error) => void)[] = [];
  let started = 0;
  let running = 0;
  let most = 0;
  const work = async (index: number): Promise<number> => {
    started += 1;
    running += 1;
    most = Math.max(most, running);
    try {
      return await new Promise<number>((resolve, reject) => {
        open[index] = resolve;
        shut[index] = reject;
      });
    } finally {
      running -= 1;
    }
  };
  return {
    items: Array.from({ length: count }, (_, index) => index),
    work,
    open,
    shut,
    started: () => started,
    most: () => most,
  };
}

describe('asking many at once', () => {
  it('yields each answer as it comes, not in the order of asking', async () => {
    const gate = gates(3);
    const results = asTheyCome(gate.items, 3, gate.work);
    const first = results.next();
    await Promise.resolve();
    gate.open[2]?.(2);
    expect(await first).toEqual({ done: false, value: 2 });
    gate.open[0]?.(0);
    gate.open[1]?.(1);
    expect((await collect(results)).sort((a, b) => a - b)).toEqual([0, 1]);
  });

  it('never runs more than its width and asks for everything', async () => {
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 50 }, (_, index) => index);
    const done = await collect(
      asTheyCome(items, 6, async (item) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        running -= 1;
        return item;
      }),
    );
    expect(done.sort((a, b) => a - b)).toEqual(items);
    expect(most).toBe(6);
  });

  it('rejects with the first failure and starts nothing further', async () => {
    const gate = gates(10);
    const all = collect(asTheyCome(gate.items, 2, gate.work));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const started = gate.started();
    gate.shut[0]?.(new Error('refused'));
    await expect(all).rejects.toThrow('refused');
    expect(gate.started()).toBeLessThanOrEqual(started + 1);
  });

  it('starts nothing further once the reader leaves', async () => {
    let started = 0;
    for await (const value of asTheyCome([1, 2, 3, 4, 5, 6, 7, 8], 1, async (item) => {
      started += 1;
      return item;
    }))
      if (value === 1) break;
    expect(started).toBeLessThan(8);
  });

  it('ends at once without items', async () => {
    expect(await collect(asTheyCome([], 6, () => Promise.resolve(1)))).toEqual([]);
  });
});
