import { z } from 'zod';
import { procedure } from './procedure';

/** Who commits under a binding. Empty fields are left to git's own configuration. */
export const commitIdentitySchema = z.object({
  name: z.string().max(300),
  email: z.string().max(320),
  /** user.signingKey. */
  signingKey: z.string().max(2000),
});
export type CommitIdentity = z.infer<typeof commitIdentitySchema>;

/** Where a rule holds, from most to least specific after the repository's own binding. */
export const ruleScopeSchema = z.discriminatedUnion('kind', [
  /** Repositories at or below an absolute folder. The deepest folder wins. */
  z.object({ kind: z.literal('folder'), folder: z.string().min(1).max(4000) }),
  /** Remotes of `origin` (scheme://host[:port]) whose path starts with these segments. The longest wins. */
  z.object({
    kind: z.literal('path'),
    origin: z.string().max(500),
    path: z.string().min(1).max(2000),
  }),
  z.object({ kind: z.literal('host'), origin: z.string().max(500) }),
]);
export type RuleScope = z.infer<typeof ruleScopeSchema>;

/** Which account answers where. */
export const accountRuleSchema = z.object({
  id: z.string(),
  scope: ruleScopeSchema,
  accountId: z.string(),
  identity: commitIdentitySchema.nullable(),
});
export type AccountRule = z.infer<typeof accountRuleSchema>;

/** Why this account: a binding of the repository, a rule, the only account whose namespace fits, or the longest namespace. */
export const choiceSourceSchema = z.enum(['bound', 'folder', 'path', 'host', 'namespace', 'only']);
export type ChoiceSource = z.infer<typeof choiceSourceSchema>;

/** The identity commits get here, and the one the binding wants. */
export const identityStateSchema = z.object({
  /** As git would use it now; empty where nothing is set. */
  effective: commitIdentitySchema,
  /** Where user.email comes from: `local`, `global`, `system`, a file's path, or null. */
  source: z.string().nullable(),
  wanted: commitIdentitySchema.nullable(),
  /** `wanted` is set and differs. */
  mismatch: z.boolean(),
});
export type IdentityState = z.infer<typeof identityStateSchema>;

/** One host with several accounts, and whether the user's own git asks with the path. */
export const httpPathStateSchema = z.object({
  /** `https://host[:port]`. */
  origin: z.string(),
  accountIds: z.array(z.string()),
  /** The effective credential.<url>.useHttpPath of the user's git; null: there is no system git. */
  effective: z.boolean().nullable(),
  /** File that sets it, where it is set. */
  setIn: z.string().nullable(),
  /** The change as it would be made: file, and the line(s) added. */
  change: z.object({ file: z.string(), lines: z.array(z.string()) }).nullable(),
  /** Polyforge set it and can take it back. */
  revertible: z.boolean(),
});
export type HttpPathState = z.infer<typeof httpPathStateSchema>;

export const bindings = {
  /** Most specific first. */
  rules: procedure.output(z.array(accountRuleSchema)),
  /** Inserts (`id` null) or replaces. A rule of the same scope is replaced. Rejects `invalid-input`. */
  putRule: procedure
    .input(
      z.object({
        id: z.string().nullable(),
        scope: ruleScopeSchema,
        accountId: z.string(),
        identity: commitIdentitySchema.nullable(),
      }),
    )
    .output(z.array(accountRuleSchema)),
  removeRule: procedure.input(z.object({ id: z.string() })).output(z.array(accountRuleSchema)),
  /** Binds a repository to an account (null: by rule) with an identity (null: the rule's, or git's own). */
  bind: procedure
    .input(
      z.object({
        repositoryId: z.string(),
        accountId: z.string().nullable(),
        identity: commitIdentitySchema.nullable(),
      }),
    )
    .output(z.void()),
  identity: procedure.input(z.object({ repositoryId: z.string() })).output(identityStateSchema),
  /** Writes the wanted identity into the repository's own configuration, keeping what was there for `restoreIdentity`. */
  applyIdentity: procedure.input(z.object({ repositoryId: z.string() })).output(identityStateSchema),
  restoreIdentity: procedure.input(z.object({ repositoryId: z.string() })).output(identityStateSchema),
  /** Hosts with more than one account. */
  httpPaths: procedure.output(z.array(httpPathStateSchema)),
  /** Makes exactly the change last shown in `httpPaths`; rejects `invalid-input` (`change`) when the configuration changed meanwhile. */
  setHttpPath: procedure
    .input(z.object({ origin: z.string().max(500), lines: z.array(z.string().max(1000)) }))
    .output(z.array(httpPathStateSchema)),
  /** Takes back what `setHttpPath` wrote. */
  revertHttpPath: procedure
    .input(z.object({ origin: z.string().max(500) }))
    .output(z.array(httpPathStateSchema)),
};
