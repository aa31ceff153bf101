import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { Note } from '../../components/Note';
import { UntrustedText } from '../../components/UntrustedText';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './prompts.module.css';
import { QuestionSubject } from './QuestionSubject';
import type { QuestionProps } from './question';

/** Words of a program, marked as such. Nothing that is stored is ever given to it. */
export function ProgramPrompt({ question, failure, isPending, onAnswer }: QuestionProps<'program-question'>) {
  const [text, setText] = useState('');
  const isConfirm = question.wants === 'confirm';
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isConfirm || text !== '')
          void onAnswer({ kind: 'program-question', text: isConfirm ? 'yes' : text });
      }}
    >
      <Stack gap={12}>
        <QuestionSubject operation={question.operation} host={question.host} />
        <UntrustedText label="A program that git started asks, in its own words:" text={question.text} />
        <Note tone="warn">
          Polyforge does not know this question and answers nothing by itself. Answer only what you expect
          from this repository: the words may pretend to be somebody else’s.
        </Note>
        {!isConfirm && (
          <PasswordInput
            data-autofocus
            label="Your answer"
            description="Goes to that program only, and is not kept."
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the answer' }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <ErrorNotice error={failure} form />
        <Group justify="flex-end" gap="xs">
          <Button
            variant="default"
            data-autofocus={isConfirm || undefined}
            onClick={() => void onAnswer({ kind: 'dismiss' })}
          >
            {isConfirm ? 'No' : 'Cancel'}
          </Button>
          <Button type="submit" loading={isPending} disabled={!isConfirm && text === ''}>
            {isConfirm ? 'Yes' : 'Answer'}
          </Button>
        </Group>
        <div className={classes.aside}>
          {isConfirm ? 'Escape means no.' : 'Escape cancels: the program gets no answer.'}
        </div>
      </Stack>
    </form>
  );
}
