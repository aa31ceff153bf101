import { z } from 'zod';
import { procedure } from './procedure';

/** Text that fits on one line of a configuration file. */
const line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\u0000-\u001f\u007f]*$/);

/** Who commits under a binding. Empty fields are left to git's own configuration. */
export const commitIdentitySchema = z.object({
  name: line(300),
  email: line(320),
  /** user.signingKey. */
  signingKey: line(2000),
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

/** A rule as it is listed. `other-host`: its account is not on the rule's host any more. */
export const shownRuleSchema = accountRuleSchema.extend({
  problem: z.enum(['account-gone', 'other-host', 'folder-missing']).nullable(),
});
export type ShownRule = z.infer<typeof shownRuleSchema>;

/**
 * Why this account: a binding of the repository, a rule, the only account that
 * fits, the longest namespace, or the only one whose list of hosted
 * repositories has it.
 */
export const choiceSourceSchema = z.enum(['bound', 'folder', 'path', 'host', 'namespace', 'only', 'listed']);
export type ChoiceSource = z.infer<typeof choiceSourceSchema>;

/** What does not fit between the account and the repository; the work goes on. */
export const bindingWarningSchema = z.discriminatedUnion('kind', [
  /** The repository is bound to an account that was removed. */
  z.object({ kind: z.literal('account-gone') }),
  /** The bound account belongs to another host than the remote: its token is not used. */
  z.object({ kind: z.literal('other-host'), accountHost: z.string(), remoteHost: z.string() }),
  /** The bound account is for another organization, workspace or collection than the remote's. */
  z.object({ kind: z.literal('other-namespace'), accountNamespace: z.string(), remoteNamespace: z.string() }),
]);
export type BindingWarning = z.infer<typeof bindingWarningSchema>;

export const accountChoiceSchema = z.object({
  /** Null: none fits, or several do (`candidates`). */
  accountId: z.string().nullable(),
  source: choiceSourceSchema.nullable(),
  /** The rule that decided. */
  rule: accountRuleSchema.nullable(),
  /** Accounts that fit equally well: the user is asked once git wants to know. */
  candidates: z.array(z.string()),
  /** Who commits under this binding; null: git's own configuration decides. */
  identity: commitIdentitySchema.nullable(),
  warnings: z.array(bindingWarningSchema),
  /** What a rule could be made for here; null: there is no remote. */
  place: z
    .object({
      /** `scheme://host[:port]` a rule can name. */
      origin: z.string(),
      host: z.string(),
      path: z.string(),
      /** First part of the path: organization, owner, group, workspace or project. */
      organization: z.string().nullable(),
    })
    .nullable(),
});
export type AccountChoice = z.infer<typeof accountChoiceSchema>;

export const repositoryChoiceSchema = accountChoiceSchema.extend({
  /** The repository's own binding. */
  bound: z.object({ accountId: z.string().nullable(), identity: commitIdentitySchema.nullable() }),
  /** Absolute folder of the repository. */
  folder: z.string(),
});
export type RepositoryChoice = z.infer<typeof repositoryChoiceSchema>;

/** The identity commits get here, and the one the binding wants. */
export const identityStateSchema = z.object({
  /** As git would use it now; empty where nothing is set. */
  effective: commitIdentitySchema,
  /** Where user.email comes from: `local`, `global`, `system`, a file's path, or null. */
  source: z.string().nullable(),
  wanted: commitIdentitySchema.nullable(),
  /** `wanted` is set and differs. */
  mismatch: z.boolean(),
  /** False: only the repository's own configuration could be read, git's others are unknown. */
  complete: z.boolean(),
  /** Polyforge wrote the identity and can put back what was there. `changed`: the file was changed since. */
  written: z.enum(['no', 'yes', 'changed']),
});
export type IdentityState = z.infer<typeof identityStateSchema>;

/** One host with several accounts, and whether the user's own git asks with the path. */
export const httpPathStateSchema = z.object({
  /** `https://host[:port]`. */
  origin: z.string(),
  accountIds: z.array(z.string()),
  /** Organizations these accounts are for, where the host serves several under one name. */
  organizations: z.array(z.string()),
  /** The effective credential.<url>.useHttpPath of the user's git; null: there is no system git. */
  effective: z.boolean().nullable(),
  /** Whether git, tried just now, asked a helper with the complete path; null: it could not be tried. */
  asked: z.boolean().nullable(),
  /** File that sets it, where it is set. */
  setIn: z.string().nullable(),
  /** The change as it would be made: file, the line(s) added, and those they take the place of. */
  change: z.object({ file: z.string(), lines: z.array(z.string()), removed: z.array(z.string()) }).nullable(),
  /** Polyforge set it and can take it back. */
  revertible: z.boolean(),
  /** Polyforge set it, and the file was changed since: it is left alone. */
  changedSince: z.boolean(),
  /** Why there is no `change` although one is wanted: no git, no file to write, or another setting that wins over ours (`setIn`). */
  obstacle: z.enum(['no-git', 'no-file', 'overridden']).nullable(),
});
export type HttpPathState = z.infer<typeof httpPathStateSchema>;

export const bindings = {
  /** Most specific first. */
  rules: procedure.output(z.array(shownRuleSchema)),
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
    .output(z.array(shownRuleSchema)),
  removeRule: procedure.input(z.object({ id: z.string() })).output(z.array(shownRuleSchema)),
  /** The account that answers for a repository on this machine, and why. Asks nobody. */
  choice: procedure.input(z.object({ repositoryId: z.string() })).output(repositoryChoiceSchema),
  /** The same for an address that is to be cloned to a folder. Rejects `address-invalid`. */
  choiceFor: procedure
    .input(z.object({ url: z.string().max(4000), directory: z.string().max(4000).nullable() }))
    .output(accountChoiceSchema),
  /** Binds a repository to an account (null: by rule) with an identity (null: the rule's, or git's own). */
  bindRepository: procedure
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
