import { Button } from '@mantine/core';
import { IconBooks, IconSearchOff } from '@tabler/icons-react';
import { EmptyState } from '../../components/EmptyState';

/** Why the list is empty and what to do. */
export function NothingFound(props: {
  narrowed: boolean;
  failing: boolean;
  running: boolean;
  onClear: () => void;
}) {
  const icon = <IconSearchOff size={34} stroke={1.5} aria-hidden />;
  if (props.narrowed)
    return (
      <EmptyState
        icon={icon}
        title="No repository matches"
        text={
          props.running
            ? 'More repositories may still come.'
            : 'Every word must occur in name, group or description.'
        }
      >
        <Button variant="default" onClick={props.onClear}>
          Clear search and filters
        </Button>
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<IconBooks size={34} stroke={1.5} aria-hidden />}
      title="No repositories"
      text={
        props.failing
          ? 'No repository could be listed; the lines above say why.'
          : 'Your accounts reach no repository yet.'
      }
    />
  );
}
