import { Button, Menu, Progress as Bar } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Reach, RepositoryNeeds } from '../../../shared/contract/clone-plan';
import type { Progress } from '../../../shared/contract/procedure';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import { abilities } from '../../../shared/engine-abilities';
import type { AppError } from '../../../shared/errors';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import styles from './PartialNotice.module.css';

const step = 100;
const mostFolders = 3;

function foldersOf(submodules: RepositoryNeeds['submodules']): string {
  const all = submodules.flatMap(({ paths }) => paths);
  const shown = all.slice(0, mostFolders).map(visibleText).join(', ');
  return all.length > mostFolders ? `${shown} and ${all.length - mostFolders} more` : shown;
}

type Run =
  | { state: 'idle' }
  | { state: 'running'; progress: Progress | null }
  | { state: 'failed'; error: AppError; work: Work };

/** A call that yields its progress. */
type Work = (signal: AbortSignal) => Promise<AsyncIterable<Progress>>;

/** Runs one fetch at a time; leaving the page ends it. */
function useFetching() {
  const [run, setRun] = useState<Run>({ state: 'idle' });
  const ending = useRef<AbortController | null>(null);
  useEffect(() => () => ending.current?.abort(), []);
  const start = useCallback((work: Work) => {
    const controller = new AbortController();
    ending.current = controller;
    setRun({ state: 'running', progress: null });
    void (async () => {
      try {
        for await (const progress of await work(controller.signal)) setRun({ state: 'running', progress });
        setRun({ state: 'idle' });
      } catch (reason) {
        const error = toAppError(reason);
        const isEnded = controller.signal.aborted || error.kind === 'cancelled';
        setRun(isEnded ? { state: 'idle' } : { state: 'failed', error, work });
      }
    })();
  }, []);
  return { run, start, cancel: () => ending.current?.abort() };
}

/** What of a repository was not cloned, and the ways to it. Nothing where all of it is here. */
export function PartialNotice({ overview }: { overview: RepositoryOverview }) {
  const { repository, shallow, narrow, partial } = overview;
  const { run, start, cancel } = useFetching();
  const asked = useQuery(query.clonePlan.needs.queryOptions({ input: { repositoryId: repository.id } }));
  const info = useQuery(query.application.info.queryOptions());
  const submodules = asked.data?.submodules ?? [];
  const canSubmodules: true | string = abilities.submodules[info.data?.engine ?? 'system'];
  const bring = (reach: Reach) =>
    start((signal) => client.clonePlan.reach({ repositoryId: repository.id, reach }, { signal }));
  const missing = [
    shallow ? 'older commits' : null,
    narrow === null ? null : 'other branches',
    partial ? 'old contents, which come when they are needed' : null,
    submodules.length > 0 ? `submodules (${foldersOf(submodules)})` : null,
  ].filter((part) => part !== null);
  const hasPlaceholders = asked.data?.placeholders === true;
  if (missing.length === 0 && !hasPlaceholders && run.state === 'idle') return null;
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
          <span className={styles.text}>
            {missing.length > 0 && `Not here: ${missing.join('; ')}. `}
            {submodules.length > 0 && canSubmodules !== true && `${canSubmodules} `}
            {hasPlaceholders &&
              'Some files are small placeholders, their contents are kept by Git LFS: run git lfs pull in a terminal.'}
          </span>
          {shallow && (
            <>
              <Button size="compact-sm" variant="default" onClick={() => bring({ kind: 'deepen', by: step })}>
                {step} more commits
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconDownload size={14} aria-hidden />}
                onClick={() => bring({ kind: 'unshallow' })}
              >
                All history
              </Button>
            </>
          )}
          {narrow !== null && (
            <Button size="compact-sm" variant="default" onClick={() => bring({ kind: 'all-branches' })}>
              All branches
            </Button>
          )}
          {canSubmodules === true && (
            <SubmoduleButtons
              submodules={submodules}
              onFetch={(origin) =>
                start((signal) =>
                  client.clonePlan.fetchSubmodules(
                    { repositoryId: repository.id, origins: [origin] },
                    { signal },
                  ),
                )
              }
            />
          )}
        </>
      )}
      {run.state === 'failed' && (
        <div className={styles.failure}>
          <ErrorNotice shape="line" error={run.error} onRetry={() => start(run.work)} />
        </div>
      )}
    </section>
  );
}

/** One button for one host, a list for several: each is fetched from by itself. */
function SubmoduleButtons({
  submodules,
  onFetch,
}: {
  submodules: RepositoryNeeds['submodules'];
  onFetch: (origin: string) => void;
}) {
  const [only] = submodules;
  if (only === undefined) return null;
  if (submodules.length === 1)
    return (
      <Button
        size="compact-sm"
        variant="default"
        className={styles.host}
        title={only.paths.map(visibleText).join(', ')}
        onClick={() => onFetch(only.origin)}
      >
        Submodules from {visibleText(only.origin)}
      </Button>
    );
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Submodules
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={styles.hosts}>
        {submodules.map(({ origin, paths }) => (
          <Menu.Item key={origin} title={paths.map(visibleText).join(', ')} onClick={() => onFetch(origin)}>
            From {visibleText(origin)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
