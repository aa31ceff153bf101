import { Button } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import classes from './components.module.css';

export interface ErrorLineProps {
  /** Whom it concerns, before the title. */
  label?: string;
  title: string;
  text: string;
  action?: { label: string; onClick: () => void };
  second?: { label: string; onClick: () => void };
  boxed?: boolean;
}

/** A failure in one line of a list, or boxed in a form; announced to screen readers. */
export function ErrorLine({ label, title, text, action, second, boxed }: ErrorLineProps) {
  return (
    <div className={classes.line} data-tone="bad" data-boxed={boxed || undefined} role="alert">
      <IconAlertCircle size={16} aria-hidden />
      <span className={classes.lineText}>
        {label && <span>{label}: </span>}
        <strong>{title}.</strong> {text}
      </span>
      {(second || action) && (
        <span className={classes.lineActions}>
          {second && (
            <Button size="compact-sm" variant="default" onClick={second.onClick}>
              {second.label}
            </Button>
          )}
          {action && (
            <Button size="compact-sm" variant="default" onClick={action.onClick}>
              {action.label}
            </Button>
          )}
        </span>
      )}
    </div>
  );
}
