import { Loader, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCheck, IconGitBranch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Branch } from '../../../shared/contract/branches';
import type { Remote } from '../../../shared/contract/remotes';
import type { Head } from '../../../shared/contract/repositories';
import type { AppError } from '../../../shared/errors';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { visibleName } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { distanceWords, groupBranches } from './branch-groups';
import styles from './RepositoryView.module.css';

export interface BranchListProps {
  head: Head;
  remotes: readonly Pick<Remote, 'name'>[];
  branches: Branch[] | undefined;
  error: AppError | null;
  onRetry: () => void;
  /** The branch whose commits are shown; undefined: HEAD; null: none. */
  shown: string | undefined | null;
  onShow: (branch: string | undefined) => void;
}

/** More than this is searched, not scrolled. */
const most = 300;

export function BranchList(props: BranchListProps) {
  const [search, setSearch] = useState('');
  const { branches, head, remotes } = props;
  const groups = useMemo(() => groupBranches(branches ?? [], search, remotes), [branches, search, remotes]);
  if (props.error !== null) return <ErrorNotice shape="line" error={props.error} onRetry={props.onRetry} />;
  if (branches === undefined) return <Loader m="md" role="status" aria-label="Loading branches" />;
  return (
    <>
      {branches.length > 8 && (
        <TextInput
          m={8}
          aria-label="Search branches"
          placeholder="Search branches"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {head.state === 'detached' && search === '' && (
        <ul className={styles.branchGroup}>
          <li>
            <button
              type="button"
              className={styles.branch}
              aria-current={props.shown === undefined || undefined}
              onClick={() => props.onShow(undefined)}
            >
              <IconCheck size={14} aria-hidden />
              <span>HEAD at {head.oid.slice(0, 8)}</span>
            </button>
          </li>
        </ul>
      )}
      <BranchGroup {...props} title="Local" branches={groups.local} />
      {groups.remotes.map((remote) => (
        <BranchGroup
          {...props}
          key={remote.name}
          title={remote.name}
          branches={remote.branches}
          under={remote.name}
        />
      ))}
      {groups.local.length === 0 && groups.remotes.length === 0 && (
        <p className={styles.quiet}>{search === '' ? 'No branch has a commit yet.' : 'No branch matches.'}</p>
      )}
    </>
  );
}

function BranchGroup(
  props: Omit<BranchListProps, 'branches'> & { title: string; branches: Branch[]; under?: string },
) {
  if (props.branches.length === 0) return null;
  return (
    <>
      <h2 className={styles.branchTitle}>
        <MiddleEllipsis text={visibleName(props.title)} /> <span>{props.branches.length}</span>
      </h2>
      <ul className={styles.branchGroup}>
        {props.branches.slice(0, most).map((branch) => (
          <BranchLine key={branch.name} branch={branch} {...props} />
        ))}
      </ul>
      {props.branches.length > most && (
        <p className={styles.quiet}>{props.branches.length - most} more: search to see them.</p>
      )}
    </>
  );
}

function BranchLine({
  branch,
  shown,
  head,
  onShow,
  under,
}: Pick<BranchListProps, 'shown' | 'head' | 'onShow'> & { branch: Branch; under?: string }) {
  const distance = distanceWords(branch);
  const current = branch.current && head.state === 'branch';
  const selected = shown === undefined ? current : shown === branch.name;
  const Icon = branch.current ? IconCheck : IconGitBranch;
  const name = under === undefined ? branch.name : branch.name.slice(under.length + 1);
  return (
    <li>
      <button
        type="button"
        className={styles.branch}
        aria-current={selected || undefined}
        data-current={branch.current || undefined}
        onClick={() => onShow(current ? undefined : branch.name)}
      >
        <Icon size={14} role="img" aria-label={branch.current ? 'Current branch' : 'Branch'} />
        <span className={styles.branchName}>
          <MiddleEllipsis text={visibleName(name)} />
        </span>
        {distance !== null && (
          <span className={styles.distance} title={distance}>
            {!!branch.ahead && (
              <>
                <IconArrowUp size={12} role="img" aria-label="ahead" />
                {branch.ahead}
              </>
            )}
            {!!branch.behind && (
              <>
                <IconArrowDown size={12} role="img" aria-label="behind" />
                {branch.behind}
              </>
            )}
          </span>
        )}
      </button>
    </li>
  );
}
