import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Note } from '../../components/Note';
import { StatusBadge } from '../../components/StatusBadge';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './preferences.module.css';
import { SavedPassphrases } from './SavedPassphrases';

const places = {
  os: 'In the key store of this system, through the operating system’s own encryption',
  keyring: 'In the key store of this system',
  passphrase: 'In an encrypted file that your passphrase opens',
  session: 'In memory only, until Polyforge ends',
  undecided: 'Not decided yet; you are asked before the first token is saved',
} as const;

export function SecretsPane({ onSecretStore }: { onSecretStore: (choose: boolean) => void }) {
  const store = useQuery(query.preferences.secretStore.queryOptions());
  if (!store.data)
    return (
      <ErrorNotice
        error={store.error ? toAppError(store.error) : null}
        onRetry={() => void store.refetch()}
      />
    );
  const { backend, locked, choices, why } = store.data;
  const canChoose = choices.some((choice) => choice !== backend);
  return (
    <div className={classes.stack}>
      <dl className={classes.facts}>
        <dt>Tokens are kept</dt>
        <dd>{places[backend]}</dd>
        <dt>State</dt>
        <dd>
          {backend === 'undecided' ? (
            <StatusBadge tone="warn">Not chosen</StatusBadge>
          ) : locked ? (
            <StatusBadge tone="warn">Locked</StatusBadge>
          ) : (
            <StatusBadge tone="good">Open</StatusBadge>
          )}
        </dd>
      </dl>
      {why && <Note>{why}</Note>}
      <Group gap="xs">
        {locked && <Button onClick={() => onSecretStore(false)}>Unlock…</Button>}
        {canChoose && (
          <Button variant={locked ? 'default' : undefined} onClick={() => onSecretStore(true)}>
            {backend === 'undecided' ? 'Choose…' : 'Keep them elsewhere…'}
          </Button>
        )}
      </Group>
      <SavedPassphrases />
      <div style={{ color: 'var(--mantine-color-dimmed)' }}>
        A token is sent to the server of its account only. It is never written into a repository, an address,
        a command line or a log, and never shown again after it is saved.
      </div>
    </div>
  );
}
