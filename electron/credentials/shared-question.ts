import type { Answer } from '../../shared/contract/prompts';
import { AppFailure } from '../../shared/errors';
import type { AskedQuestion, PromptBroker } from '../prompts/broker';

/** Asks; operations with the same question at the same time share one. It closes when nobody waits for it any more. */
export type Ask = (question: AskedQuestion, signal: AbortSignal) => Promise<Answer>;

export function createSharedQuestions(prompts: PromptBroker): Ask {
  const open = new Map<string, { answer: Promise<Answer>; close: AbortController; waiting: number }>();
  return async (question, signal) => {
    if (signal.aborted) throw new AppFailure({ kind: 'cancelled' });
    const key = JSON.stringify(question);
    let shared = open.get(key);
    if (!shared) {
      const close = new AbortController();
      const made = { answer: prompts.ask(question, close.signal), close, waiting: 0 };
      const forget = () => {
        if (open.get(key) === made) open.delete(key);
      };
      made.answer.then(forget, forget);
      open.set(key, made);
      shared = made;
    }
    shared.waiting += 1;
    let leave = () => undefined as void;
    try {
      return await Promise.race([
        shared.answer,
        new Promise<never>((_resolve, reject) => {
          const abort = () => reject(new AppFailure({ kind: 'cancelled' }));
          signal.addEventListener('abort', abort, { once: true });
          leave = () => signal.removeEventListener('abort', abort);
        }),
      ]);
    } finally {
      leave();
      shared.waiting -= 1;
      if (shared.waiting === 0) {
        if (open.get(key) === shared) open.delete(key);
        shared.close.abort();
      }
    }
  };
}
