import { fail } from '../../shared/errors';
import type { PromptBroker } from '../prompts/broker';
import { os } from './procedure';

export function promptsService({ prompts }: { prompts: PromptBroker }) {
  return os.prompts.router({
    open: os.prompts.open.handler(() => prompts.open()),
    answer: os.prompts.answer.handler(({ input }) => {
      if (!prompts.answer(input.id, input.answer)) fail({ kind: 'gone', what: 'prompt' });
    }),
  });
}
