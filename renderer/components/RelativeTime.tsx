import { useEffect, useState } from 'react';

const steps: [limit: number, unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  [3_600, 'minute', 60],
  [86_400, 'hour', 3_600],
  [86_400 * 30, 'day', 86_400],
  [86_400 * 365, 'month', 86_400 * 30],
  [Number.POSITIVE_INFINITY, 'year', 86_400 * 365],
];

const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** "3 hours ago"; "just now" within a minute either way. Times in epoch milliseconds. */
export function relativeTime(time: number, now: number): string {
  const seconds = Math.round((time - now) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 60) return 'just now';
  for (const [limit, unit, size] of steps)
    if (distance < limit) return format.format(Math.trunc(seconds / size), unit);
  return '';
}

/** One clock for all: every shown time moves on together, once a minute. */
const ticking = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(tick: () => void): () => void {
  ticking.add(tick);
  timer ??= setInterval(() => {
    for (const each of ticking) each();
  }, 60_000);
  return () => {
    ticking.delete(tick);
    if (ticking.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time of this minute; moves on by itself. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => subscribe(() => setNow(Date.now())), []);
  return now;
}

/** How long ago, with the full date as its title; moves on by itself. */
export function RelativeTime({ time }: { time: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(time).toISOString()} title={full.format(time)}>
      {relativeTime(time, now)}
    </time>
  );
}
