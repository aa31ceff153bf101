import { ActionIcon, Checkbox, Indicator, Popover, Select, Stack, TextInput, Tooltip } from '@mantine/core';
import { IconFilter, IconRefresh, IconSearch, IconX } from '@tabler/icons-react';
import type { KeyboardEvent, Ref } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import { Toolbar } from '../../components/Toolbar';
import { type Criteria, narrows, type SortOrder } from './filter';
import styles from './RepositoryBrowser.module.css';

const orders: { value: SortOrder; label: string }[] = [
  { value: 'name', label: 'Name' },
  { value: 'updated', label: 'Last update' },
  { value: 'recently-cloned', label: 'Recently cloned' },
  { value: 'favourites', label: 'Favourites first' },
];

const visibilities = [
  { value: 'any', label: 'Any visibility' },
  { value: 'public', label: 'Public' },
  { value: 'internal', label: 'Internal' },
  { value: 'private', label: 'Private' },
];

export interface BrowserToolbarProps {
  accounts: Account[];
  criteria: Criteria;
  onCriteria: (change: Partial<Criteria>) => void;
  order: SortOrder;
  onOrder: (order: SortOrder) => void;
  grouped: boolean;
  onGrouped: (grouped: boolean) => void;
  running: boolean;
  onRefresh: () => void;
  searchRef: Ref<HTMLInputElement>;
  onSearchKey: (event: KeyboardEvent) => void;
  listId: string;
  activeLineId: string | undefined;
}

export function BrowserToolbar(props: BrowserToolbarProps) {
  const { criteria, onCriteria, searchRef } = props;
  return (
    <Toolbar
      title="Hosted repositories"
      actions={
        <Tooltip label={props.running ? 'Asking the accounts' : 'Ask every account again'}>
          <ActionIcon
            aria-label="Refresh"
            onClick={props.onRefresh}
            disabled={props.accounts.length === 0}
            loading={props.running}
          >
            <IconRefresh size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      }
    >
      <TextInput
        ref={searchRef}
        className={styles.search}
        type="search"
        aria-label="Search repositories"
        aria-controls={props.activeLineId === undefined ? undefined : props.listId}
        aria-activedescendant={props.activeLineId}
        placeholder="Search name, group or description"
        leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={
          criteria.search !== '' && (
            <ActionIcon aria-label="Clear search" size={22} onClick={() => onCriteria({ search: '' })}>
              <IconX size={14} aria-hidden />
            </ActionIcon>
          )
        }
        value={criteria.search}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        onChange={(event) => onCriteria({ search: event.currentTarget.value })}
        onKeyDown={props.onSearchKey}
      />
      <Select
        className={styles.order}
        aria-label="Sort by"
        data={orders}
        value={props.order}
        allowDeselect={false}
        onChange={(value) => {
          const order = orders.find((candidate) => candidate.value === value);
          if (order) props.onOrder(order.value);
        }}
      />
      <BrowserFilters {...props} />
    </Toolbar>
  );
}

function BrowserFilters({ accounts, criteria, onCriteria, grouped, onGrouped }: BrowserToolbarProps) {
  return (
    <Popover position="bottom-end" shadow="md" width={260} trapFocus>
      <Indicator disabled={!narrows(criteria)} size={8} offset={4}>
        <Popover.Target>
          <ActionIcon aria-label={narrows(criteria) ? 'Filters (some are set)' : 'Filters'}>
            <IconFilter size={17} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label="Filters">
        <Stack gap="xs">
          <Select
            label="Account"
            comboboxProps={{ withinPortal: false }}
            data={[
              { value: '', label: 'All accounts' },
              ...accounts.map((account) => ({ value: account.id, label: account.alias })),
            ]}
            value={criteria.accountId}
            allowDeselect={false}
            onChange={(value) => onCriteria({ accountId: value ?? '' })}
          />
          <Select
            label="Visibility"
            comboboxProps={{ withinPortal: false }}
            data={visibilities}
            value={criteria.visibility}
            allowDeselect={false}
            onChange={(value) => {
              if (value === 'public' || value === 'internal' || value === 'private' || value === 'any')
                onCriteria({ visibility: value });
            }}
          />
          <Checkbox
            label="Only favourites"
            checked={criteria.onlyFavourites}
            onChange={(event) => onCriteria({ onlyFavourites: event.currentTarget.checked })}
          />
          <Checkbox
            label="Hide archived"
            checked={criteria.hideArchived}
            onChange={(event) => onCriteria({ hideArchived: event.currentTarget.checked })}
          />
          <Checkbox
            label="Group by account"
            checked={grouped}
            onChange={(event) => onGrouped(event.currentTarget.checked)}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
