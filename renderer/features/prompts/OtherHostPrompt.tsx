import { Button, Group, Stack } from '@mantine/core';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './prompts.module.css';
import { QuestionSubject } from './QuestionSubject';
import type { QuestionProps } from './question';

/** A yes for one more host, which a repository leads to. The harmless answer has the focus. */
export function OtherHostPrompt({ question, failure, isPending, onAnswer }: QuestionProps<'other-host'>) {
  const answer = (allow: 'no' | 'once' | 'always') => void onAnswer({ kind: 'other-host', allow });
  const other = visibleText(question.otherHost);
  return (
    <Stack gap={12}>
      <QuestionSubject {...question}>, and it wants to sign in to another host as well:</QuestionSubject>
      <dl className={classes.facts}>
        <dt>Host</dt>
        <dd>
          <strong>{other}</strong>
        </dd>
        {question.otherPath !== '' && (
          <>
            <dt>Path</dt>
            <dd>{visibleText(question.otherPath)}</dd>
          </>
        )}
        <dt>Answers</dt>
        <dd>
          {question.accountAlias === null
            ? 'your account of that host, or what you saved for it'
            : `your account “${visibleText(question.accountAlias)}”`}
        </dd>
      </dl>
      <div>
        A submodule or large files (LFS) of this repository lie there, or its server sends git there. Say yes
        only if you know that this repository uses {other}. Nothing of {visibleText(question.host)} is sent
        there.
      </div>
      <ErrorNotice error={failure} form />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={() => answer('no')}>
          Do not sign in
        </Button>
        <Button variant="default" loading={isPending} onClick={() => answer('always')}>
          Always for this repository
        </Button>
        <Button loading={isPending} onClick={() => answer('once')}>
          Only this time
        </Button>
      </Group>
      <div className={classes.aside}>
        Escape means no; git goes on without, and may fail. “Always” can be taken back under Preferences,
        Saved Credentials.
      </div>
    </Stack>
  );
}
