import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import { useWork } from '../../rpc/follow';
import { PushDialog } from './PushDialog';
import { hindrances } from './hindrances';
import styles from './RemoteBar.module.css';
import { commitCount, FetchButton, PullButton } from './RemoteButtons';
import { type Done, RemoteSays } from './RemoteSays';

export interface RemoteBarProps {
  repositoryId: string;
  /** Opens what shows the working tree, where a merge stopped. */
  onShowChanges: () => void;
}

/** Fetching, pulling and pushing: what there is to do, what is under way, how it ended. */
export function RemoteBar({ repositoryId, onShowChanges }: RemoteBarProps) {
  const state = useQuery(query.remotes.state.queryOptions({ input: { repositoryId } }));
  const overview = useQuery(query.repositories.overview.queryOptions({ input: { repositoryId } }));
  const info = useQuery(query.application.info.queryOptions());
  const preferences = useQuery(query.preferences.get.queryOptions());
  const { work, start, cancel, reset } = useWork<Done>();
  const [pushing, setPushing] = useState<string | null>(null);
  if (state.error !== null)
    return (
      <div className={styles.bar}>
        <ErrorNotice shape="line" error={toAppError(state.error)} onRetry={() => void state.refetch()} />
      </div>
    );
  const known = state.data;
  if (!known || known.remotes.length === 0) return null;

  const fetch = (remote: string | null, prune: boolean) =>
    start(async (signal) => {
      const steps = await client.remotes.fetch({ repositoryId, remote, prune }, { signal });
      return mapped(steps, (result) => ({ did: 'fetch' as const, result }));
    });
  const pull = (how: 'fast-forward' | 'merge') =>
    start(async (signal) => {
      const steps = await client.remotes.pull({ repositoryId, how }, { signal });
      return mapped(steps, (result) => ({
        did: 'pull' as const,
        result,
        upstream: known.upstream?.name ?? '',
      }));
    });
  const isRunning = work.state === 'running';
  const why = hindrances(known, overview.data, info.data?.engine ?? 'system');
  const prune = preferences.data?.fetchPrune ?? false;
  return (
    <div className={styles.bar} role="group" aria-label="Remotes">
      <FetchButton known={known} isRunning={isRunning} why={why.fetch} prune={prune} onFetch={fetch} />
      <PullButton known={known} isRunning={isRunning} why={why.pull} onPull={pull} />
      <Button
        size="compact-sm"
        variant="default"
        disabled={isRunning || why.push !== undefined}
        title={why.push}
        leftSection={<IconArrowUp size={14} aria-hidden />}
        rightSection={commitCount(known.upstream?.ahead)}
        onClick={() => {
          // How the last fetch ended is no news beside a push.
          reset();
          setPushing(known.branch);
        }}
      >
        Push…
      </Button>
      <div className={styles.says} aria-live="polite">
        <RemoteSays
          known={known}
          why={why.fetch ?? why.push}
          work={work}
          onCancel={cancel}
          onDismiss={reset}
          onMerge={() => pull('merge')}
          onShowChanges={onShowChanges}
          repositoryId={repositoryId}
        />
      </div>
      {pushing !== null && (
        <PushDialog
          repositoryId={repositoryId}
          branch={pushing}
          onClose={() => setPushing(null)}
          onPull={() => {
            setPushing(null);
            pull('merge');
          }}
        />
      )}
    </div>
  );
}

/** A stream whose result is told apart from those of other calls. */
async function* mapped<Part, From, To>(
  steps: AsyncIterator<Part, From>,
  to: (result: From) => To,
): AsyncGenerator<Part, To> {
  try {
    let step = await steps.next();
    while (step.done !== true) {
      yield step.value;
      step = await steps.next();
    }
    return to(step.value);
  } finally {
    await steps.return?.();
  }
}
