import { z } from 'zod';
import { providerIdSchema } from './accounts';
import { procedure } from './procedure';

/** How long an answer to "which account?" holds. */
export const rememberSchema = z.enum(['once', 'repository', 'organization', 'host']);
export type Remember = z.infer<typeof rememberSchema>;

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
    /** So many other operations of the same account wait for the same to be put right. */
    waiting: z.number().optional(),
  }),
  z.object({
    kind: z.literal('passphrase'),
    id: z.string(),
    /** `unlock`: the vault exists. `wrong`: the last answer did not open it. */
    reason: z.enum(['unlock', 'wrong']),
  }),
  /** Several accounts fit equally well. */
  z.object({
    kind: z.literal('account'),
    id: z.string(),
    operation: z.string(),
    host: z.string(),
    path: z.string(),
    candidates: z.array(
      z.object({
        accountId: z.string(),
        alias: z.string(),
        provider: providerIdSchema,
        /** Who signs in: login, or name; empty while unknown. */
        user: z.string(),
        organization: z.string(),
        refused: z.boolean(),
      }),
    ),
    /** What the choice can be remembered for. */
    remember: z.array(rememberSchema),
    /** What `organization` means here. */
    organization: z.string().nullable(),
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
  /** `accountId` null: none of them, the user types a name and password instead. */
  z.object({ kind: z.literal('account'), accountId: z.string().nullable(), remember: rememberSchema }),
  z.object({ kind: z.literal('dismiss') }),
]);
export type Answer = z.infer<typeof answerSchema>;

export const prompts = {
  /** Open questions, oldest first; a page that reloads finds them again. */
  open: procedure.output(z.array(questionSchema)),
  answer: procedure.input(z.object({ id: z.string(), answer: answerSchema })).output(z.void()),
};
