import { Loader } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconMinus,
} from '@tabler/icons-react';
import type { DoctorStep, StepReport } from '../../../shared/contract/doctor';
import { describeCause, stepName } from '../../errors/describe-cause';
import styles from './connection-doctor.module.css';
import { stepOrder } from './use-diagnosis';

const states: Record<StepReport['state'] | 'waiting', string> = {
  running: 'under way',
  passed: 'passed',
  warned: 'passed, with a remark',
  failed: 'failed',
  skipped: 'not needed, or not reached',
  waiting: 'not begun',
};

function StateIcon({ state }: { state: StepReport['state'] | 'waiting' }) {
  const size = 16;
  switch (state) {
    case 'running':
      return <Loader size={14} aria-hidden />;
    case 'passed':
      return <IconCircleCheck size={size} aria-hidden />;
    case 'warned':
      return <IconAlertTriangle size={size} aria-hidden />;
    case 'failed':
      return <IconCircleX size={size} aria-hidden />;
    case 'skipped':
      return <IconMinus size={size} aria-hidden />;
    case 'waiting':
      return <IconCircleDashed size={size} aria-hidden />;
    default:
      return state satisfies never;
  }
}

/** What was looked at, in order, and what each look showed. */
export function StepList({ steps }: { steps: Partial<Record<DoctorStep, StepReport>> }) {
  return (
    <ol className={styles.steps} aria-label="Steps">
      {stepOrder.map((name) => {
        const report = steps[name];
        const state = report?.state ?? 'waiting';
        return (
          <li key={name} data-state={state}>
            <StateIcon state={state} />
            <span className={styles.stepName}>
              {stepName(name)}
              <span className={styles.unseen}>: {states[state]}</span>
            </span>
            <span className={styles.notes}>
              {state === 'warned' && report?.finding
                ? describeCause(report.finding).sentence
                : report?.notes.map((note, index) => <span key={`${index} ${note}`}>{note}</span>)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
