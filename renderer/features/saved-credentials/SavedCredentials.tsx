import { Loader, SegmentedControl, TextInput } from '@mantine/core';
import { IconKey, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ShownSavedCredential } from '../../../shared/contract/saved-credentials';
import { EmptyState } from '../../components/EmptyState';
import { useNow } from '../../components/RelativeTime';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { AllowedHosts } from './AllowedHosts';
import { EditDialog } from './EditDialog';
import { EntryRow } from './EntryRow';
import { filtered, inOrder } from './entries';
import { RemoveDialog } from './RemoveDialog';
import classes from './saved-credentials.module.css';

/** More than these are filtered rather than read. */
const few = 7;

type Open = { action: 'edit' | 'remove'; entry: ShownSavedCredential } | null;

/** Preferences -> Saved Credentials: passwords kept per address, and hosts allowed beside a repository's own. */
export function SavedCredentials({ ensureSecretStore }: { ensureSecretStore: () => Promise<boolean> }) {
  const saved = useQuery(query.savedCredentials.list.queryOptions());
  const allowed = useQuery(query.savedCredentials.allowedHosts.queryOptions());
  const [view, setView] = useState<'passwords' | 'hosts'>('passwords');
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState<Open>(null);
  const pane = useRef<HTMLDivElement>(null);
  const now = useNow();
  const all = saved.data ?? [];
  const shown = inOrder(filtered(all, typed), now);
  const close = () => setOpen(null);
  // A row's button goes with it: the focus must not go with them.
  const focusPane = () => pane.current?.focus();
  return (
    <div className={classes.pane} ref={pane} tabIndex={-1}>
      <div className={classes.head}>
        <p>
          {view === 'passwords'
            ? 'Each serves one address only. Passwords stay in the store; enter a new one to change it.'
            : 'Hosts that a repository’s submodules or large files (LFS) may sign in to, because you said “always”.'}
        </p>
        <SegmentedControl
          size="xs"
          aria-label="Show"
          data={[
            { value: 'passwords', label: 'Passwords' },
            { value: 'hosts', label: 'Allowed hosts' },
          ]}
          value={view}
          onChange={(next) => setView(next === 'hosts' ? 'hosts' : 'passwords')}
        />
      </div>
      {view === 'passwords' && all.length > few && (
        <TextInput
          className={classes.filter}
          type="search"
          aria-label="Filter by host, path or user"
          placeholder="Host, path or user"
          leftSection={<IconSearch size={15} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <div className={classes.list}>
        {view === 'hosts' ? (
          <AllowedHosts allowed={allowed} onTakenBack={focusPane} />
        ) : saved.error ? (
          <ErrorNotice shape="panel" error={toAppError(saved.error)} onRetry={() => void saved.refetch()} />
        ) : saved.isPending ? (
          <EmptyState icon={<Loader aria-label="Loading" />} title="Loading saved credentials" />
        ) : all.length === 0 ? (
          <EmptyState
            icon={<IconKey size={34} stroke={1.4} aria-hidden />}
            title="Nothing saved yet"
            text="Accounts answer by themselves and are not listed here. When no account fits and you type a password, you can save it for that address; it then stands here."
          />
        ) : shown.length === 0 ? (
          <EmptyState title="Nothing fits" text={`None of ${all.length} is for “${typed.trim()}”.`} />
        ) : (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Address</th>
                <th scope="col" className={classes.user}>
                  User
                </th>
                <th scope="col" className={classes.state}>
                  State, last used
                </th>
                <th scope="col" className={classes.actions}>
                  Actions
                </th>
              </tr>
            </thead>
            {shown.map((entry) => (
              <EntryRow
                key={entry.id}
                entry={entry}
                now={now}
                onOpen={(action) => setOpen({ action, entry })}
              />
            ))}
          </table>
        )}
      </div>
      {open?.action === 'edit' && (
        <EditDialog entry={open.entry} ensureSecretStore={ensureSecretStore} onClose={close} />
      )}
      {open?.action === 'remove' && (
        <RemoveDialog
          entry={open.entry}
          onClose={close}
          onRemoved={() => {
            close();
            focusPane();
          }}
        />
      )}
    </div>
  );
}
