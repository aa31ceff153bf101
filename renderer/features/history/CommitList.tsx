import { Button, Loader } from '@mantine/core';
import { IconGitCommit } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Commit } from '../../../shared/contract/history';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import { Avatar } from '../../components/Avatar';
import { EmptyState } from '../../components/EmptyState';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { VirtualList } from '../../components/VirtualList';
import { visibleName, visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import styles from './RepositoryView.module.css';

export interface CommitListProps {
  repositoryId: string;
  /** Undefined: HEAD. */
  reference: string | undefined;
  overview: RepositoryOverview;
  selected: Commit | null;
  onSelect: (commit: Commit) => void;
}

/** The first page fills the screen at once. The others are long: when the history changes, each is read again. */
const pageSize = (skip: number) => (skip === 0 ? 100 : 500);
const lineHeight = () => 32;
const nothing: Commit[] = [];

export function CommitList({ repositoryId, reference, overview, selected, onSelect }: CommitListProps) {
  const unborn = overview.head.state === 'unborn' && reference === undefined;
  const log = useInfiniteQuery({
    ...query.history.log.infiniteOptions({
      input: (skip: number) => ({ repositoryId, ref: reference, skip, limit: pageSize(skip) }),
      initialPageParam: 0,
      getNextPageParam: (last, _pages, skip) => (last.more ? skip + pageSize(skip) : undefined),
    }),
    enabled: !unborn,
  });
  const commits = useMemo(() => log.data?.pages.flatMap((page) => page.commits) ?? nothing, [log.data]);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = log;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  const lineKey = useCallback((line: number) => commits[line]?.oid ?? String(line), [commits]);

  if (unborn)
    return (
      <EmptyState
        icon={<IconGitCommit size={34} stroke={1.5} aria-hidden />}
        title="No commits yet"
        text={
          overview.head.state === 'unborn' &&
          `The first commit will start the branch ${visibleName(overview.head.branch)}.`
        }
      />
    );
  if (log.isPending) return <EmptyState icon={<Loader aria-hidden />} title="Reading commits" />;
  if (log.error !== null && commits.length === 0)
    return <ErrorNotice shape="panel" error={toAppError(log.error)} onRetry={() => void log.refetch()} />;
  const active = selected === null ? -1 : commits.findIndex((commit) => commit.oid === selected.oid);
  const select = (line: number) => {
    const commit = commits[line];
    if (commit) onSelect(commit);
  };
  return (
    <>
      <VirtualList
        id="commits"
        role="listbox"
        label="Commits, newest first"
        count={commits.length}
        lineHeight={lineHeight}
        lineKey={lineKey}
        active={active}
        onActive={select}
        onEnd={more}
        renderLine={(line) => {
          const commit = commits[line];
          return commit && <CommitLine commit={commit} />;
        }}
      />
      {log.isFetchNextPageError && (
        <ErrorNotice shape="line" error={toAppError(log.error)} onRetry={() => void fetchNextPage()} />
      )}
      <footer className={styles.status} aria-live="polite">
        {commits.length === 1 ? '1 commit' : `${commits.length.toLocaleString()} commits`}
        {log.hasNextPage && (
          <Button size="compact-xs" variant="subtle" loading={log.isFetchingNextPage} onClick={more}>
            Load more
          </Button>
        )}
        {!log.hasNextPage && overview.shallow && ' (older ones were not cloned)'}
      </footer>
    </>
  );
}

function CommitLine({ commit }: { commit: Commit }) {
  return (
    <div className={styles.commit}>
      <span className={styles.subject} title={visibleText(commit.subject)}>
        {commit.refs.slice(0, 3).map((ref) => (
          <StatusBadge key={ref} tone="info" title={ref}>
            {visibleName(ref.length > 28 ? `${ref.slice(0, 14)}…${ref.slice(-12)}` : ref)}
          </StatusBadge>
        ))}
        {commit.refs.length > 3 && (
          <StatusBadge title={commit.refs.slice(3).join('\n')}>+{commit.refs.length - 3}</StatusBadge>
        )}
        <span className={styles.subjectText}>
          {commit.subject === '' ? '(no message)' : visibleText(commit.subject)}
        </span>
      </span>
      <span className={styles.author} title={visibleText(`${commit.author.name} <${commit.author.email}>`)}>
        <Avatar name={commit.author.name} size={18} />
        <span>{visibleText(commit.author.name)}</span>
      </span>
      <span className={styles.when}>
        <RelativeTime time={commit.authoredAt} />
      </span>
      <code className={styles.oid}>{commit.oid.slice(0, 8)}</code>
    </div>
  );
}
