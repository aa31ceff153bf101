import { describe, expect, it } from 'vitest';
import { produce } from '../../electron/services/stream';

const collect = async <T>(stream: AsyncGenerator<T, unknown>) => {
  const values: T[] = [];
  for (;;) {
    const next = await stream.next();
    if (next.done) return { values, result: next.value };
    values.push(next.value);
  }
};

describe('a stream of producers', () => {
  it('yields what all of them emit and returns what the last returned', async () => {
    const stream = produce<number, string>(
      undefined,
      async (emit) => {
        emit(1);
        await Promise.resolve();
        emit(2);
        return 'a';
      },
      async (emit) => {
        await Promise.resolve();
        emit(3);
        return 'b';
      },
    );
    const { values, result } = await collect(stream);
    expect(values.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(['a', 'b']).toContain(result);
  });

  it('ends at once without producers', async () => {
    expect(await collect(produce(undefined))).toEqual({ values: [], result: undefined });
  });

  it('aborts its producers when the reader leaves', async () => {
    let signal: AbortSignal | undefined;
    const stream = produce<number>(undefined, async (emit, stop) => {
      signal = stop;
      emit(1);
      await new Promise((resolve) => stop.addEventListener('abort', resolve));
    });
    await stream.next();
    await stream.return(undefined);
    expect(signal?.aborted).toBe(true);
  });

  it('ends as cancelled when the outer signal does, also while a producer does not listen', async () => {
    const outer = new AbortController();
    const stream = produce<number>(outer.signal, async (emit) => {
      emit(1);
      await new Promise(() => undefined);
    });
    await stream.next();
    const next = stream.next();
    outer.abort();
    await expect(next).rejects.toMatchObject({ error: { kind: 'cancelled' } });
  });

  it('throws what a producer throws, after what it emitted before', async () => {
    const stream = produce<number>(undefined, async (emit) => {
      emit(1);
      throw new Error('broken');
    });
    expect((await stream.next()).value).toBe(1);
    await expect(stream.next()).rejects.toThrow('broken');
  });
});
