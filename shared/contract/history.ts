import { z } from 'zod';
import { procedure } from './procedure';

export const commitSchema = z.object({
  oid: z.string(),
  parents: z.array(z.string()),
  subject: z.string(),
  body: z.string(),
  author: z.object({ name: z.string(), email: z.string() }),
  /** Author date, epoch milliseconds. */
  authoredAt: z.number(),
  /** Branches and tags that point here, short names. */
  refs: z.array(z.string()),
});
export type Commit = z.infer<typeof commitSchema>;

export const history = {
  /** Commits reachable from `ref` (default HEAD), newest first, one page. */
  log: procedure
    .input(
      z.object({
        repositoryId: z.string(),
        ref: z.string().max(1000).optional(),
        skip: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ commits: z.array(commitSchema), more: z.boolean() })),
};
