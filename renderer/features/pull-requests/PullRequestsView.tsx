import { Button, Loader } from '@mantine/core';
import { IconGitPullRequest, IconSearchOff, IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { PullRequest, PullRequestFilter } from '../../../shared/contract/pull-requests';
import { EmptyState } from '../../components/EmptyState';
import { Toolbar } from '../../components/Toolbar';
import { VirtualList } from '../../components/VirtualList';
import { usePerformErrorAction } from '../../errors/actions';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query } from '../../rpc/client';
import { FilterBar } from './FilterBar';
import { searchPullRequests } from './listing';
import { PullRequestLine } from './PullRequestLine';
import styles from './PullRequests.module.css';
import { type PullRequestLists, usePullRequests } from './use-pull-requests';
import { stateLabels, titleWords, wordsOf } from './words';

const PullRequestPane = lazy(() => import('./PullRequestPane'));

export interface PullRequestsViewProps {
  /** Only this repository on this machine. */
  repositoryId?: string;
  /** What the search holds at first (a repository's full name). */
  initialSearch?: string;
}

const lineHeight = () => 62;

/** Pull requests over all accounts, or of one repository; the chosen one beside the list. */
export function PullRequestsView({ repositoryId, initialSearch }: PullRequestsViewProps) {
  const [filter, setFilter] = useState<PullRequestFilter>({ state: 'open', scope: 'all', repositoryId });
  const lists = usePullRequests(filter);
  const perform = usePerformErrorAction();
  const repository = useQuery({
    ...query.repositories.overview.queryOptions({ input: { repositoryId: repositoryId ?? '' } }),
    enabled: repositoryId !== undefined,
  });
  if (lists.waiting)
    return (
      <div className={styles.view}>
        <Toolbar title="Pull requests" />
        <EmptyState icon={<Loader aria-hidden />} title="Reading your accounts" />
      </div>
    );
  if (lists.accounts.length === 0 && lists.error === null)
    return (
      <div className={styles.view}>
        <Toolbar title="Pull requests" />
        <EmptyState
          icon={<IconUserPlus size={34} stroke={1.5} aria-hidden />}
          title="No hosting account yet"
          text="Add an account, and the pull and merge requests it can see are listed here."
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
  return (
    <Lists
      lists={lists}
      filter={filter}
      onFilter={(change) => setFilter((before) => ({ ...before, ...change }))}
      initialSearch={initialSearch ?? ''}
      repositoryName={repository.data?.repository.name}
      repositoryAccountId={repository.data?.repository.accountId ?? undefined}
    />
  );
}

interface ListsProps {
  lists: PullRequestLists;
  filter: PullRequestFilter;
  onFilter: (change: Partial<PullRequestFilter>) => void;
  initialSearch: string;
  repositoryName: string | undefined;
  repositoryAccountId: string | undefined;
}

function Lists(props: ListsProps) {
  const { lists, filter, onFilter, initialSearch, repositoryName, repositoryAccountId } = props;
  const [search, setSearch] = useState(initialSearch);
  const [selected, setSelected] = useState<PullRequest | null>(null);
  const [isWide, setWide] = useState(false);
  const accounts = useMemo(
    () => new Map(lists.accounts.map((account) => [account.id, account])),
    [lists.accounts],
  );
  const searched = useDeferredValue(search);
  const shown = useMemo(() => {
    const aliases = new Map(lists.accounts.map((account) => [account.id, account.alias]));
    return searchPullRequests(lists.items, searched, aliases);
  }, [lists.items, lists.accounts, searched]);
  const lineKey = useCallback((line: number) => shown[line]?.key ?? String(line), [shown]);
  const active = selected === null ? -1 : shown.findIndex((item) => item.key === selected.key);
  const select = (line: number) => {
    const item = shown[line];
    if (item) setSelected(item);
  };
  const words = (item: PullRequest) => wordsOf(accounts.get(item.accountId), lists.kinds);
  const answers = lists.accounts.flatMap((account) => {
    const answer = lists.answers[account.id];
    return answer ? [{ account, answer }] : [];
  });
  const asked = lists.accounts.filter(
    ({ id }) =>
      (filter.accountId ?? id) === id && (repositoryAccountId === undefined || repositoryAccountId === id),
  );
  const title = titleWords(asked.length > 0 ? asked : lists.accounts, lists.kinds);
  const failures = answers.filter(({ answer }) => answer.error !== null);
  const partial = answers.filter(({ answer }) => answer.partial !== null);
  return (
    <div className={styles.view}>
      <FilterBar
        title={repositoryName === undefined ? title : `${title} of ${repositoryName}`}
        accounts={lists.accounts}
        states={stateLabels(asked, lists.kinds)}
        filter={filter}
        onFilter={(change) => {
          setSelected(null);
          onFilter(change);
        }}
        search={search}
        onSearch={setSearch}
        running={lists.running}
        onRefresh={lists.refresh}
      />
      <ErrorNotice shape="line" error={lists.error} onRetry={lists.refresh} />
      {failures.length > 0 && (
        <div className={styles.failures}>
          {failures.map(({ account, answer }) => (
            <ErrorNotice
              key={account.id}
              shape="line"
              label={account.alias}
              account={account}
              error={answer.error}
              onRetry={lists.refresh}
            />
          ))}
        </div>
      )}
      <div
        className={styles.panes}
        data-detail={selected !== null || undefined}
        data-wide={isWide || undefined}
      >
        <section className={styles.list} aria-label="List">
          {shown.length === 0 ? (
            <Nothing
              title={title}
              searching={searched !== ''}
              running={lists.running}
              filter={filter}
              failing={failures.length > 0}
              unreached={filter.repositoryId !== undefined && answers.length === 0}
              onClear={() => setSearch('')}
            />
          ) : (
            <VirtualList
              id="pull-requests"
              role="listbox"
              label={title}
              count={shown.length}
              lineHeight={lineHeight}
              lineKey={lineKey}
              active={active}
              onActive={select}
              onOpen={select}
              onKey={(event) => {
                if (event.key !== 'Escape' || selected === null) return false;
                setSelected(null);
                return true;
              }}
              renderLine={(line) => {
                const item = shown[line];
                return (
                  item && (
                    <PullRequestLine item={item} account={accounts.get(item.accountId)} words={words(item)} />
                  )
                );
              }}
            />
          )}
          <footer className={styles.status} aria-live="polite">
            {searched === ''
              ? `${shown.length.toLocaleString()} shown`
              : `${shown.length.toLocaleString()} of ${lists.items.length.toLocaleString()}`}
            {lists.running && ', more may come'}
            {partial.map(({ account, answer }) => (
              <p key={account.id}>
                {account.alias}: {answer.partial}
              </p>
            ))}
          </footer>
        </section>
        {selected !== null && (
          <section className={styles.pane} aria-label="Detail">
            <Suspense fallback={<EmptyState icon={<Loader aria-hidden />} title="Loading" />}>
              <PullRequestPane
                key={selected.key}
                listed={selected}
                account={accounts.get(selected.accountId)}
                words={words(selected)}
                isWide={isWide}
                onWide={setWide}
                onClose={() => setSelected(null)}
              />
            </Suspense>
          </section>
        )}
      </div>
    </div>
  );
}

const scopeNothing = {
  all: 'Nothing here in any repository your accounts reach.',
  mine: 'You have written none of them.',
  review: 'Nobody waits for your review.',
};

function Nothing(props: {
  title: string;
  searching: boolean;
  running: boolean;
  failing: boolean;
  /** One repository is asked about, and no account could be asked. */
  unreached: boolean;
  filter: PullRequestFilter;
  onClear: () => void;
}) {
  if (props.searching)
    return (
      <EmptyState
        icon={<IconSearchOff size={34} stroke={1.5} aria-hidden />}
        title="Nothing matches"
        text="Every word must occur in title, number, repository, author or branch."
      >
        <Button variant="default" onClick={props.onClear}>
          Clear search
        </Button>
      </EmptyState>
    );
  if (props.running) return <EmptyState icon={<Loader aria-hidden />} title="Asking your accounts" />;
  if (props.unreached)
    return (
      <EmptyState
        icon={<IconUserPlus size={34} stroke={1.5} aria-hidden />}
        title="No account reaches this repository"
        text="None of yours fits the address of its remote. Add one in Preferences, or choose the account in the repository’s header."
      />
    );
  return (
    <EmptyState
      icon={<IconGitPullRequest size={34} stroke={1.5} aria-hidden />}
      title={`No ${props.filter.state} ${props.title.toLowerCase()}`}
      text={
        props.failing
          ? 'Some accounts did not answer; the lines above say why.'
          : props.filter.scope === 'all' && props.filter.repositoryId !== undefined
            ? 'There is none in this repository.'
            : scopeNothing[props.filter.scope]
      }
    />
  );
}
