import { Button, Loader } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import { EmptyState } from '../../components/EmptyState';
import { Toolbar } from '../../components/Toolbar';
import { VirtualList, type VirtualListHandle } from '../../components/VirtualList';
import { usePerformErrorAction } from '../../errors/actions';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { BrowserToolbar } from './BrowserToolbar';
import { type Criteria, everything, filterEntries, prepareEntries, type SortOrder } from './filter';
import { AccountLine, NamespaceLine } from './GroupLine';
import { MoreAccess } from './MoreAccess';
import { NothingFound } from './NothingFound';
import styles from './RepositoryBrowser.module.css';
import { RepositoryLine } from './RepositoryLine';
import { flatRows, groupRows, type Row, settleActive } from './rows';
import { type Repositories, useRepositories } from './use-repositories';

export interface RepositoryBrowserProps {
  onClone: (hosted: HostedRepository) => void;
  onOpenPullRequests: (hosted?: HostedRepository) => void;
}

const listId = 'hosted-repositories';
const heights = { account: 36, namespace: 30, repository: 50 };

/** The repositories of every account in one list. */
export function RepositoryBrowser(props: RepositoryBrowserProps) {
  const all = useRepositories();
  const perform = usePerformErrorAction();
  if (all.waiting)
    return (
      <div className={styles.view}>
        <Toolbar title="Hosted repositories" />
        <EmptyState icon={<Loader aria-hidden />} title="Reading your accounts" />
      </div>
    );
  if (all.error !== null && all.repositories.length === 0)
    return (
      <div className={styles.view}>
        <Toolbar title="Hosted repositories" />
        <ErrorNotice shape="panel" error={all.error} onRetry={all.refresh} />
      </div>
    );
  if (all.accounts.length === 0)
    return (
      <div className={styles.view}>
        <Toolbar title="Hosted repositories" />
        <EmptyState
          icon={<IconUserPlus size={34} stroke={1.5} aria-hidden />}
          title="No hosting account yet"
          text="Add an account of GitHub, GitLab, Bitbucket or Azure DevOps, and the repositories you can reach with it are listed here."
        >
          <Button
            onClick={() =>
              perform({ kind: 'open-preferences', label: 'Add an account', section: 'hosting-providers' })
            }
          >
            Add an account…
          </Button>
        </EmptyState>
      </div>
    );
  return <Browser {...props} all={all} />;
}

function Browser({ all, onClone, onOpenPullRequests }: RepositoryBrowserProps & { all: Repositories }) {
  const [criteria, setCriteria] = useState<Criteria>(everything);
  const [order, setOrder] = useState<SortOrder>('name');
  const [grouped, setGrouped] = useState(true);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [activeId, setActiveId] = useState<string | null>(null);
  const list = useRef<VirtualListHandle>(null);
  const search = useRef<HTMLInputElement>(null);

  const shown = useDeferredValue(criteria);
  const entries = useMemo(
    () => prepareEntries(all.repositories, order, all.favourites, all.recentlyCloned),
    [all.repositories, order, all.favourites, all.recentlyCloned],
  );
  const found = useMemo(() => filterEntries(entries, shown), [entries, shown]);
  const narrowed = shown !== everything && (shown.search !== '' || found.length < entries.length);
  const rows = useMemo(() => {
    if (!grouped) return flatRows(found);
    const ordered = [...all.accounts].sort((left, right) => left.alias.localeCompare(right.alias));
    // While searching only accounts with a hit are worth a line; folded groups open up.
    const ids = narrowed || order !== 'name' ? [] : ordered.map((account) => account.id);
    return groupRows(found, shown.search === '' ? collapsed : new Set(), ids);
  }, [found, grouped, collapsed, all.accounts, narrowed, order, shown.search]);
  const active = useMemo(() => settleActive(rows, activeId), [rows, activeId]);
  const accounts = useMemo(
    () => new Map(all.accounts.map((account) => [account.id, account])),
    [all.accounts],
  );

  const lineHeight = useCallback((line: number) => heights[rows[line]?.kind ?? 'repository'], [rows]);
  const lineKey = useCallback((line: number) => rows[line]?.id ?? String(line), [rows]);

  const fold = (row: Row, closed: boolean) =>
    setCollapsed((before) => {
      const after = new Set(before);
      if (closed) after.add(row.id);
      else after.delete(row.id);
      return after;
    });
  const open = (line: number) => {
    const row = rows[line];
    if (row === undefined) return;
    if (row.kind === 'repository') onClone(row.entry.repository);
    else fold(row, !row.collapsed);
  };
  const foldKey = (key: string, line: number): boolean => {
    const row = rows[line];
    if (row === undefined) return false;
    if (row.kind !== 'repository') {
      if (key === 'ArrowLeft' || key === 'ArrowRight') fold(row, key === 'ArrowLeft');
      else if (key !== ' ') return false;
      else fold(row, !row.collapsed);
      return true;
    }
    if (key === ' ') {
      all.setFavourite(row.entry.repository.key, !row.entry.favourite);
      return true;
    }
    if (key !== 'ArrowLeft') return false;
    const group = rows.slice(0, line).findLast((candidate) => candidate.kind !== 'repository');
    if (group) setActiveId(group.id);
    return true;
  };

  const failing = all.accounts.filter((account) => all.listing[account.id]?.error != null);
  const clear = () => {
    setCriteria(everything);
    search.current?.focus();
  };
  return (
    <div className={styles.view}>
      <BrowserToolbar
        accounts={all.accounts}
        criteria={criteria}
        onCriteria={(change) => setCriteria((before) => ({ ...before, ...change }))}
        order={order}
        onOrder={setOrder}
        grouped={grouped}
        onGrouped={setGrouped}
        running={all.running}
        onRefresh={all.refresh}
        searchRef={search}
        listId={listId}
        activeLineId={active >= 0 && rows.length > 0 ? `${listId}-${active}` : undefined}
        onSearchKey={(event) => {
          if (event.key === 'Escape' && criteria.search !== '') {
            setCriteria((before) => ({ ...before, search: '' }));
            event.stopPropagation();
            return;
          }
          const typing = event.key === 'Home' || event.key === 'End' || event.key.startsWith('ArrowL');
          if (typing || event.key === 'ArrowRight' || event.key === ' ') return;
          if (list.current?.key(event)) event.preventDefault();
        }}
      />
      {failing.length > 0 && (
        <div className={styles.failures}>
          {failing.map((account) => (
            <ErrorNotice
              key={account.id}
              shape="line"
              label={account.alias}
              account={account}
              error={all.listing[account.id]?.error}
              onRetry={all.refresh}
            />
          ))}
        </div>
      )}
      {found.length === 0 && (narrowed || !all.running) ? (
        <NothingFound
          narrowed={narrowed}
          failing={failing.length > 0}
          running={all.running}
          onClear={clear}
        />
      ) : (
        <VirtualList
          ref={list}
          id={listId}
          role={grouped ? 'treegrid' : 'grid'}
          label="Repositories"
          count={rows.length}
          lineHeight={lineHeight}
          lineKey={lineKey}
          active={active}
          onActive={(line) => setActiveId(rows[line]?.id ?? null)}
          onOpen={open}
          onKey={(event, line) => {
            if (foldKey(event.key, line)) return true;
            if (event.key.length === 1) search.current?.focus();
            return false;
          }}
          lineAttributes={(line) => {
            const row = rows[line];
            if (row === undefined || !grouped) return {};
            if (row.kind === 'repository') return { 'aria-level': 3 };
            return {
              'aria-level': row.kind === 'account' ? 1 : 2,
              'aria-expanded': !row.collapsed,
              onClick: () => {
                setActiveId(row.id);
                fold(row, !row.collapsed);
              },
              onDoubleClick: () => undefined,
            };
          }}
          renderLine={(line) => {
            const row = rows[line];
            if (row === undefined) return null;
            if (row.kind === 'namespace')
              return <NamespaceLine namespace={row.namespace} count={row.count} collapsed={row.collapsed} />;
            if (row.kind === 'account') {
              const account = accounts.get(row.accountId);
              return account && <AccountLine {...row} account={account} listing={all.listing[account.id]} />;
            }
            return (
              <RepositoryLine
                entry={row.entry}
                grouped={grouped}
                active={line === active}
                onClone={onClone}
                onFavourite={all.setFavourite}
                onOpenPullRequests={onOpenPullRequests}
              />
            );
          }}
        />
      )}
      <footer className={styles.status}>
        <span aria-live="polite">
          {narrowed
            ? `${found.length.toLocaleString()} of ${entries.length.toLocaleString()} repositories`
            : `${entries.length.toLocaleString()} repositories`}
          {all.running && ', more may come'}
        </span>
        <MoreAccess accounts={all.accounts} />
      </footer>
    </div>
  );
}
