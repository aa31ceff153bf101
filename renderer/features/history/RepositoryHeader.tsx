import { Button, Menu, Select } from '@mantine/core';
import { IconGitPullRequest, IconServer2 } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { StatusBadge } from '../../components/StatusBadge';
import { Toolbar } from '../../components/Toolbar';
import { visibleText } from '../../components/visible-text';
import { usePerformErrorAction } from '../../errors/actions';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import styles from './RepositoryView.module.css';

export interface RepositoryHeaderProps {
  overview: RepositoryOverview;
  onOpenPullRequests: () => void;
  onClose: () => void;
}

export function RepositoryHeader({ overview, onOpenPullRequests, onClose }: RepositoryHeaderProps) {
  const { repository, head } = overview;
  return (
    <>
      <Toolbar
        title={<span title={repository.path}>{visibleText(repository.name)}</span>}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconGitPullRequest size={15} aria-hidden />}
              disabled={overview.remotes.length === 0}
              onClick={onOpenPullRequests}
            >
              Pull requests
            </Button>
            <Button variant="subtle" color="gray" onClick={onClose}>
              Close
            </Button>
          </>
        }
      >
        {head.state === 'detached' && <StatusBadge tone="warn">Detached HEAD</StatusBadge>}
        {overview.bare && <StatusBadge>Bare</StatusBadge>}
        {overview.shallow && <StatusBadge title="Only part of the history was cloned">Shallow</StatusBadge>}
        <span className={styles.path}>
          <MiddleEllipsis text={visibleText(repository.path)} tail={24} />
        </span>
      </Toolbar>
      <div className={styles.facts}>
        <AccountChoice overview={overview} />
        <Remotes overview={overview} />
        <CheckConnection overview={overview} />
        <span className={styles.fact}>
          {overview.engine === 'system' ? 'System git' : 'Embedded git engine'}
        </span>
      </div>
    </>
  );
}

function AccountChoice({ overview }: { overview: RepositoryOverview }) {
  const accounts = useQuery(query.accounts.list.queryOptions());
  const bind = useMutation({
    mutationFn: (accountId: string | null) =>
      client.repositories.bindAccount({ repositoryId: overview.repository.id, accountId }),
  });
  const list = accounts.data ?? [];
  const { account } = overview;
  const matched =
    account?.source === 'matched' ? list.find((one) => one.id === account.accountId) : undefined;
  const bound = account?.source === 'bound' ? account.accountId : '';
  return (
    <>
      <label className={styles.fact}>
        Account
        <Select
          className={styles.account}
          size="xs"
          aria-label="Account used for this repository"
          value={bound}
          allowDeselect={false}
          disabled={bind.isPending}
          data={[
            {
              value: '',
              label: matched ? `By address: ${matched.alias}` : 'By address: none fits, ask me',
            },
            ...list.map((one) => ({ value: one.id, label: one.alias })),
            // An account that was removed meanwhile still shows what is bound.
            ...(bound !== '' && !list.some((one) => one.id === bound)
              ? [{ value: bound, label: 'An account that is gone' }]
              : []),
          ]}
          onChange={(id) => bind.mutate(id === '' ? null : id)}
        />
      </label>
      {bind.error !== null && <ErrorNotice shape="line" error={toAppError(bind.error)} />}
    </>
  );
}

function CheckConnection({ overview: { repository, remotes } }: { overview: RepositoryOverview }) {
  const perform = usePerformErrorAction();
  if (remotes.length === 0) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      onClick={() => perform({ kind: 'diagnose', label: '', subject: { repositoryId: repository.id } })}
    >
      Check connection…
    </Button>
  );
}

function Remotes({ overview: { remotes } }: { overview: RepositoryOverview }) {
  const [first] = remotes;
  if (first === undefined) return <span className={styles.fact}>No remote</span>;
  return (
    <span className={styles.fact} data-grow>
      <IconServer2 size={14} aria-hidden />
      <span title={first.url} className={styles.remote}>
        {visibleText(first.name)} <MiddleEllipsis text={visibleText(first.url)} tail={24} />
      </span>
      {remotes.length > 1 && (
        <Menu position="bottom-start" shadow="md">
          <Menu.Target>
            <Button size="compact-xs" variant="default">
              {remotes.length} remotes
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {remotes.map((remote) => (
              <Menu.Item
                key={remote.name}
                title="Copy the address"
                onClick={() => void navigator.clipboard.writeText(remote.url)}
              >
                <strong>{visibleText(remote.name)}</strong> {visibleText(remote.url)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </span>
  );
}
