import { Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type { ChangedFile, PullRequestDetail, Thread } from '../../../shared/contract/pull-requests';
import type { AppError } from '../../../shared/errors';
import { Avatar } from '../../components/Avatar';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { hasFailed, PartFailure } from './PartFailure';
import styles from './PullRequests.module.css';
import { ThreadCard } from './ThreadCard';
import { conversationThreads } from './thread-placement';
import { voteWords } from './words';

const Markdown = lazy(() => import('./Markdown'));

export interface ConversationProps {
  detail: PullRequestDetail | undefined;
  isWaiting: boolean;
  threads: Thread[] | undefined;
  threadsError: AppError | null;
  files: ChangedFile[] | undefined;
  account: Account | undefined;
  onRetryThreads: () => void;
}

export function Conversation(props: ConversationProps) {
  const { detail, account } = props;
  const { general, onFiles } = conversationThreads(props.threads ?? [], props.files);
  return (
    <div className={styles.conversation}>
      <div className={styles.talk}>
        <section aria-label="Description" className={styles.description}>
          {props.isWaiting && <Loader role="status" aria-label="Loading the description" />}
          {detail && (
            <Suspense fallback={<Loader role="status" aria-label="Loading" />}>
              <Markdown source={detail.description} empty="No description." />
            </Suspense>
          )}
        </section>
        <h3>Discussion</h3>
        <ErrorNotice error={props.threadsError} account={account} onRetry={props.onRetryThreads} />
        {props.threads === undefined && props.threadsError === null && (
          <Loader role="status" aria-label="Loading the discussion" />
        )}
        {props.threads?.length === 0 && <p className={styles.quiet}>Nobody has commented yet.</p>}
        {general.map((thread) => (
          <ThreadCard key={thread.id} thread={thread} />
        ))}
        {onFiles.length > 0 && <h3>On the files</h3>}
        {onFiles.map((thread) => (
          <ThreadCard key={thread.id} thread={thread} showPath />
        ))}
      </div>
      <aside className={styles.people} aria-label="Reviewers and labels">
        <h3>Reviewers</h3>
        <PartFailure detail={detail} part="reviewers" account={account} />
        {detail?.reviewers.length === 0 && !hasFailed(detail, 'reviewers') && (
          <p className={styles.quiet}>None yet.</p>
        )}
        <ul className={styles.reviewers}>
          {detail?.reviewers.map((reviewer) => (
            <li key={`${reviewer.person.id}\n${reviewer.person.login}`}>
              <Avatar name={reviewer.person.name} size={20} />
              <span className={styles.rowText} title={visibleText(reviewer.person.login)}>
                {visibleText(reviewer.person.name)}
                {reviewer.required && <span className={styles.quiet}> (required)</span>}
              </span>
              <StatusBadge tone={voteWords[reviewer.vote]?.tone}>
                {voteWords[reviewer.vote]?.text}
              </StatusBadge>
            </li>
          ))}
        </ul>
        {(detail?.labels.length !== 0 || hasFailed(detail, 'labels')) && detail && (
          <>
            <h3>Labels</h3>
            <PartFailure detail={detail} part="labels" account={account} />
            <div className={styles.labels}>
              {detail.labels.map((label) => (
                <StatusBadge key={label}>{visibleText(label)}</StatusBadge>
              ))}
            </div>
          </>
        )}
      </aside>
    </div>
  );
}
