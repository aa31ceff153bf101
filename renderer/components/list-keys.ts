/** The line a key leads to in a list of `count` lines, or null when the key moves nothing. */
export function lineAfterKey(key: string, active: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  const within = (line: number) => Math.min(last, Math.max(0, line));
  switch (key) {
    case 'ArrowDown':
      return active < 0 ? 0 : within(active + 1);
    case 'ArrowUp':
      return active < 0 ? last : within(active - 1);
    case 'PageDown':
      return within(active + page);
    case 'PageUp':
      return within(active - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
