import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './procedure';
import { headSchema } from './repositories';

const changeSchema = z.enum([
  'unmodified',
  'added',
  'modified',
  'deleted',
  'renamed',
  'copied',
  'type-changed',
]);

/** One path that differs from HEAD, git-status(1). Paths as in shared/git-path.ts. */
export const statusEntrySchema = z.object({
  path: z.string(),
  /** Where it was before; null: not renamed. */
  from: z.string().nullable(),
  kind: z.enum(['tracked', 'untracked', 'conflict']),
  /** HEAD against the index. */
  index: changeSchema,
  /** The index against the working tree. */
  workingTree: changeSchema,
  /** Of a conflict: who did what. Null otherwise. */
  conflict: z
    .enum([
      'both-modified',
      'both-added',
      'both-deleted',
      'added-by-us',
      'added-by-them',
      'deleted-by-us',
      'deleted-by-them',
    ])
    .nullable(),
  submodule: z.boolean(),
});
export type StatusEntry = z.infer<typeof statusEntrySchema>;

export const statusSchema = z.object({
  head: headSchema,
  upstream: z
    .object({
      /** `origin/main`. */
      name: z.string(),
      /** Null: the upstream is configured and not there. */
      ahead: z.number().nullable(),
      behind: z.number().nullable(),
    })
    .nullable(),
  /** What is under way and waits for the user. */
  underWay: z.enum(['merge', 'rebase', 'cherry-pick', 'revert', 'bisect', 'am']).nullable(),
  stashes: z.number(),
});
export type Status = z.infer<typeof statusSchema>;

/** How a merge, cherry-pick, revert or the return of a stash ended. */
export const mergeOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('up-to-date') }),
  z.object({ kind: z.literal('fast-forward'), oid: z.string() }),
  /** Null oid: applied to index and working tree without a commit (a stash). */
  z.object({ kind: z.literal('merged'), oid: z.string().nullable() }),
  /** Index and working tree hold the conflict as git writes it; aborting takes all of it back. */
  z.object({ kind: z.literal('conflicts'), paths: z.array(z.string()) }),
]);
export type MergeOutcome = z.infer<typeof mergeOutcomeSchema>;

/** A part of a status as it is read: entries in git's order, and at the end what stands above them. */
export const statusPartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('entries'), entries: z.array(statusEntrySchema) }),
  z.object({ type: z.literal('status'), status: statusSchema }),
]);
export type StatusPart = z.infer<typeof statusPartSchema>;

export const workingTree = {
  /** Ending the iteration stops the work. */
  status: procedure
    .input(
      z.object({ repositoryId: z.string(), untracked: z.enum(['normal', 'all', 'no']).default('normal') }),
    )
    .output(eventIterator(statusPartSchema)),
};
