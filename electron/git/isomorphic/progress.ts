import type { Progress } from '../../../shared/contract/procedure';

/**
 * Where each phase of a clone begins and ends in the whole. Weights follow
 * what was measured for this engine: a pack is read while it arrives.
 */
const phases = {
  Connecting: [0, 0.02],
  'Counting objects': [0.02, 0.06],
  'Compressing objects': [0.06, 0.1],
  'Receiving objects': [0.1, 0.7],
  'Sending objects': [0.1, 0.95],
  'Resolving deltas': [0.7, 0.85],
  'Checking connectivity': [0.85, 0.88],
  'Checking out files': [0.88, 1],
} as const;
export type Phase = keyof typeof phases;

export interface ProgressReport {
  /** `part`: 0 to 1 of this phase, or undefined while unknown. */
  (phase: Phase, part?: number, detail?: string): void;
}

/** One fraction that never goes back, at most ten reports a second; a new phase is told at once. */
export function createProgress(
  emit: (progress: Progress) => void,
  now: () => number = Date.now,
): ProgressReport {
  let fraction = 0;
  let last = { phase: '', at: Number.NEGATIVE_INFINITY };
  return (phase, part = 0, detail) => {
    const [from, to] = phases[phase];
    fraction = Math.max(fraction, from + (to - from) * Math.min(1, Math.max(0, part)));
    const at = now();
    // Old answers of the server can name a phase that is over; going back would confuse.
    if (fraction > to || at - last.at < 100) return;
    last = { phase, at };
    emit({ phase, fraction, ...(detail === undefined ? {} : { detail }) });
  };
}

/** `12.3 MiB, 4.5 MiB/s`, as git says it. */
export function transferred(bytes: number, milliseconds: number): string {
  const speed = milliseconds > 500 ? `, ${size((bytes * 1000) / milliseconds)}/s` : '';
  return `${size(bytes)}${speed}`;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} bytes`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** `Counting objects:  42% (5/12)` in the server's side-band. */
export function serverProgress(text: string, progress: ProgressReport): void {
  const match = /(Counting|Compressing) objects:\s+(\d+)%/.exec(text);
  if (!match) return;
  progress(match[1] === 'Counting' ? 'Counting objects' : 'Compressing objects', Number(match[2]) / 100);
}
