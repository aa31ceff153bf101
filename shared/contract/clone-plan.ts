import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { isTreeFolder, mostFolders } from '../clone-plan';
import { appErrorSchema } from '../errors';
import { procedure, progressSchema } from './procedure';

/** How much of a repository comes along. Absent: all of it, without submodules and large files. */
export const clonePlanSchema = z.object({
  /** Commits from each tip; null: all. */
  depth: z.number().int().min(1).max(1_000_000_000).nullable(),
  /** Only the branch that is checked out. */
  singleBranch: z.boolean(),
  /** Contents that come when they are needed: all, or those of at least so many bytes. Null: none. */
  filter: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('blobs') }),
      z.object({ kind: z.literal('larger'), bytes: z.number().int().min(1).max(1e15) }),
    ])
    .nullable(),
  /** Folders of the working tree, and the files beside and above them; null: everything. */
  sparse: z.array(z.string().max(4000).refine(isTreeFolder)).max(mostFolders).nullable(),
  /** Origins submodules may come from, of those that were shown; null: none are fetched. */
  submodules: z.array(z.string().max(300)).max(100).nullable(),
  /** Large files through git-lfs; null: as the user’s git is set up. */
  lfs: z.boolean().nullable(),
});
export type ClonePlan = z.infer<typeof clonePlanSchema>;

/** A folder of a repository that is not here yet. `id` is the provider's own. */
export const treeFolderSchema = z.object({ path: z.string().max(4000), id: z.string().max(4000) });
export type TreeFolder = z.infer<typeof treeFolderSchema>;

/** What is known of a repository before it is cloned. Null where nobody tells. */
export const cloneSurveySchema = z.object({
  /** False: no account of this address, so nobody was asked. */
  asked: z.boolean(),
  sizeBytes: z.number().nullable(),
  /** How fast earlier clones from this host were. */
  bytesPerSecond: z.number().nullable(),
  /** Whether git-lfs keeps files of it elsewhere. */
  largeFiles: z.boolean().nullable(),
  /** Where its submodules come from. `origin` null: addresses that are never contacted. */
  submodules: z.array(z.object({ origin: z.string().nullable(), paths: z.array(z.string()) })).nullable(),
  /** Where its folders begin; null: they cannot be shown. */
  top: treeFolderSchema.nullable(),
  /** Why less is known than could be. */
  error: appErrorSchema.nullable(),
});
export type CloneSurvey = z.infer<typeof cloneSurveySchema>;

const place = { url: z.string().min(1).max(4000), accountId: z.string().nullable() };

/** What can be brought later of a repository that was not cloned whole. */
export const reachSchema = z.discriminatedUnion('kind', [
  /** So many commits more from each tip. */
  z.object({ kind: z.literal('deepen'), by: z.number().int().min(1).max(1_000_000) }),
  z.object({ kind: z.literal('unshallow') }),
  z.object({ kind: z.literal('all-branches') }),
]);
export type Reach = z.infer<typeof reachSchema>;

/** What a repository that is here still wants of its servers. */
export const repositoryNeedsSchema = z.object({
  /** Submodules that are not here, by where they come from. */
  submodules: z.array(z.object({ origin: z.string(), paths: z.array(z.string()) })),
  /** Files stand in for large ones, none of which was fetched. */
  placeholders: z.boolean(),
});
export type RepositoryNeeds = z.infer<typeof repositoryNeedsSchema>;

export const clonePlan = {
  /** Asks the account's provider; never the user. */
  survey: procedure
    .input(z.object({ ...place, branch: z.string().max(1000).nullable() }))
    .output(cloneSurveySchema),
  /** The folders directly in one, as they come. `cut`: there are more files in it than were looked through. */
  folders: procedure
    .input(z.object({ ...place, folder: treeFolderSchema }))
    .output(eventIterator(z.array(treeFolderSchema), z.object({ cut: z.boolean() }))),
  /** Brings more of a repository that is here; ends as `repositories.clone` does. */
  reach: procedure
    .input(z.object({ repositoryId: z.string(), reach: reachSchema }))
    .output(eventIterator(progressSchema, z.void())),
  needs: procedure.input(z.object({ repositoryId: z.string() })).output(repositoryNeedsSchema),
  /** Submodules from origins `needs` told of; ends as `repositories.clone` does. */
  fetchSubmodules: procedure
    .input(z.object({ repositoryId: z.string(), origins: z.array(z.string().max(300)).min(1).max(100) }))
    .output(eventIterator(progressSchema, z.void())),
};
