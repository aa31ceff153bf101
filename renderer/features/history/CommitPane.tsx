import { ActionIcon, CloseButton, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { Commit } from '../../../shared/contract/history';
import { Avatar } from '../../components/Avatar';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleName, visibleText } from '../../components/visible-text';
import styles from './RepositoryView.module.css';

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' });

/** A commit's whole message and its facts. */
export function CommitPane({ commit, onClose }: { commit: Commit; onClose: () => void }) {
  return (
    <>
      <div className={styles.detailHead}>
        <h2>{commit.subject === '' ? '(no message)' : visibleText(commit.subject)}</h2>
        <CloseButton aria-label="Close commit" onClick={onClose} />
      </div>
      {commit.body.trim() !== '' && <pre className={styles.message}>{visibleText(commit.body.trim())}</pre>}
      <dl className={styles.commitFacts}>
        <dt>Author</dt>
        <dd className={styles.person}>
          <Avatar name={commit.author.name} size={18} />
          <span>
            {visibleText(commit.author.name)} &lt;{visibleText(commit.author.email)}&gt;
          </span>
        </dd>
        <dt>Date</dt>
        <dd>
          {full.format(commit.authoredAt)} (<RelativeTime time={commit.authoredAt} />)
        </dd>
        <dt>Commit</dt>
        <dd>
          <code>{commit.oid}</code>
          <CopyButton value={commit.oid}>
            {({ copied, copy }) => (
              <ActionIcon size={20} aria-label={copied ? 'Copied' : 'Copy the commit id'} onClick={copy}>
                {copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
              </ActionIcon>
            )}
          </CopyButton>
        </dd>
        <dt>{commit.parents.length === 1 ? 'Parent' : 'Parents'}</dt>
        <dd>
          {commit.parents.length === 0
            ? 'None: the first commit'
            : commit.parents.map((oid) => <code key={oid}>{oid.slice(0, 12)} </code>)}
        </dd>
        {commit.refs.length > 0 && (
          <>
            <dt>Refs</dt>
            <dd className={styles.refs}>
              {commit.refs.map((ref) => (
                <StatusBadge key={ref} tone="info">
                  {visibleName(ref)}
                </StatusBadge>
              ))}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}
