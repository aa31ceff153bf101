import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Thread } from '../../../shared/contract/pull-requests';
import { Avatar } from '../../components/Avatar';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import styles from './PullRequests.module.css';

const Markdown = lazy(() => import('./Markdown'));

/** A discussion. Resolved ones are folded; what the provider wrote itself is one quiet line. */
export function ThreadCard({ thread, showPath = false }: { thread: Thread; showPath?: boolean }) {
  const isResolved = thread.resolved === true;
  const [isOpen, setOpen] = useState(!isResolved);
  const { position } = thread;
  if (position === null && thread.comments.every((comment) => comment.system))
    return (
      <div className={styles.system}>
        {thread.comments.map((comment) => (
          <p key={comment.id}>
            <strong>{visibleText(comment.author.name)}</strong> {visibleText(comment.body)}{' '}
            <RelativeTime time={comment.createdAt} />
          </p>
        ))}
      </div>
    );
  const Fold = isOpen ? IconChevronDown : IconChevronRight;
  const marked = isResolved || position?.outdated === true;
  return (
    <article className={styles.thread}>
      {(showPath || marked) && (
        <UnstyledButton className={styles.threadHead} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Fold size={14} aria-hidden />
          {position !== null && showPath && (
            <span className={styles.threadPath}>
              <MiddleEllipsis text={visibleText(position.path)} tail={28} />
              {position.line !== null && <span>:{position.line}</span>}
            </span>
          )}
          {isResolved && <StatusBadge tone="good">Resolved</StatusBadge>}
          {position?.outdated === true && <StatusBadge tone="warn">Outdated</StatusBadge>}
          {!isOpen && (
            <span className={styles.quiet}>
              {thread.comments.length === 1 ? '1 comment' : `${thread.comments.length} comments`}
            </span>
          )}
        </UnstyledButton>
      )}
      {isOpen &&
        thread.comments.map((comment) => (
          <div key={comment.id} className={styles.comment}>
            <div className={styles.commentHead}>
              <Avatar name={comment.author.name} size={20} />
              <strong>{visibleText(comment.author.name)}</strong>
              {comment.system && <StatusBadge>Automatic</StatusBadge>}
              <span className={styles.quiet}>
                <RelativeTime time={comment.createdAt} />
              </span>
            </div>
            <Suspense fallback={<p className={styles.plainComment}>{visibleText(comment.body)}</p>}>
              <Markdown source={comment.body} />
            </Suspense>
          </div>
        ))}
    </article>
  );
}
