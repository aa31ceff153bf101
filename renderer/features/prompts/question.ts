import type { Answer, Question } from '../../../shared/contract/prompts';
import type { AppError } from '../../../shared/errors';

export type QuestionKind = Question['kind'];
export type Questions = { [Each in Question as Each['kind']]: Each };

/** What the page of one kind of question gets. */
export interface QuestionProps<Kind extends QuestionKind> {
  question: Questions[Kind];
  /** Why the last answer could not be given. */
  failure: AppError | null;
  /** An answer is on its way. */
  isPending: boolean;
  onAnswer: (answer: Answer) => Promise<void>;
}
