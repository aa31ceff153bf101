import {
  IconArrowNarrowRight,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconEye,
  IconMessage,
} from '@tabler/icons-react';
import type { Account } from '../../../shared/contract/accounts';
import type { PullRequest } from '../../../shared/contract/pull-requests';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { ProviderIcon } from '../../components/ProviderIcon';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import styles from './PullRequests.module.css';
import { checkWords, reviewWords, stateWords, type Words } from './words';

const checkIcons = { passed: IconCircleCheck, failed: IconCircleX, pending: IconClock };

function ChecksMark({ checks }: { checks: PullRequest['checks'] }) {
  if (checks === null || checks === 'none' || checks === 'unknown') return null;
  const Icon = checkIcons[checks];
  return (
    <span
      className={styles.mark}
      data-tone={checkWords[checks]?.tone}
      title={`Checks: ${checkWords[checks]?.text}`}
    >
      <Icon size={15} role="img" aria-label={`Checks ${checkWords[checks]?.text.toLowerCase()}`} />
    </span>
  );
}

/** From where to where; the fork's name when it comes from one. */
export function Branches({ item }: { item: PullRequest }) {
  const from = item.source.repository === null ? '' : `${item.source.repository}:`;
  return (
    <span className={styles.branches}>
      <MiddleEllipsis text={visibleText(`${from}${item.source.branch}`)} tail={10} />
      <IconArrowNarrowRight size={14} role="img" aria-label="into" />
      <MiddleEllipsis text={visibleText(item.target.branch)} tail={10} />
    </span>
  );
}

export function PullRequestLine({
  item,
  account,
  words,
}: {
  item: PullRequest;
  account: Account | undefined;
  words: Words;
}) {
  const state = stateWords(item, words);
  const review = item.review === null || item.review === 'none' ? null : reviewWords[item.review];
  return (
    <div className={styles.line}>
      <div className={styles.lineTop}>
        <span className={styles.title} title={visibleText(item.title)}>
          {visibleText(item.title)}
        </span>
        <span className={styles.marks}>
          {item.awaitsMyReview && (
            <span className={styles.mark} data-tone="warn" title="Waiting for your review">
              <IconEye size={15} role="img" aria-label="Waiting for your review" />
            </span>
          )}
          <ChecksMark checks={item.checks} />
          {item.comments !== null && item.comments > 0 && (
            <span
              className={styles.comments}
              title={item.comments === 1 ? '1 comment' : `${item.comments} comments`}
            >
              <IconMessage size={14} role="img" aria-label="comments" />
              {item.comments}
            </span>
          )}
        </span>
      </div>
      <div className={styles.lineBottom}>
        <ProviderIcon provider={account?.provider ?? null} size={14} />
        <span className={styles.where} title={`${item.repository.fullName} (${account?.alias ?? ''})`}>
          <MiddleEllipsis text={visibleText(item.repository.fullName)} tail={16} />
          <span>
            {words.pullRequestPrefix}
            {item.number}
          </span>
        </span>
        <span className={styles.by}>{visibleText(item.author.name)}</span>
        <Branches item={item} />
        <span className={styles.badges}>
          {(item.draft || item.state !== 'open') && <StatusBadge tone={state.tone}>{state.text}</StatusBadge>}
          {review !== null && item.state === 'open' && (
            <StatusBadge tone={review.tone}>{review.text}</StatusBadge>
          )}
        </span>
        <span className={styles.age}>
          <RelativeTime time={item.updatedAt} />
        </span>
      </div>
    </div>
  );
}
