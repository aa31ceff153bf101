import { Button, Group, Stack } from '@mantine/core';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './prompts.module.css';
import type { QuestionProps } from './question';

/** Nobody waits for this one: what was typed in a terminal worked, and could be kept. */
export function SaveCredentialPrompt({
  question,
  failure,
  isPending,
  onAnswer,
}: QuestionProps<'save-credential'>) {
  const answer = (save: boolean) => void onAnswer({ kind: 'save-credential', save });
  return (
    <Stack gap={12}>
      <div>You signed in with a password in a terminal, and it worked:</div>
      <dl className={classes.facts}>
        <dt>Host</dt>
        <dd>
          <strong>{visibleText(question.host)}</strong>
        </dd>
        <dt>Repository</dt>
        <dd>{question.path === '' ? 'every one of this host' : visibleText(question.path)}</dd>
        <dt>User name</dt>
        <dd>{question.username === '' ? 'none' : visibleText(question.username)}</dd>
      </dl>
      <div>
        Kept encrypted and given to git for exactly this address. You find it under Preferences, Saved
        Credentials.
      </div>
      <ErrorNotice error={failure} form />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={() => answer(false)}>
          Do not keep
        </Button>
        <Button loading={isPending} onClick={() => answer(true)}>
          Keep
        </Button>
      </Group>
      <div className={classes.aside}>
        Escape does not keep it. Whether you are asked is decided under Preferences, Git.
      </div>
    </Stack>
  );
}
