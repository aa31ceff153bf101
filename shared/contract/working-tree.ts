import { z } from 'zod';
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
