import { Button, Checkbox, Divider, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Note } from '../../components/Note';
import { isThisMachine } from '../../components/this-machine';
import { usePerformErrorAction } from '../../errors/actions';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query } from '../../rpc/client';
import { visibleText } from '../../components/visible-text';
import classes from './prompts.module.css';
import { QuestionSubject } from './QuestionSubject';
import type { QuestionProps } from './question';
import { isRefusal, reasonWords } from './question-words';

/** User name and password for one repository on one host. */
export function CredentialsPrompt({ question, failure, isPending, onAnswer }: QuestionProps<'credentials'>) {
  const [username, setUsername] = useState(question.username);
  const [password, setPassword] = useState('');
  const [isSaved, setSaved] = useState(false);
  const perform = usePerformErrorAction();
  const accountId = question.accountId;
  // The way that puts it right for good; what is typed below serves this repository alone.
  const isAboutToken =
    accountId !== null && (question.reason === 'account-refused' || question.reason === 'secret-unavailable');
  const waiting = question.waiting ?? 0;
  const accounts = useQuery(query.accounts.list.queryOptions());
  const type = accounts.data?.find((account) => account.id === accountId)?.authenticationType;
  const remedy =
    type === 'oauth'
      ? `Sign in again with “${question.accountAlias}”…`
      : `Replace the ${type === 'app' ? 'private key' : 'token'} of “${question.accountAlias}”…`;
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
        <QuestionSubject {...question} />
        <Note tone={isRefusal(question.reason) ? 'warn' : 'info'}>{reasonWords(question)}</Note>
        {question.protocol === 'http' && !isThisMachine(question.host) && (
          <Note tone="warn">
            This server is reached without encryption: whoever shares the network can read the password.
          </Note>
        )}
        {isAboutToken && (
          <>
            <Button
              data-autofocus
              fullWidth
              styles={{ label: { overflow: 'hidden', textOverflow: 'ellipsis' } }}
              onClick={() => perform({ kind: 'replace-token', label: 'Replace token', accountId })}
            >
              {remedy}
            </Button>
            <div className={classes.aside}>
              {waiting === 0
                ? 'It goes on by itself afterwards.'
                : `It goes on by itself afterwards, and so ${
                    waiting === 1 ? 'does one more that waits' : `do ${waiting} more that wait`
                  } for this account.`}
            </div>
            <Divider label="or sign in to this repository only" labelPosition="center" />
          </>
        )}
        <TextInput
          label="User name"
          autoComplete="off"
          spellCheck={false}
          data-autofocus={(!isAboutToken && question.username === '') || undefined}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password or token"
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          data-autofocus={(!isAboutToken && question.username !== '') || undefined}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Checkbox
          label={question.path === '' ? 'Save for this host' : 'Save for this repository'}
          description={visibleText(
            `Kept encrypted, for ${question.host}${question.path && `/${question.path}`} only.`,
          )}
          styles={{ description: { overflowWrap: 'anywhere' } }}
          checked={isSaved}
          onChange={(event) => setSaved(event.currentTarget.checked)}
        />
        <ErrorNotice error={failure} form />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void onAnswer({ kind: 'dismiss' })}>
            {waiting > 0 ? `Cancel all ${waiting + 1}` : 'Cancel'}
          </Button>
          <Button
            type="submit"
            variant={isAboutToken ? 'default' : 'filled'}
            loading={isPending}
            disabled={username === '' && password === ''}
          >
            Sign in
          </Button>
        </Group>
        <div className={classes.aside}>
          {waiting > 0
            ? 'Escape cancels all of them: git gets no answer, and they end.'
            : 'Escape cancels: git gets no answer, and this ends.'}
        </div>
      </Stack>
    </form>
  );
}
