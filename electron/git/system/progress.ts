import type { Progress } from '../../../shared/contract/procedure';

type Phases = readonly { title: RegExp; phase: string; weight: number }[];

/** Of what happens in the working tree alone. */
export const localPhases: Phases = [
  { title: /^(Updating files|Checking out files|Filtering content)/, phase: 'Updating files', weight: 1 },
];

/** git's own phases of a clone, in order, with their share of the whole as seen over HTTP. */
const clonePhases: Phases = [
  { title: /^remote: Enumerating objects/, phase: 'Preparing', weight: 1 },
  { title: /^remote: Counting objects/, phase: 'Preparing', weight: 2 },
  { title: /^remote: Compressing objects/, phase: 'Preparing', weight: 7 },
  { title: /^(Receiving|Unpacking) objects/, phase: 'Receiving objects', weight: 65 },
  { title: /^Resolving deltas/, phase: 'Resolving deltas', weight: 15 },
  {
    title: /^(Updating files|Checking out files|Filtering content)/,
    phase: 'Checking out files',
    weight: 10,
  },
];

export const pushPhases: Phases = [
  { title: /^(Enumerating|Counting) objects/, phase: 'Preparing', weight: 5 },
  { title: /^Compressing objects/, phase: 'Preparing', weight: 15 },
  { title: /^Writing objects/, phase: 'Sending objects', weight: 70 },
  { title: /^remote: /, phase: 'Waiting for the server', weight: 10 },
];

/** Milliseconds between two reports. */
const interval = 100;

/** Everything a terminal would obey is shown, not obeyed. */
export function visible(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Reads git's progress lines and reports one fraction that never falls, at
 * most ten times a second; the first report of a phase is never held back.
 */
export function progressReader(
  report: (progress: Progress) => void,
  now: () => number = () => performance.now(),
  phases: Phases = clonePhases,
): (line: string) => void {
  const total = phases.reduce((sum, each) => sum + each.weight, 0);
  let fraction = 0;
  let phase = '';
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const index = phases.findIndex((candidate) => candidate.title.test(line));
    const found = phases[index];
    if (!found) return;
    const percent = Number.parseInt(/:\s+(\d+)%/.exec(line)?.[1] ?? '0', 10);
    const before = phases.slice(0, index).reduce((sum, candidate) => sum + candidate.weight, 0);
    fraction = Math.min(
      1,
      Math.max(fraction, (before + (found.weight * Math.min(percent, 100)) / 100) / total),
    );
    if (found.phase === phase && now() - last < interval) return;
    last = now();
    phase = found.phase;
    const speed = /\|\s*([\d.]+ [KMG]?i?B\/s|[\d.]+ bytes\/s)/.exec(line)?.[1];
    const counts = /\((\d+\/\d+)\)/.exec(line)?.[1];
    const detail = [counts, speed].filter((part) => part !== undefined).join(', ');
    report({ phase, fraction, ...(detail ? { detail } : {}) });
  };
}
