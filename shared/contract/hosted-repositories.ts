import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { appErrorSchema } from '../errors';
import { procedure } from './procedure';

/** Names a repository to its provider. `id` is opaque outside the provider's folder. */
export const repositoryRefSchema = z.object({ id: z.string(), fullName: z.string() });
export type RepositoryRef = z.infer<typeof repositoryRefSchema>;

/** A repository as a provider lists it. */
export const hostedRepositorySchema = z.object({
  /** Unique over all accounts: `${accountId}:${id}`. */
  key: z.string(),
  accountId: z.string(),
  id: z.string(),
  name: z.string(),
  /** Owner, group path, workspace/project or organization/project: what the list groups by. */
  namespace: z.string(),
  fullName: z.string(),
  description: z.string(),
  webUrl: z.string(),
  httpsUrl: z.string(),
  sshUrl: z.string().nullable(),
  defaultBranch: z.string().nullable(),
  visibility: z.enum(['public', 'internal', 'private']),
  archived: z.boolean(),
  fork: z.boolean(),
  /** Epoch milliseconds of the last push or change; null where the provider does not tell. */
  updatedAt: z.number().nullable(),
  sizeBytes: z.number().nullable(),
});
export type HostedRepository = z.infer<typeof hostedRepositorySchema>;

/** One step of the progressive list. Parts of one account with `source: 'provider'` replace its cached ones. */
export const repositoryListPartSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('items'),
    accountId: z.string(),
    source: z.enum(['cache', 'provider']),
    /** Epoch milliseconds when the provider gave them. */
    fetchedAt: z.number(),
    items: z.array(hostedRepositorySchema),
  }),
  z.object({ kind: z.literal('done'), accountId: z.string(), count: z.number() }),
  z.object({ kind: z.literal('failed'), accountId: z.string(), error: appErrorSchema }),
]);
export type RepositoryListPart = z.infer<typeof repositoryListPartSchema>;

export const hostedRepositories = {
  /** Cached rows first, then each account's fresh ones as they come. `refresh: false` asks only accounts without a cache younger than 10 minutes. */
  list: procedure
    .input(z.object({ refresh: z.boolean().default(false), accountId: z.string().optional() }))
    .output(eventIterator(repositoryListPartSchema)),
  favourites: procedure.output(z.array(z.string())),
  setFavourite: procedure.input(z.object({ key: z.string(), favourite: z.boolean() })).output(z.void()),
  /** Keys of repositories cloned from the list, newest first, at most 50. */
  recentlyCloned: procedure.output(z.array(z.string())),
  /** The provider's page where the account is given more repositories; null: it has none. */
  accessPage: procedure
    .input(z.object({ accountId: z.string() }))
    .output(z.object({ url: z.string().nullable() })),
};
