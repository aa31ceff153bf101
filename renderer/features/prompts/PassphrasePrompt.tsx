import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { ErrorNotice } from '../../errors/ErrorNotice';
import type { QuestionProps } from './question';

/** Asked when an operation needs a token and the store is locked. */
export function PassphrasePrompt({ question, failure, isPending, onAnswer }: QuestionProps<'passphrase'>) {
  const [passphrase, setPassphrase] = useState('');
  const [isTyped, setTyped] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== '') void onAnswer({ kind: 'passphrase', passphrase });
      }}
    >
      <Stack gap={12}>
        <div>A token is needed, and the encrypted file that holds it is locked.</div>
        <PasswordInput
          data-autofocus
          label="Passphrase"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the passphrase' }}
          value={passphrase}
          error={
            question.reason === 'wrong' && !isTyped ? 'This did not open the file. Type it again.' : undefined
          }
          onChange={(event) => {
            setTyped(true);
            setPassphrase(event.currentTarget.value);
          }}
        />
        <ErrorNotice error={failure} form />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void onAnswer({ kind: 'dismiss' })}>
            Cancel
          </Button>
          <Button type="submit" loading={isPending} disabled={passphrase === ''}>
            Unlock
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
