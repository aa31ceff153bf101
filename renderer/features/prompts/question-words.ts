import type { Question } from '../../../shared/contract/prompts';
import { visibleText } from '../../components/visible-text';

type Credentials = Extract<Question, { kind: 'credentials' }>;

const operations: Record<string, string> = {
  clone: 'Cloning',
  fetch: 'Fetching',
  pull: 'Pulling',
  push: 'Pushing',
  'list branches': 'Reading the branches of',
  'list pull requests': 'Reading the pull requests of',
  'ls-remote': 'Reading the branches of',
};

/** What goes on, as the beginning of a sentence that ends with the repository. */
export function operationWords(operation: string): string {
  // The folder is told in full beside it.
  if (operation.startsWith('git in ')) return 'Git in a terminal works with';
  return operations[operation] ?? `“${visibleText(operation)}” for`;
}

/** Why the question is asked at all. */
export function reasonWords(question: Pick<Credentials, 'reason' | 'accountAlias' | 'host'>): string {
  const account = question.accountAlias ? `The account “${question.accountAlias}”` : 'The account';
  switch (question.reason) {
    case 'no-account':
      return `No account fits this repository, and ${question.host} wants to know who you are.`;
    case 'account-refused':
      return `${account} was refused for this repository. Its token may have expired or been revoked.`;
    case 'answer-refused':
      return `${question.host} refused the user name or password it was given last. Check them and try again.`;
    case 'secret-unavailable':
      return `${account} fits, but its token cannot be read. Put it in again, or unlock where it is kept.`;
    case 'not-for-repositories':
      return `${account} fits, but its token is not to be used for repositories.`;
    default:
      return question.reason satisfies never;
  }
}

/** These reasons tell of a refusal; the others only explain. */
export function isRefusal(reason: Credentials['reason']): boolean {
  return reason === 'account-refused' || reason === 'answer-refused';
}
