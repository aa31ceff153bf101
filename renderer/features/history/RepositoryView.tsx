import { Button, Loader } from '@mantine/core';
import { IconFileDiff, IconFolderOff } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import { EmptyState } from '../../components/EmptyState';
import { Toolbar } from '../../components/Toolbar';
import { describeInOneLine } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import { pickDirectory, useHasPicker } from '../../rpc/directories';
import { BranchList } from './BranchList';
import { CommitList } from './CommitList';
import { CommitPane } from './CommitPane';
import { PartialNotice } from './PartialNotice';
import { RepositoryFacts, RepositoryHeader } from './RepositoryHeader';
import styles from './RepositoryView.module.css';
import type { Commit } from '../../../shared/contract/history';

export interface RepositoryViewProps {
  repositoryId: string;
  onClose: () => void;
  onOpenPullRequests: (repositoryId: string) => void;
  /** Below the head: whether what it names may run. */
  trust: ReactNode;
  /** Fetching, pulling, pushing. */
  remotes: ReactNode;
  /** The working tree's state, in the place of the commits; null: the commits are shown. */
  changes: ReactNode;
  onChanges: (isShown: boolean) => void;
}

/** One repository on this machine: what it is, its branches, its latest commits. */
export function RepositoryView(props: RepositoryViewProps) {
  const { repositoryId } = props;
  const overview = useQuery(query.repositories.overview.queryOptions({ input: { repositoryId } }));
  if (overview.isPending)
    return (
      <div className={styles.view}>
        <Toolbar title="Repository" />
        <EmptyState icon={<Loader aria-hidden />} title="Opening the repository" />
      </div>
    );
  if (overview.error !== null) {
    const error = toAppError(overview.error);
    const lost = error.kind === 'path-not-found' || error.kind === 'not-a-repository';
    return lost || error.kind === 'gone' ? (
      <LostRepository
        {...props}
        text={describeInOneLine(error)}
        known={error.kind !== 'gone'}
        onRetry={() => void overview.refetch()}
      />
    ) : (
      <div className={styles.view}>
        <Toolbar title="Repository" />
        {props.trust}
        <ErrorNotice shape="panel" error={error} onRetry={() => void overview.refetch()} />
      </div>
    );
  }
  return <Opened {...props} overview={overview.data} />;
}

function Opened({ overview, ...props }: RepositoryViewProps & { overview: RepositoryOverview }) {
  const { repositoryId } = props;
  const branches = useQuery(query.branches.list.queryOptions({ input: { repositoryId } }));
  // Undefined: HEAD.
  const [ref, setRef] = useState<string | undefined>(undefined);
  const [selected, setSelected] = useState<Commit | null>(null);
  const isShown = props.changes !== null && !overview.bare;
  return (
    <div className={styles.view}>
      <RepositoryHeader
        overview={overview}
        onOpenPullRequests={() => props.onOpenPullRequests(repositoryId)}
        onClose={props.onClose}
      />
      <div className={styles.notices}>
        {props.trust}
        <RepositoryFacts overview={overview} />
        <PartialNotice overview={overview} />
      </div>
      {props.remotes}
      <div className={styles.panes}>
        <nav className={styles.branches} aria-label="Changes and branches">
          {!overview.bare && (
            <button
              type="button"
              className={styles.branch}
              data-first
              aria-current={isShown || undefined}
              onClick={() => props.onChanges(true)}
            >
              <IconFileDiff size={14} aria-hidden />
              <span className={styles.branchName}>Changes</span>
            </button>
          )}
          <BranchList
            head={overview.head}
            remotes={overview.remotes}
            branches={branches.data}
            error={branches.error === null ? null : toAppError(branches.error)}
            onRetry={() => void branches.refetch()}
            shown={isShown ? null : ref}
            onShow={(next) => {
              props.onChanges(false);
              setRef(next);
              setSelected(null);
            }}
          />
        </nav>
        {isShown ? (
          <section className={styles.commits} aria-label="Changes">
            {props.changes}
          </section>
        ) : (
          <section className={styles.commits} aria-label="Commits">
            <CommitList
              key={ref ?? ''}
              repositoryId={repositoryId}
              reference={ref}
              overview={overview}
              selected={selected}
              onSelect={setSelected}
            />
          </section>
        )}
        {selected !== null && !isShown && (
          <aside className={styles.detail} aria-label="Commit">
            <CommitPane commit={selected} onClose={() => setSelected(null)} />
          </aside>
        )}
      </div>
    </div>
  );
}

/** The folder is not where it was. The entry stays until the user removes it. */
function LostRepository({
  repositoryId,
  onClose,
  text,
  known,
  onRetry,
}: RepositoryViewProps & { text: string; known: boolean; onRetry: () => void }) {
  const hasPicker = useHasPicker();
  const forget = useMutation({
    mutationFn: () => client.repositories.forget({ repositoryId }),
    onSuccess: onClose,
  });
  const locate = useMutation({
    mutationFn: async () => {
      const path = await pickDirectory('Where is the repository now?', '');
      if (path === null || path === undefined) return;
      await client.repositories.open({ path, insteadOf: repositoryId });
      // The old place is only dropped once the new one has opened.
      await client.repositories.forget({ repositoryId });
      onClose();
    },
  });
  const failed = forget.error ?? locate.error;
  return (
    <div className={styles.view}>
      <Toolbar title="Repository" />
      <EmptyState
        icon={<IconFolderOff size={34} stroke={1.5} aria-hidden />}
        title="The repository is not there"
        text={text}
      >
        {known && (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
        {known && hasPicker && (
          <Button variant="default" loading={locate.isPending} onClick={() => locate.mutate()}>
            Locate…
          </Button>
        )}
        {known && (
          <Button variant="default" loading={forget.isPending} onClick={() => forget.mutate()}>
            Remove from list
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          Back to the list
        </Button>
      </EmptyState>
      {failed !== null && <ErrorNotice error={toAppError(failed)} />}
    </div>
  );
}
