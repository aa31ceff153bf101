import { Button, Progress as Bar } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Reach } from '../../../shared/contract/clone-plan';
import type { Progress } from '../../../shared/contract/procedure';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import type { AppError } from '../../../shared/errors';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';
import styles from './PartialNotice.module.css';

const step = 100;

type Run =
  | { state: 'idle' }
  | { state: 'running'; progress: Progress | null }
  | { state: 'failed'; error: AppError; reach: Reach };

/** Runs one fetch that brings more of the repository; leaving the page ends it. */
function useReach(repositoryId: string) {
  const [run, setRun] = useState<Run>({ state: 'idle' });
  const ending = useRef<AbortController | null>(null);
  useEffect(() => () => ending.current?.abort(), []);
  const start = useCallback(
    (reach: Reach) => {
      const controller = new AbortController();
      ending.current = controller;
      setRun({ state: 'running', progress: null });
      void (async () => {
        try {
          const steps = await client.clonePlan.reach({ repositoryId, reach }, { signal: controller.signal });
          for await (const progress of steps) setRun({ state: 'running', progress });
          setRun({ state: 'idle' });
        } catch (reason) {
          const error = toAppError(reason);
          const isEnded = controller.signal.aborted || error.kind === 'cancelled';
          setRun(isEnded ? { state: 'idle' } : { state: 'failed', error, reach });
        }
      })();
    },
    [repositoryId],
  );
  return { run, start, cancel: () => ending.current?.abort() };
}

/** What of a repository was not cloned, and the ways to it. Nothing where all of it is here. */
export function PartialNotice({ overview }: { overview: RepositoryOverview }) {
  const { repository, shallow, narrow, partial } = overview;
  const { run, start, cancel } = useReach(repository.id);
  if (!shallow && narrow === null && !partial && run.state === 'idle') return null;
  const missing = [
    shallow ? 'older commits' : null,
    narrow === null ? null : 'other branches',
    partial ? 'old contents, which come when they are needed' : null,
  ].filter((part) => part !== null);
  return (
    <section className={styles.notice} aria-label="What was not cloned">
      {run.state === 'running' ? (
        <>
          <span className={styles.text} aria-live="polite">
            {run.progress?.phase ?? 'Connecting'} {run.progress?.detail ?? ''}
          </span>
          <Bar
            className={styles.bar}
            value={(run.progress?.fraction ?? 1) * 100}
            animated={run.progress?.fraction === undefined}
            aria-label="Fetching more of the repository"
          />
          <Button size="compact-sm" variant="default" onClick={cancel}>
            Cancel
          </Button>
        </>
      ) : (
        <>
          <span className={styles.text}>Not here: {missing.join('; ')}.</span>
          {shallow && (
            <>
              <Button size="compact-sm" variant="default" onClick={() => start({ kind: 'deepen', by: step })}>
                {step} more commits
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconDownload size={14} aria-hidden />}
                onClick={() => start({ kind: 'unshallow' })}
              >
                All history
              </Button>
            </>
          )}
          {narrow !== null && (
            <Button size="compact-sm" variant="default" onClick={() => start({ kind: 'all-branches' })}>
              All branches
            </Button>
          )}
        </>
      )}
      {run.state === 'failed' && (
        <div className={styles.failure}>
          <ErrorNotice shape="line" error={run.error} onRetry={() => start(run.reach)} />
        </div>
      )}
    </section>
  );
}
