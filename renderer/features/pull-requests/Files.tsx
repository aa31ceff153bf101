import { Loader, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type { ChangedFile, PullRequestId, Thread } from '../../../shared/contract/pull-requests';
import { EmptyState } from '../../components/EmptyState';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { Note } from '../../components/Note';
import { StatusBadge, type Tone } from '../../components/StatusBadge';
import { VirtualList } from '../../components/VirtualList';
import { visibleText } from '../../components/visible-text';
import { client, query } from '../../rpc/client';
import styles from './PullRequests.module.css';
import { threadsOfFile } from './thread-placement';

const FileDiffPane = lazy(() => import('./FileDiffPane'));

const statuses: Record<ChangedFile['status'], { letter: string; word: string; tone: Tone }> = {
  added: { letter: 'A', word: 'Added', tone: 'good' },
  modified: { letter: 'M', word: 'Modified', tone: 'info' },
  deleted: { letter: 'D', word: 'Deleted', tone: 'bad' },
  renamed: { letter: 'R', word: 'Renamed', tone: 'warn' },
  copied: { letter: 'C', word: 'Copied', tone: 'warn' },
  'type-changed': { letter: 'T', word: 'Type changed', tone: 'warn' },
};

const lineHeight = () => 28;

export interface FilesProps {
  input: PullRequestId;
  files: ChangedFile[];
  partial: string | null;
  threads: Thread[];
  account: Account | undefined;
}

export function Files({ input, files, partial, threads, account }: FilesProps) {
  const [path, setPath] = useState<string | null>(files[0]?.path ?? null);
  const active = Math.max(
    0,
    files.findIndex((file) => file.path === path),
  );
  const file = files[active];
  const threadCounts = useMemo(
    () => new Map(files.map((one) => [one.path, threadsOfFile(threads, one).length])),
    [files, threads],
  );
  const lineKey = useCallback((line: number) => files[line]?.path ?? String(line), [files]);
  const { style, setStyle } = useDiffStyle();
  // A file with one side only needs no second column.
  const isOneSided = file?.status === 'added' || file?.status === 'deleted';
  const shownStyle = isOneSided ? 'unified' : style;
  if (file === undefined) return <EmptyState title="No file has changed" />;
  return (
    <>
      {partial !== null && <Note tone="warn">{partial}</Note>}
      <div className={styles.files}>
        <div className={styles.fileList}>
          <VirtualList
            id="changed-files"
            role="listbox"
            label="Changed files"
            count={files.length}
            lineHeight={lineHeight}
            lineKey={lineKey}
            active={active}
            onActive={(line) => setPath(files[line]?.path ?? null)}
            renderLine={(line) => {
              const one = files[line];
              return one && <FileLine file={one} threads={threadCounts.get(one.path) ?? 0} />;
            }}
          />
        </div>
        <div className={styles.diff}>
          <div className={styles.diffHead}>
            <span className={styles.diffName}>
              <StatusBadge tone={statuses[file.status].tone}>{statuses[file.status].word}</StatusBadge>
              <span className={styles.diffPath}>
                {file.previousPath !== null && file.previousPath !== file.path && (
                  <>{visibleText(file.previousPath)} → </>
                )}
                {visibleText(file.path)}
              </span>
            </span>
            <SegmentedControl
              aria-label="Diff style"
              disabled={isOneSided}
              data={[
                { value: 'split', label: 'Split' },
                { value: 'unified', label: 'Unified' },
              ]}
              value={shownStyle}
              onChange={(value) => setStyle(value === 'split' ? 'split' : 'unified')}
            />
          </div>
          <Suspense fallback={<EmptyState icon={<Loader aria-hidden />} title="Loading the diff" />}>
            <FileDiffPane
              key={file.path}
              input={input}
              file={file}
              threads={threadsOfFile(threads, file)}
              diffStyle={shownStyle}
              account={account}
            />
          </Suspense>
        </div>
      </div>
    </>
  );
}

/** The preference, changed from here too. */
function useDiffStyle() {
  const cache = useQueryClient();
  const preferences = useQuery(query.preferences.get.queryOptions());
  const change = useMutation({
    mutationFn: (diffStyle: 'split' | 'unified') => client.preferences.set({ diffStyle }),
    onSuccess: (saved) => cache.setQueryData(query.preferences.get.queryKey(), saved),
  });
  const style = change.isPending ? change.variables : (preferences.data?.diffStyle ?? 'split');
  return { style, setStyle: change.mutate };
}

function FileLine({ file, threads }: { file: ChangedFile; threads: number }) {
  const status = statuses[file.status];
  const slash = file.path.lastIndexOf('/') + 1;
  return (
    <div className={styles.fileLine} title={visibleText(file.path)}>
      <span
        className={styles.letter}
        data-tone={status.tone}
        title={status.word}
        aria-label={status.word}
        role="img"
      >
        {status.letter}
      </span>
      <span className={styles.fileName}>
        <span className={styles.base}>{visibleText(file.path.slice(slash))}</span>
        <span className={styles.folder}>
          <MiddleEllipsis text={visibleText(file.path.slice(0, slash))} />
        </span>
      </span>
      {threads > 0 && <StatusBadge title={`${threads} discussions`}>{threads}</StatusBadge>}
      <span className={styles.numbers}>
        {file.additions !== null && <span data-tone="good">+{file.additions}</span>}
        {file.deletions !== null && <span data-tone="bad">−{file.deletions}</span>}
      </span>
    </div>
  );
}
