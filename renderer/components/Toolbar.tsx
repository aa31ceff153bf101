import type { ReactNode } from 'react';
import classes from './components.module.css';

/** The head of a view: its title, its controls, its actions at the end. */
export function Toolbar({
  title,
  children,
  actions,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className={classes.toolbar}>
      <h1>{title}</h1>
      <div className={classes.toolbarMain}>{children}</div>
      {actions}
    </header>
  );
}
