import { Loader } from '@mantine/core';
import type { Account } from '../../../shared/contract/accounts';
import type { PullRequestDetail } from '../../../shared/contract/pull-requests';
import { ExternalLink } from '../../components/ExternalLink';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { hasFailed, PartFailure } from './PartFailure';
import styles from './PullRequests.module.css';
import { checkWords } from './words';

export function Checks(props: {
  detail: PullRequestDetail | undefined;
  account: Account | undefined;
  isWaiting: boolean;
}) {
  const { detail } = props;
  if (props.isWaiting) return <Loader role="status" aria-label="Loading checks" />;
  return (
    <>
      <PartFailure detail={detail} part="checks" account={props.account} />
      {detail?.checks.length === 0 && !hasFailed(detail, 'checks') && (
        <p className={styles.quiet}>No check has reported.</p>
      )}
      <ul className={styles.rows}>
        {detail?.checks.map((check) => (
          <li key={`${check.name}\n${check.url ?? ''}`}>
            <StatusBadge tone={checkWords[check.state]?.tone}>{checkWords[check.state]?.text}</StatusBadge>
            <span className={styles.rowText}>
              {check.url?.startsWith('https://') ? (
                <ExternalLink url={check.url}>{visibleText(check.name)}</ExternalLink>
              ) : (
                <strong>{visibleText(check.name)}</strong>
              )}
              {check.description !== '' && (
                <span className={styles.quiet}> {visibleText(check.description)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
