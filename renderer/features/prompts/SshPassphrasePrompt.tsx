import { Button, Checkbox, Group, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './prompts.module.css';
import { QuestionSubject } from './QuestionSubject';
import type { QuestionProps } from './question';

/** The passphrase of one private key. */
export function SshPassphrasePrompt({
  question,
  failure,
  isPending,
  onAnswer,
}: QuestionProps<'ssh-passphrase'>) {
  const [passphrase, setPassphrase] = useState('');
  const [isTyped, setTyped] = useState(false);
  const [isSaved, setSaved] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== '') void onAnswer({ kind: 'ssh-passphrase', passphrase, save: isSaved });
      }}
    >
      <Stack gap={12}>
        <QuestionSubject {...question}>: ssh needs a key that is locked.</QuestionSubject>
        <dl className={classes.facts}>
          <dt>Key</dt>
          <dd>{visibleText(question.keyPath)}</dd>
        </dl>
        <PasswordInput
          data-autofocus
          label="Passphrase of this key"
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the passphrase' }}
          value={passphrase}
          error={
            question.reason === 'wrong' && !isTyped ? 'This did not open the key. Type it again.' : undefined
          }
          onChange={(event) => {
            setTyped(true);
            setPassphrase(event.currentTarget.value);
          }}
        />
        {question.canSave && (
          <Checkbox
            label="Keep it for this key"
            description="Encrypted, for exactly this file, once it has opened the key."
            checked={isSaved}
            onChange={(event) => setSaved(event.currentTarget.checked)}
          />
        )}
        <ErrorNotice error={failure} form />
        <Group justify="space-between" gap="xs">
          <Button
            variant="subtle"
            color="gray"
            disabled={isPending}
            title="ssh goes on with the next key it has"
            onClick={() => void onAnswer({ kind: 'ssh-passphrase', passphrase: '', save: false })}
          >
            Without this key
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={() => void onAnswer({ kind: 'dismiss' })}>
              Cancel
            </Button>
            <Button type="submit" loading={isPending} disabled={passphrase === ''}>
              Unlock key
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
