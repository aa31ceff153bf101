import { Button, Menu } from '@mantine/core';
import { IconArrowDown, IconChevronDown, IconCloudDownload } from '@tabler/icons-react';
import type { RemoteState } from '../../../shared/contract/remotes';
import { visibleName } from '../../components/visible-text';
import styles from './RemoteBar.module.css';

/** Commits on a button; nothing for none. */
export function commitCount(commits: number | null | undefined) {
  if (!commits) return undefined;
  return <span className={styles.count}>{commits.toLocaleString()}</span>;
}

export function FetchButton({
  known,
  isRunning,
  why,
  prune,
  onFetch,
}: {
  known: RemoteState;
  isRunning: boolean;
  /** Why it cannot be done. */
  why: string | undefined;
  prune: boolean;
  onFetch: (remote: string | null, prune: boolean) => void;
}) {
  const isOff = isRunning || why !== undefined;
  return (
    <Button.Group>
      <Button
        size="compact-sm"
        variant="default"
        disabled={isOff}
        title={why}
        leftSection={<IconCloudDownload size={14} aria-hidden />}
        onClick={() => onFetch(null, prune)}
      >
        Fetch
      </Button>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            className={styles.more}
            disabled={isOff}
            aria-label="Other ways to fetch"
          >
            <IconChevronDown size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {known.remotes.length > 1 && <Menu.Label>From one remote</Menu.Label>}
          {known.remotes.length > 1 &&
            known.remotes.slice(0, 12).map((remote) => (
              <Menu.Item key={remote.name} onClick={() => onFetch(remote.name, prune)}>
                {visibleName(remote.name)}
              </Menu.Item>
            ))}
          {known.remotes.length > 1 && <Menu.Divider />}
          <Menu.Item onClick={() => onFetch(null, true)}>
            Fetch, and forget branches that are gone on the server
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}

export function PullButton({
  known,
  isRunning,
  why,
  onPull,
}: {
  known: RemoteState;
  isRunning: boolean;
  /** Why it cannot be done. */
  why: string | undefined;
  onPull: (how: 'fast-forward' | 'merge') => void;
}) {
  const isOff = isRunning || why !== undefined;
  return (
    <Button.Group>
      <Button
        size="compact-sm"
        variant="default"
        disabled={isOff}
        title={why}
        leftSection={<IconArrowDown size={14} aria-hidden />}
        rightSection={commitCount(known.upstream?.behind)}
        onClick={() => onPull('fast-forward')}
      >
        Pull
      </Button>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            className={styles.more}
            disabled={isOff}
            aria-label="Other ways to pull"
          >
            <IconChevronDown size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onPull('fast-forward')}>
            Pull only where nothing has to be merged
          </Menu.Item>
          <Menu.Item onClick={() => onPull('merge')}>Pull and merge</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
