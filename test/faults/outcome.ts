/** What one family of faults came to with one engine. */
export interface Outcome {
  /** `kill, system`. */
  title: string;
  /** What was counted, in the order it is printed. */
  counts: Record<string, number>;
  /** Everything that must not be; each with what repeats it. */
  problems: string[];
  /** Why something was left out; a whole sentence. */
  left: string[];
}

export function startOutcome(title: string, ...names: string[]): Outcome {
  return { title, counts: Object.fromEntries(names.map((name) => [name, 0])), problems: [], left: [] };
}

export function count(outcome: Outcome, name: string, by = 1): void {
  outcome.counts[name] = (outcome.counts[name] ?? 0) + by;
}

export function lineOf({ title, counts, problems, left }: Outcome): string {
  const counted = Object.entries(counts).map(([name, number]) => `${number} ${name}`);
  const said = [...counted, problems.length === 0 ? 'none wrong' : `${problems.length} WRONG`];
  return `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${title}: ${said.join(', ')}${left.map((why) => ` (${why})`).join('')}`;
}
