import { z } from 'zod';
import type { SshQuestionKind } from '../broker';

/** What the program behind SSH_ASKPASS sends: ssh's words, what it wants, and which process asks. */
export interface AskpassRequest {
  prompt: string;
  kind: SshQuestionKind;
  /** Process id of the ssh that asks. */
  asker: string;
}

const schema: z.ZodType<AskpassRequest> = z.object({
  prompt: z.string(),
  kind: z.enum(['entry', 'confirm', 'none']),
  asker: z.string().max(100),
});

/** Null: it is none. */
export function parseAskpassRequest(input: Buffer): AskpassRequest | null {
  try {
    return schema.parse(JSON.parse(input.toString('utf8')));
  } catch {
    return null;
  }
}

/**
 * The answer as the program reads it: a line that starts with `=`. Nothing at
 * all means no answer: the program then ends with a failure, because ssh takes
 * an empty answer to some questions for a yes (readpass.c, ask_permission).
 */
export function formatAskpassAnswer(answer: string | null): string {
  return answer === null || /[\r\n\0]/.test(answer) ? '' : `=${answer}\n`;
}
