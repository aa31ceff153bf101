import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './components.module.css';

const icons = { info: IconInfoCircle, warn: IconAlertTriangle, good: IconCircleCheck };

/** A boxed remark inside a form or view. */
export function Note({ tone = 'info', children }: { tone?: 'info' | 'warn' | 'good'; children: ReactNode }) {
  const Icon = icons[tone];
  return (
    <div className={classes.line} data-tone={tone} data-boxed>
      <Icon size={16} aria-hidden />
      <div className={classes.lineText}>{children}</div>
    </div>
  );
}
