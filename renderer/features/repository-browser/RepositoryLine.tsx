import { memo, useState } from 'react';
import { Menu } from '@mantine/core';
import {
  IconArchive,
  IconCopy,
  IconDots,
  IconExternalLink,
  IconGitBranch,
  IconGitFork,
  IconGitPullRequest,
  IconLock,
  IconStar,
  IconStarFilled,
  IconUsers,
  IconWorld,
} from '@tabler/icons-react';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import { useOpenExternal } from '../../components/ExternalLink';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import type { Entry } from './filter';
import styles from './RepositoryBrowser.module.css';

const visibility = {
  public: { Icon: IconWorld, label: 'Public' },
  internal: { Icon: IconUsers, label: 'Internal' },
  private: { Icon: IconLock, label: 'Private' },
};

export interface RepositoryLineProps {
  entry: Entry;
  /** Without groups the namespace stands before the name. */
  grouped: boolean;
  active: boolean;
  onClone: (repository: HostedRepository) => void;
  onFavourite: (key: string, favourite: boolean) => void;
  onOpenPullRequests: (repository: HostedRepository) => void;
}

/**
 * Plain elements and remembered lines: typing in the search draws some thirty
 * of them a key, and a component kit's buttons and menus cost most of a frame.
 */
export const RepositoryLine = memo(function RepositoryLine(props: RepositoryLineProps) {
  const { repository, favourite, cloned } = props.entry;
  const { Icon, label } = visibility[repository.visibility];
  const name = visibleText(repository.name);
  return (
    <div className={styles.repositoryLine} data-grouped={props.grouped || undefined}>
      <div role="gridcell" className={styles.star}>
        <button
          type="button"
          className={styles.icon}
          tabIndex={-1}
          aria-pressed={favourite}
          aria-label={favourite ? `Remove ${name} from favourites` : `Add ${name} to favourites`}
          data-favourite={favourite || undefined}
          onClick={(event) => {
            event.stopPropagation();
            props.onFavourite(repository.key, !favourite);
          }}
        >
          {favourite ? <IconStarFilled size={15} aria-hidden /> : <IconStar size={15} aria-hidden />}
        </button>
      </div>
      <div role="gridcell" className={styles.what}>
        <div className={styles.nameLine}>
          <span title={label} className={styles.visibility}>
            <Icon size={14} role="img" aria-label={label} />
          </span>
          {!props.grouped && <span className={styles.before}>{visibleText(repository.namespace)} / </span>}
          <strong className={styles.name}>
            <MiddleEllipsis text={name} />
          </strong>
          {repository.fork && (
            <span title="Fork" className={styles.visibility}>
              <IconGitFork size={14} role="img" aria-label="Fork" />
            </span>
          )}
          {repository.archived && (
            <StatusBadge tone="warn" icon={<IconArchive size={12} aria-hidden />}>
              Archived
            </StatusBadge>
          )}
          {cloned >= 0 && <StatusBadge tone="good">Cloned</StatusBadge>}
        </div>
        <div className={styles.description} title={visibleText(repository.description)}>
          {repository.description === '' ? 'No description' : visibleText(repository.description)}
        </div>
      </div>
      <div role="gridcell" className={styles.branch}>
        {repository.defaultBranch !== null && (
          <>
            <IconGitBranch size={13} role="img" aria-label="Default branch" />
            <MiddleEllipsis text={visibleText(repository.defaultBranch)} tail={8} />
          </>
        )}
      </div>
      <div role="gridcell" className={styles.updated}>
        {repository.updatedAt !== null && <RelativeTime time={repository.updatedAt} />}
      </div>
      <div role="gridcell" className={styles.actions} data-active={props.active || undefined}>
        <RepositoryActions {...props} />
      </div>
    </div>
  );
});

function RepositoryActions({ entry: { repository }, onClone, onOpenPullRequests }: RepositoryLineProps) {
  const openExternal = useOpenExternal();
  // The menu is made when it is first wanted.
  const [wanted, setWanted] = useState(false);
  const [opened, setOpened] = useState(false);
  const more = (
    <button
      type="button"
      className={styles.icon}
      tabIndex={-1}
      aria-label={`More for ${repository.name}`}
      aria-haspopup="menu"
      onClick={(event) => {
        event.stopPropagation();
        setWanted(true);
        setOpened((before) => !before);
      }}
    >
      <IconDots size={16} aria-hidden />
    </button>
  );
  return (
    <>
      <button
        type="button"
        className={styles.clone}
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation();
          onClone(repository);
        }}
      >
        Clone…
      </button>
      {!wanted && more}
      {wanted && (
        <Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal shadow="md">
          <Menu.Target>{more}</Menu.Target>
          <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
            <Menu.Item
              leftSection={<IconGitPullRequest size={15} aria-hidden />}
              onClick={() => onOpenPullRequests(repository)}
            >
              Show its pull requests
            </Menu.Item>
            <Menu.Item
              leftSection={<IconExternalLink size={15} aria-hidden />}
              onClick={() => openExternal(repository.webUrl)}
            >
              Open in browser
            </Menu.Item>
            <Menu.Item
              leftSection={<IconCopy size={15} aria-hidden />}
              onClick={() => void navigator.clipboard.writeText(repository.httpsUrl)}
            >
              Copy clone address
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
