import { Button, Loader, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBrowserCheck, IconCloudLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import { EmptyState } from '../../components/EmptyState';
import { ProviderIcon } from '../../components/ProviderIcon';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { AccountActionDialog } from './AccountActionDialog';
import { AccountDialog } from './AccountDialog';
import { type AccountAction, AccountRow } from './AccountRow';
import { AddMenu } from './AddMenu';
import classes from './hosting-providers.module.css';
import { ExpiryBoard } from './ExpiryBoard';
import { SignInAppsDialog } from './SignInAppsDialog';

/** What another part of the window asks this pane to open. */
export type AccountRequest =
  | { action: 'add' }
  | { action: 'expiry' }
  | { action: AccountAction; accountId: string };

export interface HostingProvidersProps {
  request: AccountRequest | null;
  onRequestDone: () => void;
  ensureSecretStore: () => Promise<boolean>;
}

type Open = { action: 'new'; kind: KindDescriptor } | { action: AccountAction; accountId: string } | null;

/** Preferences -> Hosting Providers. */
export function HostingProviders({ request, onRequestDone, ensureSecretStore }: HostingProvidersProps) {
  const kinds = useQuery(query.accounts.kinds.queryOptions());
  const accounts = useQuery(query.accounts.list.queryOptions());
  const ending = useQuery(query.organizationMove.ending.queryOptions());
  const [chosen, setOpen] = useState<Open>(null);
  const [isMenuOpened, setMenuOpened] = useState(false);
  const [isAppsOpened, setAppsOpened] = useState(false);
  const [view, setView] = useState<'accounts' | 'expiry'>(
    request?.action === 'expiry' ? 'expiry' : 'accounts',
  );
  const all = kinds.data ?? [];
  const list = accounts.data ?? [];
  const failed = accounts.error ?? kinds.error;
  const open: Open = chosen ?? (request && 'accountId' in request ? request : null);
  const kindOf = (account: Account) => all.find((kind) => kind.kind === account.kind);

  const pane = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(null);
    onRequestDone();
  };
  // The buttons of the empty pane go with the first account: the focus must not go with them.
  const isEmpty = accounts.data?.length === 0;
  const wasEmpty = useRef(isEmpty);
  useEffect(() => {
    if (wasEmpty.current && !isEmpty && document.activeElement === document.body) pane.current?.focus();
    wasEmpty.current = isEmpty;
  });
  const done = (account: Account, what: string) => {
    close();
    notifications.show({
      message: `“${account.alias}” was ${what}.`,
      color: account.state.status === 'working' ? 'green' : 'yellow',
    });
  };
  const isMenuShown = isMenuOpened || request?.action === 'add';
  const add = (kind: KindDescriptor) => {
    onRequestDone();
    setOpen({ action: 'new', kind });
  };
  const onMenu = (opened: boolean) => {
    setMenuOpened(opened);
    if (!opened && request?.action === 'add') onRequestDone();
  };

  return (
    <div className={classes.pane} ref={pane} tabIndex={-1}>
      <div className={classes.head}>
        <p>
          {view === 'accounts'
            ? 'Accounts on servers that host your repositories. Several on one server are fine.'
            : 'When each account’s token ends. Polyforge looks at every account once a day.'}
        </p>
        {list.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label="Show"
            data={[
              { value: 'accounts', label: 'Accounts' },
              { value: 'expiry', label: 'Expiry' },
            ]}
            value={view}
            onChange={(next) => setView(next === 'expiry' ? 'expiry' : 'accounts')}
          />
        )}
        {list.length > 0 && <AddMenu kinds={all} onAdd={add} opened={isMenuShown} onOpened={onMenu} />}
      </div>
      <div className={classes.list}>
        {failed ? (
          <ErrorNotice
            shape="panel"
            error={toAppError(failed)}
            onRetry={() => {
              void accounts.refetch();
              void kinds.refetch();
            }}
          />
        ) : accounts.isPending || kinds.isPending ? (
          <EmptyState icon={<Loader aria-label="Loading" />} title="Loading accounts" />
        ) : list.length === 0 ? (
          <EmptyState
            icon={<IconCloudLock size={34} stroke={1.4} aria-hidden />}
            title="No hosting provider yet"
            text="Add an account to see all your repositories in one list, to clone without typing a password, and to read pull requests."
          >
            {all.map((kind) => (
              <Button
                key={kind.kind}
                variant="default"
                leftSection={<ProviderIcon provider={kind.provider} label={false} />}
                onClick={() => add(kind)}
              >
                {kind.label}
              </Button>
            ))}
          </EmptyState>
        ) : view === 'expiry' ? (
          <ExpiryBoard
            accounts={list}
            kinds={all}
            onAction={(action, accountId) => setOpen({ action, accountId })}
          />
        ) : (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Account</th>
                <th scope="col">User</th>
                <th scope="col" className={classes.stateColumn}>
                  State
                </th>
                <th scope="col" className={classes.actionsColumn}>
                  Actions
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((account) => (
                <AccountRow
                  key={account.id}
                  account={account}
                  kind={kindOf(account)}
                  until={ending.data?.find((each) => each.accountId === account.id)?.until}
                  onAction={(action) => setOpen({ action, accountId: account.id })}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
      <div>
        <Button
          size="compact-sm"
          variant="subtle"
          mt={8}
          leftSection={<IconBrowserCheck size={15} aria-hidden />}
          onClick={() => setAppsOpened(true)}
        >
          Sign-in apps…
        </Button>
      </div>
      {isAppsOpened && <SignInAppsDialog kinds={all} onClose={() => setAppsOpened(false)} />}
      {open?.action === 'new' && (
        <AccountDialog
          kind={open.kind}
          ensureSecretStore={ensureSecretStore}
          onClose={close}
          onSaved={(account) => done(account, 'added')}
        />
      )}
      {open && open.action !== 'new' && (
        <AccountActionDialog
          key={open.accountId + open.action}
          account={list.find((account) => account.id === open.accountId)}
          action={open.action}
          kinds={all}
          ensureSecretStore={ensureSecretStore}
          onClose={close}
          onDone={done}
        />
      )}
    </div>
  );
}
