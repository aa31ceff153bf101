const day = 86_400_000;
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' });

/** Whole days until an ISO date (UTC) begins; 0 or less: it has. */
export function daysUntil(until: string, now: number): number {
  return Math.ceil((Date.parse(`${until}T00:00:00Z`) - now) / day);
}

/** "from 1 December 2026 on", "since 1 December 2026". */
export function endText(until: string, now: number): string {
  const date = dates.format(Date.parse(`${until}T00:00:00Z`));
  return daysUntil(until, now) <= 0 ? `since ${date}` : `from ${date} on`;
}
