import { Button, Group, Progress, Stack } from '@mantine/core';
import { Note } from '../../components/Note';
import { ErrorNotice } from '../../errors/ErrorNotice';
import styles from './CloneDialog.module.css';
import type { CloneRun } from './use-clone-run';

export interface CloneProgressProps {
  run: CloneRun;
  /** Where it is cloned from and to, for reading along. */
  url: string;
  target: string;
  /** Whose token git was given; empty: by address, or none. */
  accountId: string;
  onCancel: () => void;
  onBack: () => void;
  onAgain: () => void;
}

/** A clone under way, or how it ended when it did not succeed. */
export function CloneProgress({ run, ...props }: CloneProgressProps) {
  return (
    <Stack gap="sm">
      <dl className={styles.facts}>
        <dt>From</dt>
        <dd>{props.url}</dd>
        <dt>To</dt>
        <dd>{props.target}</dd>
      </dl>
      {run.state === 'running' && <Running run={run} onCancel={props.onCancel} />}
      {run.state === 'cancelled' && run.isClean && (
        <Note tone="info">Cancelled, nothing was left behind.</Note>
      )}
      {run.state === 'cancelled' && !run.isClean && (
        <Note tone="warn">Cancelled. Look into the folder: it could not be checked that it is empty.</Note>
      )}
      {run.state === 'failed' && (
        <>
          <ErrorNotice
            error={run.error}
            subject={{ url: props.url, accountId: props.accountId === '' ? null : props.accountId }}
          />
          <p className={styles.quiet}>Nothing was left behind.</p>
        </>
      )}
      {(run.state === 'failed' || run.state === 'cancelled') && (
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onBack}>
            Change something
          </Button>
          <Button onClick={props.onAgain} data-autofocus>
            Try again
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Running({ run, onCancel }: { run: CloneRun & { state: 'running' }; onCancel: () => void }) {
  const { phase, fraction, detail } = run.progress;
  const percent = fraction === undefined ? null : Math.floor(fraction * 100);
  return (
    <>
      <div>
        <div className={styles.phase}>
          <strong>{run.cancelling ? 'Cancelling…' : phase}</strong>
          <span className={styles.figures}>
            {detail}
            {percent !== null && <span>{percent} %</span>}
          </span>
        </div>
        <Progress.Root size="lg">
          <Progress.Section
            value={percent ?? 100}
            animated={percent === null}
            striped={percent === null}
            aria-label={`Cloning: ${phase}`}
            // Without a figure the bar is busy, not full.
            {...(percent === null ? { 'aria-valuenow': undefined } : {})}
          />
        </Progress.Root>
      </div>
      <p className={styles.quiet}>Cancelling removes what has come so far. Nothing is left behind.</p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel} disabled={run.cancelling} data-autofocus>
          Cancel
        </Button>
      </Group>
    </>
  );
}
