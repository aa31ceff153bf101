import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ShownSavedCredential } from '../../../shared/contract/saved-credentials';
import type { AppError } from '../../../shared/errors';
import { Dialog } from '../../components/Dialog';
import { visibleText } from '../../components/visible-text';
import { describeError } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import { addressOf } from './entries';

/** Another user name, a new password, or both. The old password is never shown: it does not leave the store. */
export function EditDialog({
  entry,
  ensureSecretStore,
  onClose,
}: {
  entry: ShownSavedCredential;
  ensureSecretStore: () => Promise<boolean>;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const [username, setUsername] = useState(entry.username);
  const [password, setPassword] = useState('');
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const isChanged = username !== entry.username || password !== '';
  const needsPassword = entry.missing || entry.state === 'refused';
  const described = failure ? describeError(failure, { form: true }) : null;
  const at = (field: string) => (described?.field === field ? described.text : undefined);

  // Not a mutation: its variables, a password among them, would stay in a cache.
  const save = async () => {
    if (!(await ensureSecretStore())) return;
    setPending(true);
    setFailure(null);
    try {
      const list = await client.savedCredentials.replace({
        id: entry.id,
        username,
        password: password === '' ? null : password,
      });
      queries.setQueryData(query.savedCredentials.list.queryKey(), list);
      onClose();
    } catch (error) {
      setFailure(toAppError(error));
      setPending(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isChanged && !isPending) void save();
  };
  return (
    <Dialog opened onClose={onClose} title="Edit saved credential" size={460}>
      <form noValidate onSubmit={submit}>
        <Stack gap={12}>
          <div style={{ overflowWrap: 'anywhere' }}>
            For <strong>{visibleText(addressOf(entry))}</strong>
            {entry.path === '' && ', every repository'}
          </div>
          <TextInput
            label="User name"
            autoComplete="off"
            spellCheck={false}
            data-autofocus={!needsPassword || undefined}
            value={username}
            error={at('username')}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password or token"
            description={
              entry.missing
                ? 'The store has none any more.'
                : 'Empty: it stays as it is. The stored one is not shown, here or anywhere.'
            }
            autoComplete="new-password"
            data-autofocus={needsPassword || undefined}
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the new password' }}
            value={password}
            error={at('password')}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {failure && !at('username') && !at('password') && <ErrorNotice error={failure} form />}
        </Stack>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isPending} disabled={!isChanged}>
            Save
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
