import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SecretStore } from '../../../shared/contract/preferences';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';

/** Opens the encrypted file for this start of Polyforge. */
export function UnlockStore({
  onUnlocked,
  onCancel,
}: {
  onUnlocked: (store: SecretStore) => void;
  onCancel: () => void;
}) {
  const [passphrase, setPassphrase] = useState('');
  const unlock = useMutation({
    mutationFn: (text: string) => client.preferences.unlockSecretStore({ passphrase: text }),
    onSuccess: onUnlocked,
    gcTime: 0,
  });
  const failure = unlock.error ? toAppError(unlock.error) : null;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== '' && !unlock.isPending) unlock.mutate(passphrase);
      }}
    >
      <Stack gap={14}>
        <div>Your tokens are kept in an encrypted file. Its passphrase opens it until Polyforge ends.</div>
        <PasswordInput
          data-autofocus
          label="Passphrase"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the passphrase' }}
          value={passphrase}
          error={
            failure?.kind === 'wrong-passphrase' ? 'This does not open the file. Type it again.' : undefined
          }
          onChange={(event) => {
            setPassphrase(event.currentTarget.value);
            unlock.reset();
          }}
        />
        {failure && failure.kind !== 'wrong-passphrase' && <ErrorNotice error={failure} form />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={unlock.isPending} disabled={passphrase === ''}>
            Unlock
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
