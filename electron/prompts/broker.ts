import { randomUUID } from 'node:crypto';
import type { Answer, Question } from '../../shared/contract/prompts';
import { AppFailure } from '../../shared/errors';
import type { EventSink } from '../platform';

type WithoutId<T> = T extends { id: string } ? Omit<T, 'id'> : never;
export type AskedQuestion = WithoutId<Question>;

/** Asks the user, one door. Questions queue in every page and vanish with their operation. */
export interface PromptBroker {
  /** Resolves with the answer; `dismiss` when the user closed it. Rejects `cancelled` when the signal ends first. */
  ask(question: AskedQuestion, signal: AbortSignal, id?: string): Promise<Answer>;
  /** Changes what an open question says; nothing when it is no longer open. */
  revise(id: string, question: AskedQuestion): void;
  open(): Question[];
  /** False: no such question is open. */
  answer(id: string, answer: Answer): boolean;
}

export function createPromptBroker(events: EventSink): PromptBroker {
  const waiting = new Map<string, { question: Question; settle: (answer: Answer) => void }>();
  return {
    ask(asked, signal, id = randomUUID()) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(new AppFailure({ kind: 'cancelled' }));
          return;
        }
        const question = { ...asked, id };
        const close = () => {
          waiting.delete(id);
          signal.removeEventListener('abort', abort);
          events.emit({ type: 'prompts.withdrawn', id });
        };
        const abort = () => {
          close();
          reject(new AppFailure({ kind: 'cancelled' }));
        };
        waiting.set(id, {
          question,
          settle(answer) {
            close();
            resolve(answer);
          },
        });
        signal.addEventListener('abort', abort);
        events.emit({ type: 'prompts.asked', question });
      });
    },
    revise(id, revised) {
      const entry = waiting.get(id);
      if (!entry) return;
      entry.question = { ...revised, id };
      events.emit({ type: 'prompts.asked', question: entry.question });
    },
    open: () => [...waiting.values()].map((entry) => entry.question),
    answer(id, answer) {
      const entry = waiting.get(id);
      if (!entry) return false;
      // A passphrase offered to a question about a password is a defect of the page, not an answer.
      if (answer.kind !== 'dismiss' && answer.kind !== entry.question.kind) return false;
      entry.settle(answer);
      return true;
    },
  };
}
