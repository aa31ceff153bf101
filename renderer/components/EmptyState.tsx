import type { ReactNode } from 'react';
import classes from './components.module.css';

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  text?: ReactNode;
  /** Buttons. */
  children?: ReactNode;
}

/** What a view shows when there is nothing yet: why, and what to do. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {icon}
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children && <div className={classes.emptyActions}>{children}</div>}
    </div>
  );
}
