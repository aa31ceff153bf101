import pLimit from 'p-limit';

/**
 * Runs `work` on every item, at most `width` at a time, and yields each result
 * as it comes. The first rejection rejects; leaving the loop starts no further
 * item. `width` bounds what one account asks of its server at once.
 */
export async function* asTheyCome<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const limit = pLimit(width);
  const ready: { value: Result }[] = [];
  let failure: { error: unknown } | undefined;
  let open = items.length;
  let wake = (): void => {};
  for (const item of items)
    limit(work, item)
      .then(
        (value) => {
          ready.push({ value });
        },
        (error: unknown) => {
          failure ??= { error };
        },
      )
      .finally(() => {
        open -= 1;
        wake();
      })
      .catch(() => {});
  try {
    while (true) {
      for (let next = ready.shift(); next; next = ready.shift()) yield next.value;
      if (failure) throw failure.error;
      if (open === 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ready.length > 0 || failure || open === 0) resolve();
      });
    }
  } finally {
    limit.clearQueue();
  }
}
