import { ActionIcon, SegmentedControl, Select, TextInput, Tooltip } from '@mantine/core';
import { IconRefresh, IconSearch } from '@tabler/icons-react';
import type { Account } from '../../../shared/contract/accounts';
import type { PullRequestFilter } from '../../../shared/contract/pull-requests';
import { Toolbar } from '../../components/Toolbar';
import styles from './PullRequests.module.css';

export interface FilterBarProps {
  title: string;
  accounts: Account[];
  /** The states with the words of the accounts shown. */
  states: { value: PullRequestFilter['state']; label: string }[];
  filter: PullRequestFilter;
  onFilter: (change: Partial<PullRequestFilter>) => void;
  search: string;
  onSearch: (search: string) => void;
  running: boolean;
  onRefresh: () => void;
}

const scopes: { value: PullRequestFilter['scope']; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'mine', label: 'Mine' },
  { value: 'review', label: 'Waiting for my review' },
];

export function FilterBar(props: FilterBarProps) {
  const { filter, onFilter } = props;
  return (
    <>
      <Toolbar
        title={props.title}
        actions={
          <Tooltip label={props.running ? 'Asking the accounts' : 'Ask every account again'}>
            <ActionIcon aria-label="Refresh" onClick={props.onRefresh} loading={props.running}>
              <IconRefresh size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
        }
      >
        <TextInput
          className={styles.search}
          type="search"
          aria-label="Search"
          placeholder="Search title, number, repository, author or branch"
          leftSection={<IconSearch size={15} aria-hidden />}
          value={props.search}
          onChange={(event) => props.onSearch(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
      </Toolbar>
      <div className={styles.filters}>
        <SegmentedControl
          aria-label="State"
          data={props.states}
          value={filter.state}
          onChange={(state) => onFilter({ state })}
        />
        <SegmentedControl
          aria-label="Whose"
          data={scopes}
          value={filter.scope}
          onChange={(scope) => onFilter({ scope })}
        />
        {props.accounts.length > 1 && filter.repositoryId === undefined && (
          <Select
            className={styles.account}
            aria-label="Account"
            data={[
              { value: '', label: 'All accounts' },
              ...props.accounts.map((account) => ({ value: account.id, label: account.alias })),
            ]}
            value={filter.accountId ?? ''}
            allowDeselect={false}
            onChange={(id) => onFilter({ accountId: id === null || id === '' ? undefined : id })}
          />
        )}
      </div>
    </>
  );
}
