import { ActionIcon, Button, CloseButton, Loader, Tabs, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize, IconExternalLink, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type { PullRequest } from '../../../shared/contract/pull-requests';
import { EmptyState } from '../../components/EmptyState';
import { useOpenExternal } from '../../components/ExternalLink';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { Checks } from './Checks';
import { Commits } from './Commits';
import { Conversation } from './Conversation';
import { Files } from './Files';
import { Branches } from './PullRequestLine';
import styles from './PullRequests.module.css';
import { stateWords, type Words } from './words';

export interface PullRequestPaneProps {
  /** As the list knows it: shown until the whole has come. */
  listed: PullRequest;
  account: Account | undefined;
  words: Words;
  /** The list beside it is hidden. */
  isWide: boolean;
  onWide: (isWide: boolean) => void;
  onClose: () => void;
}

const fresh = { staleTime: 30_000 };

/** One pull request, for reading. */
export default function PullRequestPane(props: PullRequestPaneProps) {
  const { listed, account, words, isWide, onWide, onClose } = props;
  const input = { accountId: listed.accountId, repository: listed.repository, number: listed.number };
  const [tab, setTab] = useState<string>('conversation');
  const detail = useQuery({ ...query.pullRequests.get.queryOptions({ input }), ...fresh });
  const threads = useQuery({ ...query.pullRequests.threads.queryOptions({ input }), ...fresh });
  const files = useQuery({ ...query.pullRequests.files.queryOptions({ input }), ...fresh });
  const openExternal = useOpenExternal();
  const item = detail.data?.pullRequest ?? listed;
  const state = stateWords(item, words);
  const commits = detail.data?.commits;
  const checks = detail.data?.checks;
  const isLoading = detail.isFetching || threads.isFetching || files.isFetching;
  const count = (value: number | undefined) => (value === undefined ? '' : ` ${value}`);
  return (
    <div className={styles.detail}>
      <header className={styles.detailHead}>
        <div className={styles.detailTitle}>
          <h2>
            {visibleText(item.title)}{' '}
            <span className={styles.number}>
              {words.pullRequestPrefix}
              {item.number}
            </span>
          </h2>
          <Tooltip label={isWide ? 'Show the list again' : 'Hide the list'}>
            <ActionIcon aria-label="Whole width" aria-pressed={isWide} onClick={() => onWide(!isWide)}>
              {isWide ? (
                <IconArrowsMinimize size={16} aria-hidden />
              ) : (
                <IconArrowsMaximize size={16} aria-hidden />
              )}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Read it again">
            <ActionIcon
              aria-label="Read it again"
              loading={isLoading}
              onClick={() => void Promise.all([detail.refetch(), threads.refetch(), files.refetch()])}
            >
              <IconRefresh size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconExternalLink size={14} aria-hidden />}
            onClick={() => openExternal(item.webUrl)}
          >
            Open in browser
          </Button>
          <CloseButton aria-label="Close detail" onClick={onClose} />
        </div>
        <div className={styles.facts}>
          <StatusBadge tone={state.tone} title={visibleText(item.providerState)}>
            {state.text}
          </StatusBadge>
          {item.draft && item.state !== 'open' && <StatusBadge>Draft</StatusBadge>}
          {detail.data?.mergeable === false && item.state === 'open' && (
            <StatusBadge tone="warn">Cannot be merged as it is</StatusBadge>
          )}
          <span>
            {visibleText(item.author.name)} in <strong>{visibleText(item.repository.fullName)}</strong>
          </span>
          <Branches item={item} />
          <span>
            opened <RelativeTime time={item.createdAt} />
          </span>
        </div>
      </header>
      {detail.error !== null && (
        <ErrorNotice
          error={toAppError(detail.error)}
          account={account}
          onRetry={() => void detail.refetch()}
        />
      )}
      <Tabs
        value={tab}
        onChange={(value) => setTab(value ?? 'conversation')}
        className={styles.tabs}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="conversation">Conversation</Tabs.Tab>
          <Tabs.Tab value="files">Files{count(files.data?.files.length)}</Tabs.Tab>
          <Tabs.Tab value="commits">Commits{count(commits?.length)}</Tabs.Tab>
          <Tabs.Tab value="checks">Checks{count(checks?.length)}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="conversation" className={styles.panel} tabIndex={0}>
          <Conversation
            detail={detail.data}
            isWaiting={detail.isPending}
            threads={threads.data}
            threadsError={threads.error === null ? null : toAppError(threads.error)}
            files={files.data?.files}
            account={account}
            onRetryThreads={() => void threads.refetch()}
          />
        </Tabs.Panel>
        <Tabs.Panel value="files" className={styles.filesPanel}>
          {files.isPending && <EmptyState icon={<Loader aria-hidden />} title="Reading the files" />}
          {files.error !== null && (
            <ErrorNotice
              shape="panel"
              error={toAppError(files.error)}
              account={account}
              onRetry={() => void files.refetch()}
            />
          )}
          {files.data && (
            <Files
              input={input}
              files={files.data.files}
              partial={files.data.partial}
              threads={threads.data ?? []}
              account={account}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="commits" className={styles.panel} tabIndex={0}>
          <Commits detail={detail.data} account={account} isWaiting={detail.isPending} />
        </Tabs.Panel>
        <Tabs.Panel value="checks" className={styles.panel} tabIndex={0}>
          <Checks detail={detail.data} account={account} isWaiting={detail.isPending} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
