import { z } from 'zod';
import { procedure } from './procedure';

/** What the core wants to know from the user. A question disappears with its operation. */
export const questionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('credentials'),
    id: z.string(),
    /** What is going on, such as `clone`. */
    operation: z.string(),
    host: z.string(),
    /** Repository path on the host, without leading slash. */
    path: z.string(),
    protocol: z.enum(['https', 'http']),
    accountId: z.string().nullable(),
    accountAlias: z.string().nullable(),
    /** Why it is asked: no account fits, the account's token or the last answer was refused, or the account is not to be used for repositories. */
    reason: z.enum([
      'no-account',
      'account-refused',
      'answer-refused',
      'secret-unavailable',
      'not-for-repositories',
    ]),
    username: z.string(),
  }),
  z.object({
    kind: z.literal('passphrase'),
    id: z.string(),
    /** `unlock`: the vault exists. `wrong`: the last answer did not open it. */
    reason: z.enum(['unlock', 'wrong']),
  }),
]);
export type Question = z.infer<typeof questionSchema>;

export const answerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('credentials'),
    username: z.string().max(1000),
    password: z.string().max(20_000),
    /** `repository`: keep it in the vault for exactly this host and path. */
    save: z.enum(['no', 'repository']),
  }),
  z.object({ kind: z.literal('passphrase'), passphrase: z.string().max(1000) }),
  z.object({ kind: z.literal('dismiss') }),
]);
export type Answer = z.infer<typeof answerSchema>;

export const prompts = {
  /** Open questions, oldest first; a page that reloads finds them again. */
  open: procedure.output(z.array(questionSchema)),
  answer: procedure.input(z.object({ id: z.string(), answer: answerSchema })).output(z.void()),
};
