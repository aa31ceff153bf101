import { useQuery } from '@tanstack/react-query';
import type { Question } from '../../../shared/contract/prompts';
import { Dialog } from '../../components/Dialog';
import { query } from '../../rpc/client';
import { AccountPrompt } from './AccountPrompt';
import { CredentialsPrompt } from './CredentialsPrompt';
import { PassphrasePrompt } from './PassphrasePrompt';
import { useAnswer } from './use-answer';

const titles: Record<Question['kind'], string> = {
  account: 'Which account?',
  credentials: 'Sign in',
  passphrase: 'Unlock your tokens',
  'other-host': 'Sign in to another host?',
  'save-credential': 'Keep this password?',
  'ssh-host-key': 'Unknown SSH server',
  'ssh-passphrase': 'Passphrase of an SSH key',
  'ssh-password': 'Sign in over SSH',
  'ssh-touch': 'Touch your security key',
  'program-question': 'A program asks',
};

/** Shows what the core asks, oldest first. A question goes when its operation ends, here or elsewhere. */
export function PromptHost() {
  const open = useQuery(query.prompts.open.queryOptions({ staleTime: 0 }));
  const { answer, failure, isPending, answered } = useAnswer();
  const questions = (open.data ?? []).filter((question) => !answered.has(question.id));
  const [question] = questions;
  const dismiss = () => question && answer(question.id, { kind: 'dismiss' });
  const queue = questions.length > 1 ? ` (1 of ${questions.length})` : '';
  return (
    <Dialog
      opened={question !== undefined}
      onClose={() => void dismiss()}
      size={440}
      zIndex={400}
      title={`${question ? titles[question.kind] : ''}${queue}`}
    >
      {question?.kind === 'credentials' && (
        <CredentialsPrompt
          key={question.id}
          question={question}
          failure={failure}
          isPending={isPending}
          onAnswer={(given) => answer(question.id, given)}
        />
      )}
      {question?.kind === 'account' && (
        <AccountPrompt
          key={question.id}
          question={question}
          failure={failure}
          isPending={isPending}
          onAnswer={(given) => answer(question.id, given)}
        />
      )}
      {question?.kind === 'passphrase' && (
        <PassphrasePrompt
          key={question.id}
          question={question}
          failure={failure}
          isPending={isPending}
          onAnswer={(given) => answer(question.id, given)}
        />
      )}
    </Dialog>
  );
}
