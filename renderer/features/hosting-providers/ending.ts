const day = 86_400_000;
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' });

/** Whole days until an ISO date (UTC) begins; 0 or less: it has. */
export function daysUntil(until: string, now: number): number {
  return Math.ceil((Date.parse(`${until}T00:00:00Z`) - now) / day);
}

/** "from 1 December 2026 on (in 10 days)", "since 1 December 2026". */
export function endText(until: string, now: number): string {
  const date = dates.format(Date.parse(`${until}T00:00:00Z`));
  const days = daysUntil(until, now);
  if (days <= 0) return `since ${date}`;
  return `from ${date} on (${days === 1 ? 'tomorrow' : `in ${days} days`})`;
}
