import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconCalendarTime, IconDots, IconPlugConnected } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import { knownEnd } from '../../../shared/expiry';
import { ProviderIcon } from '../../components/ProviderIcon';
import { RelativeTime, useNow } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import type { AccountAction } from './AccountRow';
import { type ExpiryRow, expiryRows, secretWords } from './expiry-rows';
import classes from './hosting-providers.module.css';
import { placeOf, statusOf } from './status';

export interface ExpiryBoardProps {
  accounts: Account[];
  kinds: readonly KindDescriptor[];
  onAction: (action: AccountAction, accountId: string) => void;
}

/** What ends when, over all accounts: the next end first. */
export function ExpiryBoard({ accounts, kinds, onAction }: ExpiryBoardProps) {
  const rows = expiryRows(accounts, kinds, useNow());
  return (
    <table className={`${classes.table} ${classes.board}`}>
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col" className={classes.endsColumn}>
            Expires
          </th>
          <th scope="col" className={classes.checkedColumn}>
            State
          </th>
          <th scope="col" className={classes.boardActionsColumn}>
            Actions
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <BoardRow
            key={row.account.id}
            row={row}
            kind={kinds.find((each) => each.kind === row.account.kind)}
            onAction={(action) => onAction(action, row.account.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

const icon = { size: 15, 'aria-hidden': true } as const;

function BoardRow({
  row,
  kind,
  onAction,
}: {
  row: ExpiryRow;
  kind: KindDescriptor | undefined;
  onAction: (action: AccountAction) => void;
}) {
  const { account } = row;
  const check = useMutation(query.accounts.check.mutationOptions());
  // The date has a column of its own here.
  const state = statusOf({ ...account, expiresOn: null, endsAtLatest: null }, useNow());
  const words = secretWords(account);
  const isUrgent = row.tone === 'bad' || account.state.status === 'refused';
  /** A new token of the same kind would end at the same time. */
  const isRetired = knownEnd(account)?.source === 'policy';
  const mayEnter = account.expirySource !== 'provider' && account.authenticationType !== 'oauth';
  return (
    <>
      <tr>
        <td>
          <div className={classes.account}>
            <ProviderIcon provider={account.provider} size={20} />
            <div className={classes.two}>
              <div title={account.alias}>{account.alias}</div>
              <div className={classes.second} title={`${kind?.label ?? ''} · ${account.url}`}>
                {placeOf(account)}
              </div>
            </div>
          </div>
        </td>
        <td title={row.moment || undefined}>
          <div className={classes.ends} data-tone={row.tone}>
            {row.date ? (
              <>
                <span>{row.date}</span> <span className={classes.distance}>{row.distance}</span>
              </>
            ) : row.isUnknown ? (
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<IconCalendarTime size={13} aria-hidden />}
                aria-label={`Enter the expiry date of ${account.alias}`}
                onClick={() => onAction('set-expiry')}
              >
                Not known: enter it
              </Button>
            ) : (
              'No end'
            )}
          </div>
          <div className={classes.second}>{row.source}</div>
        </td>
        <td>
          {check.isPending ? (
            <StatusBadge>Signing in…</StatusBadge>
          ) : (
            <StatusBadge tone={state.tone}>{state.label}</StatusBadge>
          )}
          <div className={classes.second}>
            {account.lastChecked === null ? 'never checked' : <RelativeTime time={account.lastChecked} />}
          </div>
        </td>
        <td>
          <div className={classes.actions}>
            {isRetired ? (
              <Button
                size="compact-sm"
                variant={isUrgent ? 'filled' : 'default'}
                aria-label={`Move ${account.alias} to one token per organization`}
                onClick={() => onAction('move-organizations')}
              >
                Move…
              </Button>
            ) : (
              <Button
                size="compact-sm"
                variant={isUrgent ? 'filled' : 'default'}
                aria-label={`${words.replace} of ${account.alias}`}
                onClick={() => onAction('replace-token')}
              >
                {words.short}
              </Button>
            )}
            <Menu position="bottom-end" withinPortal={false} floatingStrategy="fixed">
              <Menu.Target>
                <ActionIcon aria-label={`More for ${account.alias}`}>
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconPlugConnected {...icon} />}
                  onClick={() => check.mutate({ accountId: account.id })}
                >
                  Check now
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconCalendarTime {...icon} />}
                  disabled={!mayEnter}
                  onClick={() => onAction('set-expiry')}
                >
                  Enter expiry date…
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        </td>
      </tr>
      {check.error && (
        <tr data-detail>
          <td colSpan={4}>
            <ErrorNotice error={toAppError(check.error)} account={account} />
          </td>
        </tr>
      )}
    </>
  );
}
