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
    /** Absolute folder git works in, where a terminal asks. */
    folder: z.string().optional(),
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
        /** It was chosen for this address before, and the repository was not reached. */
        tried: z.boolean().optional(),
      }),
    ),
    /** What the choice can be remembered for. */
    remember: z.array(rememberSchema),
    /** What `organization` means here. */
    organization: z.string().nullable(),
    folder: z.string().optional(),
  }),
  /** One operation wants to sign in to a second host: a submodule, large files (LFS), or a redirect. */
  z.object({
    kind: z.literal('other-host'),
    id: z.string(),
    operation: z.string(),
    /** The repository the operation is about. */
    host: z.string(),
    path: z.string(),
    /** Who wants to be signed in to, and for which path there. */
    otherHost: z.string(),
    otherPath: z.string(),
    /** The account that would answer, where it is clear by now. */
    accountAlias: z.string().nullable(),
    folder: z.string().optional(),
  }),
  /** git in a terminal was given a password that worked; `ask` is chosen in the preferences. Nobody waits for the answer. */
  z.object({
    kind: z.literal('save-credential'),
    id: z.string(),
    host: z.string(),
    path: z.string(),
    username: z.string(),
  }),
  /** ssh does not know the server's key. A changed key is no question: it ends the operation. */
  z.object({
    kind: z.literal('ssh-host-key'),
    id: z.string(),
    operation: z.string(),
    /** `host` or `host:port`, with the address ssh connected to where it differs. */
    host: z.string(),
    address: z.string().nullable(),
    /** The repository's own host, where ssh's settings lead over or to another one. */
    repositoryHost: z.string().nullable(),
    /** Other keys of this host are known, of another type. */
    otherTypesKnown: z.boolean(),
    /** Names the same key is known by, as ssh tells them: `file:line: name`. */
    otherNames: z.array(z.string()),
    keyType: z.string(),
    /** `SHA256:...` */
    fingerprint: z.string(),
    /** What the provider publishes for this host; null: nothing is known to us. */
    published: z.object({ by: z.string(), url: z.string(), matches: z.boolean() }).nullable(),
  }),
  z.object({
    kind: z.literal('ssh-passphrase'),
    id: z.string(),
    operation: z.string(),
    host: z.string(),
    path: z.string(),
    /** Canonical path of the private key. */
    keyPath: z.string(),
    reason: z.enum(['needed', 'wrong']),
    /** False: the passphrase cannot be kept for this file. */
    canSave: z.boolean(),
  }),
  /** The server wants the user's password over ssh. Never kept. */
  z.object({
    kind: z.literal('ssh-password'),
    id: z.string(),
    operation: z.string(),
    user: z.string(),
    host: z.string(),
    reason: z.enum(['needed', 'wrong']),
  }),
  /** ssh waits until the security key is touched. Nothing to answer: it goes by itself. */
  z.object({
    kind: z.literal('ssh-touch'),
    id: z.string(),
    operation: z.string(),
    host: z.string(),
    /** ssh's own words. */
    text: z.string(),
  }),
  /** A program git started asks something nobody recognises: its text is shown as it is, made visible and cut. */
  z.object({
    kind: z.literal('program-question'),
    id: z.string(),
    operation: z.string(),
    host: z.string(),
    text: z.string(),
    /** `confirm`: yes or no. */
    wants: z.enum(['entry', 'confirm']),
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
  /** `always`: for this repository and that host, until it is taken back in the preferences. */
  z.object({ kind: z.literal('other-host'), allow: z.enum(['no', 'once', 'always']) }),
  z.object({ kind: z.literal('save-credential'), save: z.boolean() }),
  z.object({ kind: z.literal('ssh-host-key'), accept: z.boolean() }),
  /** `save`: in the vault, for exactly this key file. */
  z.object({ kind: z.literal('ssh-passphrase'), passphrase: z.string().max(4000), save: z.boolean() }),
  z.object({ kind: z.literal('ssh-password'), password: z.string().max(4000) }),
  z.object({ kind: z.literal('program-question'), text: z.string().max(4000) }),
  z.object({ kind: z.literal('dismiss') }),
]);
export type Answer = z.infer<typeof answerSchema>;

export const prompts = {
  /** Open questions, oldest first; a page that reloads finds them again. */
  open: procedure.output(z.array(questionSchema)),
  answer: procedure.input(z.object({ id: z.string(), answer: answerSchema })).output(z.void()),
};
