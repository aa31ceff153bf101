import { Button, Menu } from '@mantine/core';
import { IconArrowDown, IconChevronDown, IconCloudDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { RemoteState } from '../../../shared/contract/remotes';
import { visibleName } from '../../components/visible-text';
import styles from './RemoteBar.module.css';

/** Commits on a button; nothing for none. */
export function commitCount(commits: number | null | undefined) {
  if (!commits) return undefined;
  return <span className={styles.count}>{commits.toLocaleString()}</span>;
}

interface ButtonWithMoreProps {
  label: string;
  icon: ReactNode;
  /** Commits it is about. */
  commits?: number | null;
  isRunning: boolean;
  /** Why it cannot be done. */
  why: string | undefined;
  onClick: () => void;
  /** Name of the menu beside it, and what is in it. */
  more: string;
  children: ReactNode;
}

/** The usual way on a button, the others in a menu beside it. */
function ButtonWithMore(props: ButtonWithMoreProps) {
  const isOff = props.isRunning || props.why !== undefined;
  return (
    <Button.Group>
      <Button
        size="compact-sm"
        variant="default"
        disabled={isOff}
        title={props.why}
        leftSection={props.icon}
        rightSection={commitCount(props.commits)}
        onClick={props.onClick}
      >
        {props.label}
      </Button>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            className={styles.more}
            disabled={isOff}
            aria-label={props.more}
          >
            <IconChevronDown size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>{props.children}</Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}

export interface FetchButtonProps extends Pick<ButtonWithMoreProps, 'isRunning' | 'why'> {
  known: RemoteState;
  prune: boolean;
  onFetch: (remote: string | null, prune: boolean) => void;
}

export function FetchButton({ known, prune, onFetch, ...state }: FetchButtonProps) {
  const several = known.remotes.length > 1 ? known.remotes.slice(0, 12) : [];
  return (
    <ButtonWithMore
      {...state}
      label="Fetch"
      icon={<IconCloudDownload size={14} aria-hidden />}
      onClick={() => onFetch(null, prune)}
      more="Other ways to fetch"
    >
      {several.length > 0 && <Menu.Label>From one remote</Menu.Label>}
      {several.map((remote) => (
        <Menu.Item key={remote.name} onClick={() => onFetch(remote.name, prune)}>
          {visibleName(remote.name)}
        </Menu.Item>
      ))}
      {several.length > 0 && <Menu.Divider />}
      <Menu.Item onClick={() => onFetch(null, true)}>
        Fetch, and forget branches that are gone on the server
      </Menu.Item>
    </ButtonWithMore>
  );
}

export interface PullButtonProps extends Pick<ButtonWithMoreProps, 'isRunning' | 'why'> {
  known: RemoteState;
  onPull: (how: 'fast-forward' | 'merge') => void;
}

export function PullButton({ known, onPull, ...state }: PullButtonProps) {
  return (
    <ButtonWithMore
      {...state}
      label="Pull"
      icon={<IconArrowDown size={14} aria-hidden />}
      commits={known.upstream?.behind}
      onClick={() => onPull('fast-forward')}
      more="Other ways to pull"
    >
      <Menu.Item onClick={() => onPull('fast-forward')}>Pull only where nothing has to be merged</Menu.Item>
      <Menu.Item onClick={() => onPull('merge')}>Pull and merge</Menu.Item>
    </ButtonWithMore>
  );
}
