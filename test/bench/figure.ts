/** One line of the bench's output. `ratio` is ours by the yardstick's, in one run; null where there is none. */
export interface Figure {
  name: string;
  value: number;
  unit: 'ms' | 'MB';
  ratio: number | null;
  goal: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

const rounded = (value: number) => Math.round(value * 100) / 100;

export function print(figure: Figure): void {
  const line = {
    ...figure,
    value: rounded(figure.value),
    ratio: figure.ratio === null ? null : rounded(figure.ratio),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Runs both in turn, A B A B …, after one uncounted run of each; medians in milliseconds. */
export async function alternate(
  runs: number,
  ours: (run: number) => Promise<number>,
  yardstick: (run: number) => Promise<number>,
): Promise<{ ours: number; ratio: number }> {
  const a: number[] = [];
  const b: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const first = await ours(run);
    const second = await yardstick(run);
    if (run === 0) continue;
    a.push(first);
    b.push(second);
  }
  return { ours: median(a), ratio: median(a) / median(b) };
}
