import { Button, Menu } from '@mantine/core';
import { IconGitPullRequest, IconServer2 } from '@tabler/icons-react';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { StatusBadge } from '../../components/StatusBadge';
import { Toolbar } from '../../components/Toolbar';
import { visibleName, visibleText } from '../../components/visible-text';
import { usePerformErrorAction } from '../../errors/actions';
import { AccountBar } from './AccountBar';
import styles from './RepositoryView.module.css';

export interface RepositoryHeaderProps {
  overview: RepositoryOverview;
  onOpenPullRequests: () => void;
  onClose: () => void;
}

export function RepositoryHeader({ overview, onOpenPullRequests, onClose }: RepositoryHeaderProps) {
  const { repository, head } = overview;
  return (
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
  );
}

/** Which account answers, where its servers are, which engine reads it. */
export function RepositoryFacts({ overview }: { overview: RepositoryOverview }) {
  return (
    <div className={styles.facts}>
      <AccountBar repositoryId={overview.repository.id} />
      <Remotes overview={overview} />
      <CheckConnection overview={overview} />
      <span className={styles.fact}>{overview.engine === 'system' ? 'System git' : 'Built-in engine'}</span>
    </div>
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
        <span className={styles.remoteName} title={visibleName(first.name)}>
          {visibleName(first.name)}
        </span>{' '}
        <MiddleEllipsis text={visibleText(first.url)} tail={16} />
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
