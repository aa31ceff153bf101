import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { wholeClone } from '../clone-plan';
import { appErrorSchema } from '../errors';
import { providerIdSchema } from './accounts';
import { clonePlanSchema } from './clone-plan';
import { procedure, progressSchema } from './procedure';

export const remoteSchema = z.object({ name: z.string(), url: z.string(), pushUrl: z.string().nullable() });

/** A repository on this machine that Polyforge knows. */
export const repositorySchema = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  /** The bound account; null: chosen by URL, or asked. */
  accountId: z.string().nullable(),
  /** Epoch milliseconds. */
  lastOpened: z.number(),
  /** False when the folder is not there now (unplugged drive); the entry stays. */
  present: z.boolean(),
});
export type Repository = z.infer<typeof repositorySchema>;

export const headSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('branch'), branch: z.string(), oid: z.string() }),
  z.object({ state: z.literal('detached'), oid: z.string() }),
  /** A branch without any commit yet. */
  z.object({ state: z.literal('unborn'), branch: z.string() }),
]);
export type Head = z.infer<typeof headSchema>;

export const repositoryOverviewSchema = z.object({
  repository: repositorySchema,
  engine: z.enum(['system', 'isomorphic']),
  head: headSchema,
  bare: z.boolean(),
  shallow: z.boolean(),
  /** Name of a remote of which only some branches are fetched. */
  narrow: z.string().nullable(),
  /** Old contents stay on the server until they are needed. */
  partial: z.boolean(),
  remotes: z.array(remoteSchema),
  /** The account that answers for the first remote, bound or matched by URL. */
  account: z.object({ accountId: z.string(), source: z.enum(['bound', 'matched']) }).nullable(),
});
export type RepositoryOverview = z.infer<typeof repositoryOverviewSchema>;

/** What a pasted address means. */
export const remoteInspectionSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** Canonical form, without any user or password. */
    url: z.string(),
    protocol: z.enum(['https', 'http', 'ssh']),
    host: z.string(),
    path: z.string(),
    suggestedName: z.string(),
    provider: providerIdSchema.nullable(),
    /** Accounts whose origin and path match exactly, most specific first. */
    accountIds: z.array(z.string()),
    /** The address held a user or password; it was dropped. */
    droppedCredentials: z.boolean(),
  }),
  z.object({ ok: z.literal(false), error: appErrorSchema }),
]);
export type RemoteInspection = z.infer<typeof remoteInspectionSchema>;

export const cloneTargetSchema = z.object({
  path: z.string(),
  state: z.enum(['absent', 'empty', 'not-empty', 'not-writable', 'invalid']),
});

export const cloneInputSchema = z.object({
  url: z.string().min(1).max(4000),
  /** Absolute parent directory. */
  parent: z.string().min(1).max(4000),
  /** Name of the new folder. */
  name: z.string().min(1).max(255),
  /** Null: by rule or address; where several fit the user is asked. */
  accountId: z.string().nullable(),
  /** No account at all, also where one fits: user name and password are asked for when the server wants them. */
  withoutAccount: z.boolean().default(false),
  /** Branch to check out; null for the remote's default. */
  branch: z.string().max(1000).nullable(),
  /** Key of the hosted repository when it was picked in the browser. */
  hostedKey: z.string().nullable(),
  /** Writes the identity of the binding or rule into the new repository's own configuration. */
  applyIdentity: z.boolean().default(true),
  plan: clonePlanSchema.default(wholeClone),
});
export type CloneInput = z.infer<typeof cloneInputSchema>;

const byId = z.object({ repositoryId: z.string() });

export const repositories = {
  /** Known repositories, last opened first. */
  list: procedure.output(z.array(repositorySchema)),
  /** Opens a folder (or any folder inside a repository) and remembers it. Runs no program the repository names. */
  open: procedure
    .input(
      z.object({
        path: z.string().min(1).max(4000),
        /** Id of the entry whose folder was moved here: its binding goes along. */
        insteadOf: z.string().optional(),
      }),
    )
    .output(repositorySchema),
  overview: procedure.input(byId).output(repositoryOverviewSchema),
  /** Takes it off the list; the folder stays. */
  forget: procedure.input(byId).output(z.void()),
  bindAccount: procedure
    .input(z.object({ repositoryId: z.string(), accountId: z.string().nullable() }))
    .output(repositorySchema),
  inspectRemote: procedure.input(z.object({ url: z.string().max(4000) })).output(remoteInspectionSchema),
  inspectTarget: procedure
    .input(z.object({ parent: z.string().max(4000), name: z.string().max(255) }))
    .output(cloneTargetSchema),
  /** Branches of a remote, for the clone dialog; asks for no credentials beyond the account's. */
  remoteBranches: procedure
    .input(z.object({ url: z.string().max(4000), accountId: z.string().nullable() }))
    .output(z.object({ branches: z.array(z.string()), head: z.string().nullable() })),
  /** Yields progress at most ten times a second, returns the repository. Ending the iteration cancels within a second and leaves nothing behind. */
  clone: procedure.input(cloneInputSchema).output(eventIterator(progressSchema, repositorySchema)),
};
