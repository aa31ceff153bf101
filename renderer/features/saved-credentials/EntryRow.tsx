import { ActionIcon, Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { ShownSavedCredential } from '../../../shared/contract/saved-credentials';
import { HostName } from '../../components/HostName';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { isThisMachine } from '../../components/this-machine';
import { visibleText } from '../../components/visible-text';
import { addressOf, stateOf } from './entries';
import classes from './saved-credentials.module.css';

/** Whoever shares the network can read it. */
function isPlain(origin: string): boolean {
  return origin.startsWith('http://') && !isThisMachine(origin.slice('http://'.length));
}

/** One saved password; below it what to do, where something is to be done. */
export function EntryRow({
  entry,
  now,
  onOpen,
}: {
  entry: ShownSavedCredential;
  now: number;
  onOpen: (action: 'edit' | 'remove') => void;
}) {
  const { tone, label, remedy } = stateOf(entry, now);
  const user = visibleText(entry.username);
  const name = visibleText(addressOf(entry)) + (user === '' ? '' : `, ${user}`);
  return (
    <tbody>
      <tr>
        <td>
          <div className={classes.host} title={entry.origin}>
            <HostName host={entry.host} />
            {isPlain(entry.origin) && <StatusBadge tone="warn">not encrypted</StatusBadge>}
          </div>
          <div className={classes.quiet}>
            {entry.path === '' ? (
              'every repository'
            ) : (
              <MiddleEllipsis text={visibleText(entry.path)} tail={20} />
            )}
          </div>
        </td>
        <td>
          <span className={classes.cut} title={user}>
            {user === '' ? 'none' : user}
          </span>
          <div className={classes.quiet}>
            {entry.source === 'terminal' ? 'from a terminal' : 'typed in Polyforge'}
          </div>
        </td>
        <td>
          <StatusBadge tone={tone}>{label}</StatusBadge>
          <div className={classes.quiet}>
            {entry.state === 'unchecked' ? 'saved' : 'used'} <RelativeTime time={entry.lastUsed} />
          </div>
        </td>
        <td>
          <div className={classes.buttons}>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Edit ${name}`}
              onClick={() => onOpen('edit')}
            >
              Edit…
            </Button>
            <ActionIcon aria-label={`Remove ${name}`} title="Remove…" onClick={() => onOpen('remove')}>
              <IconTrash size={16} />
            </ActionIcon>
          </div>
        </td>
      </tr>
      {remedy && (
        <tr data-detail>
          <td colSpan={4} className={classes.remedy}>
            {remedy}
          </td>
        </tr>
      )}
    </tbody>
  );
}
