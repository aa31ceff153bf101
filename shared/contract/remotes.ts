import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { appErrorSchema } from '../errors';
import { procedure, progressSchema } from './procedure';
import { remoteSchema } from './repositories';
import { mergeOutcomeSchema } from './working-tree';

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

export const upstreamSchema = z.object({
  /** `origin/main`. */
  name: z.string(),
  remote: z.string(),
  /** On the server, short. */
  branch: z.string(),
  /** Commits here that are not there, and the other way round; null: the upstream is not here. */
  ahead: z.number().nullable(),
  behind: z.number().nullable(),
});

const failureSchema = z.object({ remote: z.string(), error: appErrorSchema });

export const remoteStateSchema = z.object({
  remotes: z.array(remoteSchema),
  /** The current branch; null: HEAD is detached. */
  branch: z.string().nullable(),
  upstream: upstreamSchema.nullable(),
  /** The last time every remote was asked since the start, by whom, and who failed. */
  lastFetch: z
    .object({ at: z.number(), background: z.boolean(), failures: z.array(failureSchema) })
    .nullable(),
  /** A fetch in the background is under way. */
  fetching: z.boolean(),
  /** When the background comes round again, epoch milliseconds; null: it is off here. */
  nextFetch: z.number().nullable(),
});
export type RemoteState = z.infer<typeof remoteStateSchema>;

export const fetchResultSchema = z.object({
  updated: z.array(refUpdateSchema),
  /** Remotes that could not be asked; the others stand. */
  failures: z.array(failureSchema),
});
export type FetchResult = z.infer<typeof fetchResultSchema>;

export const pullResultSchema = z.object({
  updated: z.array(refUpdateSchema),
  outcome: mergeOutcomeSchema,
});
export type PullResult = z.infer<typeof pullResultSchema>;

/** Where a push would go, as far as is known without asking the server. */
export const pushPlanSchema = z.object({
  branch: z.string(),
  /** Null: there is no remote. */
  remote: z.string().nullable(),
  remotes: z.array(z.string()),
  to: z.string(),
  /** There is no upstream yet, so the push sets it. */
  setUpstream: z.boolean(),
  /** What the server's branch was when it was last looked at; null: never seen there. */
  seen: z.string().nullable(),
  /** Against `seen`; null where nothing is known. */
  ahead: z.number().nullable(),
  behind: z.number().nullable(),
});
export type PushPlan = z.infer<typeof pushPlanSchema>;

const byId = z.object({ repositoryId: z.string() });
const refName = z.string().min(1).max(1000);
const pushTarget = byId.extend({ branch: refName, remote: refName, to: refName });

export const remotes = {
  state: procedure.input(byId).output(remoteStateSchema),
  /** One remote, or (null) all of them, one after the other. Ending the iteration cancels within a second. */
  fetch: procedure
    .input(byId.extend({ remote: refName.nullable(), prune: z.boolean() }))
    .output(eventIterator(progressSchema, fetchResultSchema)),
  /** Fetches the upstream's remote and joins the upstream to the current branch. */
  pull: procedure
    .input(byId.extend({ how: z.enum(['fast-forward', 'merge']) }))
    .output(eventIterator(progressSchema, pullResultSchema)),
  /** `to`: for another branch of the server; absent: the upstream's, or the branch's own name. */
  pushPlan: procedure
    .input(byId.extend({ branch: refName, remote: refName.optional(), to: refName.optional() }))
    .output(pushPlanSchema),
  /** `overwrite`: the id the server's branch must still have to be replaced; null: only what adds to it. */
  push: procedure
    .input(
      pushTarget.extend({
        setUpstream: z.boolean(),
        overwrite: z
          .string()
          .regex(/^[0-9a-f]{40,64}$/)
          .nullable(),
      }),
    )
    .output(eventIterator(progressSchema, pushResultSchema)),
  /** After `push-unknown`: looks whether it arrived. Pushes nothing. */
  checkPush: procedure
    .input(pushTarget)
    .output(z.object({ arrived: z.boolean(), oid: z.string().nullable() })),
};
