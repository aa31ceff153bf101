import { z } from 'zod';
import { procedure } from './procedure';

export const branchSchema = z.object({
  /** Short name (`main`, `origin/main`). */
  name: z.string(),
  remote: z.boolean(),
  current: z.boolean(),
  oid: z.string(),
  upstream: z.string().nullable(),
  /** Commits ahead and behind the upstream; null where there is none or the engine does not tell. */
  ahead: z.number().nullable(),
  behind: z.number().nullable(),
});
export type Branch = z.infer<typeof branchSchema>;

export const branches = {
  list: procedure.input(z.object({ repositoryId: z.string() })).output(z.array(branchSchema)),
};
