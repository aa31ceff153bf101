import { Button } from '@mantine/core';
import { Note } from '../../components/Note';
import { useNow } from '../../components/RelativeTime';
import { daysUntil, endText } from './ending';

/** Below an account whose token is for all organizations: until when, and the way out. */
export function MoveNotice({ alias, until, onMove }: { alias: string; until: string; onMove: () => void }) {
  const now = useNow();
  return (
    <Note tone="warn">
      {daysUntil(until, now) > 0
        ? `Its token is for all organizations. Such tokens are refused ${endText(until, now)}.`
        : `Its token is for all organizations. Such tokens are refused ${endText(until, now)}: it works no more.`}{' '}
      <Button size="compact-xs" variant="default" aria-label={`Move ${alias}`} onClick={onMove}>
        Move to one token per organization…
      </Button>
    </Note>
  );
}
