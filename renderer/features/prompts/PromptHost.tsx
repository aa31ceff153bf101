import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Question } from '../../../shared/contract/prompts';
import { Dialog } from '../../components/Dialog';
import { query } from '../../rpc/client';
import classes from './prompts.module.css';
import { QuestionFrame } from './QuestionFrame';
import { pageOf, titleOf } from './question-pages';
import { useAnswer } from './use-answer';
import { useMarkedTitle } from './use-marked-title';
import { useQuietMoment } from './use-quiet-moment';

/** Oldest first; after those that somebody waits for. */
function inOrder(questions: readonly Question[]): Question[] {
  const isWaitedFor = (question: Question) => question.kind !== 'save-credential';
  return [...questions.filter(isWaitedFor), ...questions.filter((question) => !isWaitedFor(question))];
}

/** Shows what the core asks, oldest first. A question goes when its operation ends, here or elsewhere. */
export function PromptHost() {
  const open = useQuery(query.prompts.open.queryOptions({ staleTime: 0 }));
  const { answer, failure, isPending, answered } = useAnswer();
  const questions = inOrder((open.data ?? []).filter((question) => !answered.has(question.id)));
  const [question] = questions;
  const settled = useRef<string | null>(null);
  const moment = useQuietMoment(question !== undefined);
  useMarkedTitle(questions.length);
  if (!question || moment === null) return null;
  const title = titleOf(question.kind);
  if (moment === 'typing')
    return (
      <div className={classes.held} role="status">
        Git asks: “{title}” It opens when you stop typing.
      </div>
    );
  return (
    <Dialog
      opened
      onClose={() => settled.current === question.id && void answer(question.id, { kind: 'dismiss' })}
      size={500}
      zIndex={400}
      title={questions.length > 1 ? `${title} (1 of ${questions.length})` : title}
    >
      <QuestionFrame
        key={question.id}
        onSettled={() => {
          settled.current = question.id;
        }}
      >
        {pageOf(question.kind, {
          question,
          failure,
          isPending,
          onAnswer: (given) => answer(question.id, given),
        })}
      </QuestionFrame>
    </Dialog>
  );
}
