import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { appErrorSchema } from '../errors';
import { repositoryRefSchema } from './hosted-repositories';
import { procedure } from './procedure';

export const personSchema = z.object({ id: z.string(), name: z.string(), login: z.string() });
export type Person = z.infer<typeof personSchema>;

/** `merged` and `closed` are ours; the page shows the provider's words (completed, abandoned, declined). */
export const pullRequestStateSchema = z.enum(['open', 'merged', 'closed']);

export const reviewStateSchema = z.enum(['none', 'pending', 'approved', 'changes-requested']);
export const checksStateSchema = z.enum(['none', 'pending', 'passed', 'failed', 'unknown']);

export const pullRequestSchema = z.object({
  /** Unique over all accounts. */
  key: z.string(),
  accountId: z.string(),
  repository: repositoryRefSchema,
  /** GitHub number, GitLab iid, Bitbucket id, Azure pullRequestId. */
  number: z.number(),
  title: z.string(),
  author: personSchema,
  source: z.object({
    branch: z.string(),
    /** Full name when it is a fork. */ repository: z.string().nullable(),
  }),
  target: z.object({ branch: z.string() }),
  draft: z.boolean(),
  state: pullRequestStateSchema,
  /** The provider's own word for the state (`completed`, `DECLINED`). */
  providerState: z.string(),
  /** Null where the cheap list call does not tell; the detail fills it in. */
  review: reviewStateSchema.nullable(),
  checks: checksStateSchema.nullable(),
  comments: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  webUrl: z.string(),
  /** How the signed-in user is concerned. */
  mine: z.boolean(),
  awaitsMyReview: z.boolean(),
});
export type PullRequest = z.infer<typeof pullRequestSchema>;

export const pullRequestFilterSchema = z.object({
  state: z.enum(['open', 'merged', 'closed']).default('open'),
  /** `all`: in every repository the account is a member of, as far as the provider's cheap calls reach. */
  scope: z.enum(['all', 'mine', 'review']).default('all'),
  accountId: z.string().optional(),
  /** Only this repository on this machine; its remote decides account and hosted repository. */
  repositoryId: z.string().optional(),
});
export type PullRequestFilter = z.infer<typeof pullRequestFilterSchema>;

export const pullRequestListPartSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('items'), accountId: z.string(), items: z.array(pullRequestSchema) }),
  /** `partial`: one sentence on what the list leaves out, or null. */
  z.object({ kind: z.literal('done'), accountId: z.string(), partial: z.string().nullable() }),
  z.object({ kind: z.literal('failed'), accountId: z.string(), error: appErrorSchema }),
]);
export type PullRequestListPart = z.infer<typeof pullRequestListPartSchema>;

export const reviewerSchema = z.object({
  person: personSchema,
  /** `approved-with-suggestions` and `waiting` are Azure's. */
  vote: z.enum([
    'none',
    'approved',
    'approved-with-suggestions',
    'waiting',
    'changes-requested',
    'commented',
  ]),
  required: z.boolean(),
});

export const checkSchema = z.object({
  name: z.string(),
  state: z.enum(['pending', 'passed', 'failed', 'skipped', 'neutral']),
  description: z.string(),
  url: z.string().nullable(),
});

export const pullRequestDetailSchema = z.object({
  pullRequest: pullRequestSchema,
  /** Markdown as the author wrote it: untrusted. */
  description: z.string(),
  reviewers: z.array(reviewerSchema),
  checks: z.array(checkSchema),
  labels: z.array(z.string()),
  /** Whether the provider says it can be merged; null: unknown. */
  mergeable: z.boolean().nullable(),
  commits: z.array(
    z.object({
      oid: z.string(),
      subject: z.string(),
      author: z.string(),
      authoredAt: z.number().nullable(),
    }),
  ),
  /** Parts that could not be read (for example checks without the permission). */
  failures: z.array(
    z.object({ part: z.enum(['reviewers', 'checks', 'commits', 'labels']), error: appErrorSchema }),
  ),
});
export type PullRequestDetail = z.infer<typeof pullRequestDetailSchema>;

export const changedFileSchema = z.object({
  path: z.string(),
  previousPath: z.string().nullable(),
  status: z.enum(['added', 'modified', 'deleted', 'renamed', 'copied', 'type-changed']),
  additions: z.number().nullable(),
  deletions: z.number().nullable(),
});
export type ChangedFile = z.infer<typeof changedFileSchema>;

/** What the diff view renders. `patch` is one file's unified diff with `---`/`+++` headers. */
export const fileDiffSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('patch'), patch: z.string() }),
  z.object({ kind: z.literal('contents'), before: z.string().nullable(), after: z.string().nullable() }),
  z.object({ kind: z.literal('binary') }),
  /** The provider withholds it; the page links to `url`. */
  z.object({ kind: z.literal('too-large'), url: z.string() }),
]);
export type FileDiff = z.infer<typeof fileDiffSchema>;

export const commentSchema = z.object({
  id: z.string(),
  author: personSchema,
  /** Markdown: untrusted. */
  body: z.string(),
  createdAt: z.number(),
  /** Written by the provider or a bot about an event (vote, push). */
  system: z.boolean(),
});

export const threadSchema = z.object({
  id: z.string(),
  /** Where it stands; null: on the pull request itself. `side`: old or new version of the file. */
  position: z
    .object({
      path: z.string(),
      line: z.number().nullable(),
      side: z.enum(['old', 'new']),
      outdated: z.boolean(),
    })
    .nullable(),
  resolved: z.boolean().nullable(),
  comments: z.array(commentSchema),
});
export type Thread = z.infer<typeof threadSchema>;

export const pullRequestIdSchema = z.object({
  accountId: z.string(),
  repository: repositoryRefSchema,
  number: z.number(),
});
export type PullRequestId = z.infer<typeof pullRequestIdSchema>;

export const pullRequests = {
  /** Every account at once; items as they come; an account that fails is one part. */
  list: procedure.input(pullRequestFilterSchema).output(eventIterator(pullRequestListPartSchema)),
  get: procedure.input(pullRequestIdSchema).output(pullRequestDetailSchema),
  /** `partial`: one sentence when the provider cut the list. */
  files: procedure.input(pullRequestIdSchema).output(
    z.object({
      files: z.array(changedFileSchema),
      partial: z.string().nullable(),
    }),
  ),
  fileDiff: procedure
    .input(pullRequestIdSchema.extend({ path: z.string(), previousPath: z.string().nullable() }))
    .output(fileDiffSchema),
  threads: procedure.input(pullRequestIdSchema).output(z.array(threadSchema)),
};
