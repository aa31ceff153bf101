import { Button } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { EmptyState } from './EmptyState';

export interface ErrorPanelProps {
  title: string;
  text: string;
  action?: { label: string; onClick: () => void };
  second?: { label: string; onClick: () => void };
}

/** A failure that takes the place of the whole view. */
export function ErrorPanel({ title, text, action, second }: ErrorPanelProps) {
  return (
    <div role="alert" style={{ height: '100%' }}>
      <EmptyState icon={<IconAlertCircle size={30} stroke={1.5} aria-hidden />} title={title} text={text}>
        {second && (
          <Button variant="default" onClick={second.onClick}>
            {second.label}
          </Button>
        )}
        {action && (
          <Button variant="default" onClick={action.onClick}>
            {action.label}
          </Button>
        )}
      </EmptyState>
    </div>
  );
}
