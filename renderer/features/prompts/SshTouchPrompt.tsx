import { Button, Group, Loader, Stack } from '@mantine/core';
import { UntrustedText } from '../../components/UntrustedText';
import { ErrorNotice } from '../../errors/ErrorNotice';
import classes from './prompts.module.css';
import { QuestionSubject } from './QuestionSubject';
import type { QuestionProps } from './question';

/** ssh waits for a finger on the security key. Nothing is answered here; it goes when ssh goes on. */
export function SshTouchPrompt({ question, failure, onAnswer }: QuestionProps<'ssh-touch'>) {
  return (
    <Stack gap={12}>
      <QuestionSubject operation={question.operation} host={question.host}>
        : touch your security key now.
      </QuestionSubject>
      <Group gap="sm" wrap="nowrap">
        <Loader size="sm" aria-hidden />
        <span role="status">Waiting for the key…</span>
      </Group>
      <UntrustedText label="ssh says:" text={question.text} />
      <ErrorNotice error={failure} form />
      <Group justify="flex-end">
        <Button variant="default" data-autofocus onClick={() => void onAnswer({ kind: 'dismiss' })}>
          Hide
        </Button>
      </Group>
      <div className={classes.aside}>
        This closes by itself. Cancel the operation itself if you do not want it.
      </div>
    </Stack>
  );
}
