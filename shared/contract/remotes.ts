import { z } from 'zod';
import type { remoteSchema } from './repositories';

export type Remote = z.infer<typeof remoteSchema>;

/** A ref a fetch changed here. Null: not there before, or pruned. */
export const refUpdateSchema = z.object({
  /** `origin/main`, or a tag's name. */
  name: z.string(),
  kind: z.enum(['branch', 'tag']),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** The old commits are not part of the new ones. */
  forced: z.boolean(),
});
export type RefUpdate = z.infer<typeof refUpdateSchema>;

export const pushResultSchema = z.discriminatedUnion('result', [
  z.object({ result: z.literal('pushed'), from: z.string().nullable(), to: z.string() }),
  z.object({ result: z.literal('up-to-date') }),
  /**
   * The server kept its branch. `behind`: it has commits that are not here, or
   * not in this branch. `stale-lease`: it moved since it was last looked at.
   * `protected`, `hook`: the server's rules; `detail` is its own words, made visible.
   */
  z.object({
    result: z.literal('rejected'),
    reason: z.enum(['behind', 'stale-lease', 'protected', 'hook', 'no-permission', 'shallow', 'other']),
    detail: z.string(),
  }),
]);
export type PushResult = z.infer<typeof pushResultSchema>;
