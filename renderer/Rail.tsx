import { ActionIcon, Menu, UnstyledButton } from '@mantine/core';
import {
  IconCloudDown,
  IconFolder,
  IconFolders,
  IconGitPullRequest,
  IconPlus,
  IconSettings,
  IconWorldSearch,
} from '@tabler/icons-react';
import type { Repository } from '../shared/contract/repositories';
import classes from './Rail.module.css';
import { shortcutLabel } from './shortcuts';

export type Place = 'repositories' | 'browse' | 'pull-requests';

export interface RailProps {
  place: Place;
  openRepositoryId: string | null;
  recent: Repository[];
  /** Accounts that need the user (refused, expired, about to expire). */
  accountsToLookAt: number;
  onPlace: (place: Place) => void;
  onOpenRepository: (id: string) => void;
  onOpenFromDisk: () => void;
  onClone: () => void;
  onPreferences: () => void;
}

const iconProps = { size: 17, stroke: 1.7, 'aria-hidden': true } as const;

/** The navigation on the left: the three places, the repositories last opened, preferences. */
export function Rail(props: RailProps) {
  const current = (place: Place) =>
    props.place === place && (place !== 'repositories' || props.openRepositoryId === null)
      ? 'page'
      : undefined;
  return (
    <nav className={classes.rail} aria-label="Main">
      <UnstyledButton
        className={classes.item}
        aria-current={current('repositories')}
        title={shortcutLabel('Mod+1')}
        onClick={() => props.onPlace('repositories')}
      >
        <IconFolders {...iconProps} />
        <span className={classes.label}>Repositories</span>
      </UnstyledButton>
      <UnstyledButton
        className={classes.item}
        aria-current={current('browse')}
        title={shortcutLabel('Mod+2')}
        onClick={() => props.onPlace('browse')}
      >
        <IconWorldSearch {...iconProps} />
        <span className={classes.label}>Browse hosted</span>
      </UnstyledButton>
      <UnstyledButton
        className={classes.item}
        aria-current={current('pull-requests')}
        title={shortcutLabel('Mod+3')}
        onClick={() => props.onPlace('pull-requests')}
      >
        <IconGitPullRequest {...iconProps} />
        <span className={classes.label}>Pull requests</span>
      </UnstyledButton>

      <div className={classes.heading}>
        <span id="recent-heading">Recent</span>
        <Menu position="bottom-start" withinPortal={false} floatingStrategy="fixed">
          <Menu.Target>
            <ActionIcon size={22} aria-label="Open or clone a repository">
              <IconPlus size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconFolder {...iconProps} />}
              rightSection={<small>{shortcutLabel('Mod+O')}</small>}
              onClick={props.onOpenFromDisk}
            >
              Open from this machine…
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCloudDown {...iconProps} />}
              rightSection={<small>{shortcutLabel('Mod+Shift+O')}</small>}
              onClick={props.onClone}
            >
              Clone…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={classes.recent}>
        <ul aria-labelledby="recent-heading">
          {props.recent.map((repository) => (
            <li key={repository.id}>
              <UnstyledButton
                className={classes.item}
                aria-current={
                  props.place === 'repositories' && props.openRepositoryId === repository.id
                    ? 'page'
                    : undefined
                }
                title={repository.present ? repository.path : `${repository.path} (not there now)`}
                onClick={() => props.onOpenRepository(repository.id)}
              >
                <span className={`${classes.label} ${repository.present ? '' : classes.absent}`}>
                  {repository.name}
                </span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </div>

      <UnstyledButton className={classes.item} title={shortcutLabel('Mod+,')} onClick={props.onPreferences}>
        <IconSettings {...iconProps} />
        <span className={classes.label}>Preferences</span>
        {props.accountsToLookAt > 0 && (
          <span className={classes.badge} title="Accounts that need your attention">
            <span aria-hidden>{props.accountsToLookAt}</span>
            <span hidden>accounts need your attention</span>
          </span>
        )}
      </UnstyledButton>
    </nav>
  );
}
