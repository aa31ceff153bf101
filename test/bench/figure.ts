/** One line of the bench's output. `ratio` is ours by the yardstick's, in one run; null where there is none. */
export interface Figure {
  name: string;
  value: number;
  unit: 'ms' | 'MB' | 'processes';
  ratio: number | null;
  /** The middle half of the single pairs' ratios lies between these. */
  spread?: [number, number];
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
    ...(figure.spread ? { spread: figure.spread.map(rounded) } : {}),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The value below which this part of the others lies. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

/** Runs both in turn, A B A B …, after one uncounted run of each; medians in milliseconds. */
export async function alternate(
  runs: number,
  ours: (run: number) => Promise<number>,
  yardstick: (run: number) => Promise<number>,
): Promise<{ ours: number; ratio: number; spread: [number, number] }> {
  const a: number[] = [];
  const b: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const first = await ours(run);
    const second = await yardstick(run);
    if (run === 0) continue;
    a.push(first);
    b.push(second);
  }
  const ratios = a.map((value, at) => value / (b[at] ?? Number.NaN));
  return {
    ours: median(a),
    ratio: median(a) / median(b),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}
