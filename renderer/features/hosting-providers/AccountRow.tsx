import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconCalendarTime,
  IconCursorText,
  IconDots,
  IconFingerprint,
  IconKey,
  IconPencil,
  IconPlugConnected,
  IconStethoscope,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import { Avatar } from '../../components/Avatar';
import { ProviderIcon } from '../../components/ProviderIcon';
import { RelativeTime, useNow } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { usePerformErrorAction } from '../../errors/actions';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './hosting-providers.module.css';
import { MoveNotice } from './MoveNotice';
import { failureOf, placeOf, statusOf } from './status';

export type AccountAction =
  | 'edit'
  | 'rename'
  | 'replace-token'
  | 'set-expiry'
  | 'ssh-key'
  | 'move-organizations'
  | 'remove';

export interface AccountRowProps {
  account: Account;
  kind: KindDescriptor | undefined;
  /** The first day (ISO date) its token for all organizations is refused; absent: it is none. */
  until?: string;
  onAction: (action: AccountAction) => void;
}

const icon = { size: 15, 'aria-hidden': true } as const;

/** One account: who it is, where, how it signs in, how it is, and what can be done. */
export function AccountRow({ account, kind, until, onAction }: AccountRowProps) {
  const perform = usePerformErrorAction();
  const check = useMutation(query.accounts.check.mutationOptions());
  const status = statusOf(account, useNow());
  const failure = check.error ? toAppError(check.error) : check.isPending ? null : failureOf(account);
  const authentication = kind?.authentication.find((each) => each.type === account.authenticationType);
  const secretName = account.authenticationType === 'app' ? 'private key' : 'token';
  const test = () => check.mutate({ accountId: account.id });
  return (
    <>
      <tr>
        <td>
          <div className={classes.account}>
            <ProviderIcon provider={account.provider} size={20} />
            <div className={classes.two}>
              <div title={account.alias}>{account.alias}</div>
              <div className={classes.second} title={account.url}>
                {placeOf(account)}
              </div>
            </div>
          </div>
        </td>
        <td>
          <div className={`${classes.account} ${classes.user}`}>
            {account.user ? (
              <>
                <Avatar
                  name={account.user.name || account.user.login}
                  picture={account.user.avatar}
                  size={24}
                />
                <div className={classes.two}>
                  <div title={`${account.user.name} (${account.user.login})`}>
                    {account.user.name || account.user.login}
                    {account.user.name && account.user.login && account.user.login !== account.user.name && (
                      <span className={classes.login}> {account.user.login}</span>
                    )}
                  </div>
                  <div className={classes.second}>{authentication?.label ?? account.authenticationType}</div>
                </div>
              </>
            ) : (
              <div className={classes.two}>
                <div>Not signed in yet</div>
                <div className={classes.second}>{authentication?.label ?? account.authenticationType}</div>
              </div>
            )}
          </div>
        </td>
        <td>
          <StatusBadge tone={check.isPending ? 'neutral' : status.tone}>
            {check.isPending ? 'Signing in…' : status.label}
          </StatusBadge>
          <div className={classes.second}>
            {account.lastChecked === null ? 'never checked' : <RelativeTime time={account.lastChecked} />}
          </div>
        </td>
        <td>
          <div className={classes.actions}>
            <Button
              size="compact-sm"
              variant="default"
              loading={check.isPending}
              aria-label={`Test ${account.alias}`}
              onClick={test}
            >
              Test
            </Button>
            <Menu position="bottom-end" withinPortal={false} floatingStrategy="fixed">
              <Menu.Target>
                <ActionIcon aria-label={`More for ${account.alias}`}>
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => onAction('edit')}>
                  Edit…
                </Menu.Item>
                <Menu.Item leftSection={<IconCursorText {...icon} />} onClick={() => onAction('rename')}>
                  Rename…
                </Menu.Item>
                <Menu.Item leftSection={<IconKey {...icon} />} onClick={() => onAction('replace-token')}>
                  {account.authenticationType === 'oauth' ? 'Sign in again…' : `Replace ${secretName}…`}
                </Menu.Item>
                {account.expirySource !== 'provider' && account.authenticationType !== 'oauth' && (
                  <Menu.Item
                    leftSection={<IconCalendarTime {...icon} />}
                    onClick={() => onAction('set-expiry')}
                  >
                    Enter expiry date…
                  </Menu.Item>
                )}
                <Menu.Item leftSection={<IconFingerprint {...icon} />} onClick={() => onAction('ssh-key')}>
                  SSH key…
                </Menu.Item>
                <Menu.Item leftSection={<IconPlugConnected {...icon} />} onClick={test}>
                  Test
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconStethoscope {...icon} />}
                  onClick={() => perform({ kind: 'diagnose', label: '', subject: { accountId: account.id } })}
                >
                  Check connection…
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item
                  className={classes.danger}
                  leftSection={<IconTrash {...icon} />}
                  onClick={() => onAction('remove')}
                >
                  Remove…
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        </td>
      </tr>
      {until !== undefined && (
        <tr data-detail>
          <td colSpan={4}>
            <MoveNotice alias={account.alias} until={until} onMove={() => onAction('move-organizations')} />
          </td>
        </tr>
      )}
      {failure && (
        <tr data-detail>
          <td colSpan={4}>
            <ErrorNotice error={failure} account={account} onRetry={test} />
          </td>
        </tr>
      )}
    </>
  );
}
