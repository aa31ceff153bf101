import { Button, Checkbox, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Answer, Question } from '../../../shared/contract/prompts';
import type { AppError } from '../../../shared/errors';
import { Note } from '../../components/Note';
import { isThisMachine } from '../../components/this-machine';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { isRefusal, operationWords, reasonWords } from './question-words';

export interface CredentialsPromptProps {
  question: Extract<Question, { kind: 'credentials' }>;
  failure: AppError | null;
  isPending: boolean;
  onAnswer: (answer: Answer) => Promise<void>;
}

/** User name and password for one repository on one host. */
export function CredentialsPrompt({ question, failure, isPending, onAnswer }: CredentialsPromptProps) {
  const [username, setUsername] = useState(question.username);
  const [password, setPassword] = useState('');
  const [isSaved, setSaved] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (password === '' && username === '') return;
        void onAnswer({ kind: 'credentials', username, password, save: isSaved ? 'repository' : 'no' });
      }}
    >
      <Stack gap={12}>
        <div style={{ overflowWrap: 'anywhere' }}>
          {operationWords(question.operation)} <strong>{question.path}</strong> from{' '}
          <strong>{question.host}</strong>
        </div>
        <Note tone={isRefusal(question.reason) ? 'warn' : 'info'}>{reasonWords(question)}</Note>
        {question.protocol === 'http' && !isThisMachine(question.host) && (
          <Note tone="warn">
            This server is reached without encryption: whoever shares the network can read the password.
          </Note>
        )}
        <TextInput
          label="User name"
          autoComplete="off"
          spellCheck={false}
          data-autofocus={question.username === '' || undefined}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password or token"
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          data-autofocus={question.username !== '' || undefined}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Checkbox
          label="Save for this repository"
          description={`Kept encrypted, for ${question.host}/${question.path} only.`}
          checked={isSaved}
          onChange={(event) => setSaved(event.currentTarget.checked)}
        />
        <ErrorNotice error={failure} form />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void onAnswer({ kind: 'dismiss' })}>
            Cancel
          </Button>
          <Button type="submit" loading={isPending} disabled={username === '' && password === ''}>
            Sign in
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
