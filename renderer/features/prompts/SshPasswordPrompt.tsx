import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './prompts.module.css';
import { operationWords } from './question-words';
import type { QuestionProps } from './question';

/** The user's own password on a server. It is never kept: a key is the better way. */
export function SshPasswordPrompt({ question, failure, isPending, onAnswer }: QuestionProps<'ssh-password'>) {
  const [password, setPassword] = useState('');
  const [isTyped, setTyped] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== '') void onAnswer({ kind: 'ssh-password', password });
      }}
    >
      <Stack gap={12}>
        <div className={classes.subject}>
          {operationWords(question.operation)} a repository: no SSH key was taken, and the server asks for a
          password.
        </div>
        <dl className={classes.facts}>
          <dt>Server</dt>
          <dd>
            <strong>{visibleText(question.host)}</strong>
          </dd>
          <dt>User</dt>
          <dd>{visibleText(question.user)}</dd>
        </dl>
        {question.user === 'git' && (
          <Note tone="warn">
            Servers for git have no password for “git”. Most likely your SSH key is not known there: cancel,
            and add its public half to your account.
          </Note>
        )}
        <PasswordInput
          data-autofocus
          label="Password"
          description="Goes to this server only, and is not kept."
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          value={password}
          error={
            question.reason === 'wrong' && !isTyped ? 'The server did not take it. Type it again.' : undefined
          }
          onChange={(event) => {
            setTyped(true);
            setPassword(event.currentTarget.value);
          }}
        />
        <ErrorNotice error={failure} form />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void onAnswer({ kind: 'dismiss' })}>
            Cancel
          </Button>
          <Button type="submit" loading={isPending} disabled={password === ''}>
            Sign in
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
