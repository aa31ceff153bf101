import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { FetchResult, PullResult, RemoteState } from '../../../shared/contract/remotes';
import type { AppError } from '../../../shared/errors';
import { RelativeTime } from '../../components/RelativeTime';
import { visibleName, visibleText } from '../../components/visible-text';
import { describeInOneLine } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import type { Work } from '../../rpc/follow';
import styles from './RemoteBar.module.css';
import { fetchWords, pullWords } from './words';

/** What was done, and how it ended. */
export type Done =
  | { did: 'fetch'; result: FetchResult }
  | { did: 'pull'; result: PullResult; upstream: string };

interface SaysProps {
  known: RemoteState;
  /** What keeps the buttons off. */
  why: string | undefined;
  work: Work<Done>;
  repositoryId: string;
  onCancel: () => void;
  onDismiss: () => void;
  onMerge: () => void;
  onShowChanges: () => void;
}

/** One line beside the buttons. */
export function RemoteSays(props: SaysProps) {
  const { work, onCancel } = props;
  if (work.state === 'running') {
    const { phase, fraction, detail } = work.progress;
    const percent = fraction === undefined ? '' : ` ${Math.floor(fraction * 100)} %`;
    return (
      <>
        <progress className={styles.progress} value={fraction} aria-label={phase} />
        <span className={styles.text}>
          {work.cancelling ? 'Cancelling…' : `${visibleText(phase)}${percent}`}
          {detail !== undefined && !work.cancelling && (
            <span className={styles.quiet}> {visibleText(detail)}</span>
          )}
        </span>
        <Button size="compact-xs" variant="default" onClick={onCancel} disabled={work.cancelling}>
          Cancel
        </Button>
      </>
    );
  }
  if (work.state === 'failed') return <Failed {...props} error={work.error} />;
  if (work.state === 'done') return <Ended {...props} done={work.result} />;
  return <AtRest known={props.known} why={props.why} />;
}

function Dismiss({ onDismiss }: Pick<SaysProps, 'onDismiss'>) {
  return (
    <ActionIcon size="sm" variant="subtle" color="gray" aria-label="Dismiss" onClick={onDismiss}>
      <IconX size={14} aria-hidden />
    </ActionIcon>
  );
}

function Failed({ error, onMerge, onDismiss, repositoryId }: SaysProps & { error: AppError }) {
  return (
    <>
      <ErrorNotice shape="line" error={error} subject={{ repositoryId }} />
      {error.kind === 'not-fast-forward' && (
        <Button size="compact-xs" variant="default" onClick={onMerge}>
          Merge
        </Button>
      )}
      <Dismiss onDismiss={onDismiss} />
    </>
  );
}

function Ended({ done, onDismiss, onShowChanges, repositoryId }: SaysProps & { done: Done }) {
  const isConflict = done.did === 'pull' && done.result.outcome.kind === 'conflicts';
  const failed = done.did === 'fetch' ? done.result.failures[0] : undefined;
  return (
    <>
      {failed === undefined || (done.did === 'fetch' && done.result.updated.length > 0) ? (
        <span className={styles.text} data-tone={isConflict ? 'warn' : undefined}>
          {done.did === 'fetch' ? fetchWords(done.result) : pullWords(done.result, done.upstream)}
        </span>
      ) : null}
      {failed && (
        <ErrorNotice
          shape="line"
          error={failed.error}
          subject={{ repositoryId }}
          label={visibleName(failed.remote)}
        />
      )}
      {isConflict && (
        <Button size="compact-xs" variant="default" onClick={onShowChanges}>
          Show the files
        </Button>
      )}
      <Dismiss onDismiss={onDismiss} />
    </>
  );
}

/** Where the branch stands, and when the servers were asked. */
function AtRest({ known, why }: Pick<SaysProps, 'known' | 'why'>) {
  const { upstream, lastFetch } = known;
  const failed = lastFetch?.failures[0];
  return (
    <span className={styles.text}>
      {why !== undefined ? (
        <span title={why}>{why}</span>
      ) : upstream ? (
        <>
          {visibleName(known.branch ?? '')} follows {visibleName(upstream.name)}
          {upstream.ahead === null && ', which is not here any more'}
          {upstream.ahead === 0 && upstream.behind === 0 && ', level with it'}
        </>
      ) : (
        known.branch !== null && `${visibleName(known.branch)} has no upstream yet`
      )}
      <span className={styles.quiet}>
        {known.fetching && ' · Fetching in the background'}
        {!known.fetching && lastFetch && failed === undefined && (
          <>
            {' · Fetched '}
            <RelativeTime time={lastFetch.at} />
          </>
        )}
        {!known.fetching && failed && (
          <span title={describeInOneLine(failed.error)}>
            {` · ${visibleName(failed.remote)} could not be fetched `}
            {lastFetch && <RelativeTime time={lastFetch.at} />}
          </span>
        )}
      </span>
    </span>
  );
}
