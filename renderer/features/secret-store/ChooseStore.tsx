import { Button, Group, PasswordInput, Progress, Radio, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SecretStore } from '../../../shared/contract/preferences';
import { Note } from '../../components/Note';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';
import { passphraseStrength, shortest } from './passphrase-strength';

type Choice = SecretStore['choices'][number];

const words: Record<Choice, { label: string; description: string }> = {
  keyring: {
    label: 'In the key store of this system',
    description: 'Opened together with your session. Nothing to remember.',
  },
  passphrase: {
    label: 'In an encrypted file, opened with a passphrase',
    description:
      'You are asked for it once each time Polyforge starts. It cannot be recovered if you forget it.',
  },
  session: {
    label: 'In memory only, until Polyforge ends',
    description: 'Nothing is written to the disk. Tokens have to be put in again next time.',
  },
};

const order: Choice[] = ['keyring', 'passphrase', 'session'];
const colours = { bad: 'red', warn: 'yellow', good: 'green' };

export interface ChooseStoreProps {
  store: SecretStore;
  onChosen: (store: SecretStore) => void;
  onCancel: () => void;
}

/** The user decides where tokens are kept; nothing is kept in plain text without being told. */
export function ChooseStore({ store, onChosen, onCancel }: ChooseStoreProps) {
  const choices = order.filter((choice) => store.choices.includes(choice));
  const [choice, setChoice] = useState<Choice | undefined>(
    choices.find((each) => each === store.backend) ?? choices[0],
  );
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const [isChecked, setChecked] = useState(false);
  const choose = useMutation({
    mutationFn: (input: Parameters<typeof client.preferences.chooseSecretStore>[0]) =>
      client.preferences.chooseSecretStore(input),
    onSuccess: onChosen,
    // A passphrase has no business in the query cache.
    gcTime: 0,
  });
  const strength = passphraseStrength(passphrase);
  const isShort = passphrase.length < shortest;
  const isDifferent = passphrase !== repeated;

  const submit = () => {
    setChecked(true);
    if (choice === 'passphrase') {
      if (!isShort && !isDifferent) choose.mutate({ choice, passphrase });
    } else if (choice) choose.mutate({ choice });
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!choose.isPending) submit();
      }}
    >
      <Stack gap={14}>
        {store.why && <Note>{store.why}</Note>}
        <Radio.Group
          label="Where shall tokens and passwords be kept?"
          value={choice}
          onChange={(value) => setChoice(choices.find((each) => each === value))}
        >
          <Stack gap={8} mt={8}>
            {choices.map((each) => (
              <Radio key={each} value={each} {...words[each]} />
            ))}
          </Stack>
        </Radio.Group>
        {choice === 'passphrase' && (
          <Stack gap={10}>
            <div>
              <PasswordInput
                data-autofocus
                label="Passphrase"
                autoComplete="new-password"
                visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the passphrase' }}
                value={passphrase}
                error={isChecked && isShort ? `At least ${shortest} characters.` : undefined}
                onChange={(event) => setPassphrase(event.currentTarget.value)}
              />
              <Progress
                mt={6}
                size={4}
                aria-label="Strength of the passphrase"
                color={colours[strength.tone]}
                value={passphrase === '' ? 0 : strength.value * 100}
              />
              <div
                role="status"
                style={{ fontSize: 12, minHeight: 18, color: 'var(--mantine-color-dimmed)' }}
              >
                {passphrase === '' ? '' : strength.text}
              </div>
            </div>
            <PasswordInput
              label="The same again"
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the repeated passphrase' }}
              value={repeated}
              error={isChecked && !isShort && isDifferent ? 'The two are not the same.' : undefined}
              onChange={(event) => setRepeated(event.currentTarget.value)}
            />
          </Stack>
        )}
        {choose.error && <ErrorNotice error={toAppError(choose.error)} form />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={choose.isPending} disabled={!choice}>
            Use this
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
