import { Button, Loader } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { shownPath } from '../../../shared/git-path';
import { EmptyState } from '../../components/EmptyState';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { VirtualList } from '../../components/VirtualList';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import styles from './ChangesPane.module.css';
import { type ChangeLine, linesOf, underWayWords } from './changes';
import { useStatus } from './use-status';

const lineHeight = () => 28;

/** What differs from the last commit: conflicts first, then what is staged, changed and new. */
export function ChangesPane({ repositoryId }: { repositoryId: string }) {
  const { state, running, error, reload } = useStatus(repositoryId);
  const [active, setActive] = useState(-1);
  const lines = useMemo(() => linesOf(state.entries), [state.entries]);
  const lineKey = useCallback((line: number) => lines[line]?.key ?? String(line), [lines]);
  useEffect(() => {
    window.addEventListener('focus', reload);
    return () => window.removeEventListener('focus', reload);
  }, [reload]);
  const { status } = state;
  const files = state.entries.length;
  if (error !== null && files === 0)
    return <ErrorNotice shape="panel" error={error} onRetry={reload} subject={{ repositoryId }} />;
  if (files === 0 && (running || status === null))
    return <EmptyState icon={<Loader aria-hidden />} title="Looking for changes" />;
  return (
    <div className={styles.pane}>
      {status?.underWay && <p className={styles.underWay}>{underWayWords[status.underWay]}</p>}
      {files === 0 ? (
        <EmptyState
          icon={<IconCircleCheck size={34} stroke={1.5} aria-hidden />}
          title="Nothing has changed"
          text={
            status?.head.state === 'unborn'
              ? 'There is no file here that could be committed yet.'
              : 'Every file is as in the last commit.'
          }
        >
          <Button variant="default" onClick={reload}>
            Look again
          </Button>
        </EmptyState>
      ) : (
        <>
          <VirtualList
            id="changes"
            role="listbox"
            label="Changed files"
            count={lines.length}
            lineHeight={lineHeight}
            lineKey={lineKey}
            active={active}
            onActive={setActive}
            renderLine={(line) => {
              const shown = lines[line];
              return shown && <Line line={shown} />;
            }}
          />
          {error !== null && <ErrorNotice shape="line" error={error} onRetry={reload} />}
          <footer className={styles.status} aria-live="polite">
            {files === 1 ? '1 changed file' : `${files.toLocaleString()} changed files`}
            {running && ' so far'}
            {status !== null && status.stashes > 0 && ` · ${status.stashes} stashed`}
            <Button size="compact-xs" variant="subtle" loading={running} onClick={reload}>
              Look again
            </Button>
          </footer>
        </>
      )}
    </div>
  );
}

function Line({ line }: { line: ChangeLine }) {
  if (line.kind === 'title')
    return (
      <div className={styles.title}>
        {line.text} <span>{line.count.toLocaleString()}</span>
      </div>
    );
  const path = visibleText(shownPath(line.path));
  return (
    <div className={styles.line}>
      <span
        className={styles.mark}
        data-tone={line.tone}
        title={line.words}
        aria-label={line.words}
        role="img"
      >
        {line.mark}
      </span>
      <span className={styles.path}>
        <MiddleEllipsis
          text={line.from === null ? path : `${visibleText(shownPath(line.from))} → ${path}`}
          tail={32}
        />
      </span>
      <span className={styles.words}>{line.words}</span>
    </div>
  );
}
