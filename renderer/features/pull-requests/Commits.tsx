import { Loader } from '@mantine/core';
import type { Account } from '../../../shared/contract/accounts';
import type { PullRequestDetail } from '../../../shared/contract/pull-requests';
import { RelativeTime } from '../../components/RelativeTime';
import { visibleText } from '../../components/visible-text';
import { hasFailed, PartFailure } from './PartFailure';
import styles from './PullRequests.module.css';

export function Commits(props: {
  detail: PullRequestDetail | undefined;
  account: Account | undefined;
  isWaiting: boolean;
}) {
  const { detail } = props;
  if (props.isWaiting) return <Loader role="status" aria-label="Loading commits" />;
  return (
    <>
      <PartFailure detail={detail} part="commits" account={props.account} />
      {detail?.commits.length === 0 && !hasFailed(detail, 'commits') && (
        <p className={styles.quiet}>No commits.</p>
      )}
      <ul className={styles.rows}>
        {detail?.commits.map((commit) => (
          <li key={commit.oid}>
            <span className={styles.rowText}>{visibleText(commit.subject) || '(no message)'}</span>
            <span className={styles.quiet}>{visibleText(commit.author)}</span>
            <span className={styles.quiet}>
              {commit.authoredAt !== null && <RelativeTime time={commit.authoredAt} />}
            </span>
            <code className={styles.oid} title={commit.oid}>
              {commit.oid.slice(0, 8)}
            </code>
          </li>
        ))}
      </ul>
    </>
  );
}
