import { z } from 'zod';

/**
 * Bitbucket Data Center's JSON in its own words: only what is used, and
 * lenient. Moments are epoch milliseconds, or ISO text behind some proxies.
 */
const text = z.string().nullish();
const moment = z.union([z.number(), z.string()]).nullish();

export const user = z.object({
  id: z.number().nullish(),
  name: text,
  slug: text,
  displayName: text,
});
export type User = z.infer<typeof user>;

export const applicationProperties = z.object({ version: z.string(), displayName: text });

export const repository = z.object({
  slug: z.string(),
  name: text,
  description: text,
  public: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  origin: z.unknown().optional(),
  defaultBranch: text,
  project: z.object({ key: z.string(), name: text, public: z.boolean().nullish() }),
  links: z.object({ clone: z.array(z.object({ href: z.string(), name: z.string() })).nullish() }).nullish(),
});
export type Repository = z.infer<typeof repository>;

export const participant = z.object({
  user: user.nullish(),
  role: text,
  approved: z.boolean().nullish(),
  status: text,
});
export type Participant = z.infer<typeof participant>;

const ref = z.object({
  id: text,
  displayId: text,
  latestCommit: text,
  repository: repository.nullish(),
});

export const pullRequest = z.object({
  id: z.number(),
  title: z.string(),
  description: text,
  state: z.string(),
  draft: z.boolean().nullish(),
  createdDate: moment,
  updatedDate: moment,
  fromRef: ref,
  toRef: ref,
  author: participant.nullish(),
  reviewers: z.array(participant).nullish(),
  participants: z.array(participant).nullish(),
  properties: z.object({ commentCount: z.number().nullish() }).nullish(),
});
export type PullRequest = z.infer<typeof pullRequest>;

export const mergeability = z.object({ canMerge: z.boolean() });

export const buildStatus = z.object({
  state: z.string(),
  key: text,
  name: text,
  url: text,
  description: text,
});

export const commit = z.object({
  id: z.string(),
  message: text,
  author: z.object({ name: text, displayName: text }).nullish(),
  authorTimestamp: moment,
});
export type Commit = z.infer<typeof commit>;

/** A path: `toString` is a property of theirs, so it must be asked for as an own one. */
const path = z.object({ toString: z.string() }).nullish();

export const change = z.object({
  path: z.object({ toString: z.string() }),
  srcPath: path,
  type: z.string(),
  nodeType: text,
});
export type Change = z.infer<typeof change>;

const segment = z.object({
  type: z.string(),
  lines: z.array(z.object({ line: z.string(), truncated: z.boolean().nullish() })),
  truncated: z.boolean().nullish(),
});

export const diff = z.object({
  diffs: z.array(
    z.object({
      source: path,
      destination: path,
      binary: z.boolean().nullish(),
      truncated: z.boolean().nullish(),
      hunks: z
        .array(
          z.object({
            sourceLine: z.number(),
            sourceSpan: z.number(),
            destinationLine: z.number(),
            destinationSpan: z.number(),
            segments: z.array(segment),
            truncated: z.boolean().nullish(),
          }),
        )
        .nullish(),
    }),
  ),
  truncated: z.boolean().nullish(),
});
export type Diff = z.infer<typeof diff>;

export interface Comment {
  id: number;
  text?: string | null;
  author?: User | null;
  createdDate?: number | string | null;
  comments?: Comment[] | null;
  threadResolved?: boolean | null;
  state?: string | null;
}

export const comment: z.ZodType<Comment> = z.lazy(() =>
  z.object({
    id: z.number(),
    text,
    author: user.nullish(),
    createdDate: moment,
    comments: z.array(comment).nullish(),
    threadResolved: z.boolean().nullish(),
    state: text,
  }),
);

export const activity = z.object({
  id: z.number(),
  action: z.string(),
  commentAction: text,
  createdDate: moment,
  user: user.nullish(),
  comment: comment.nullish(),
  commentAnchor: z
    .object({
      path: z.union([z.string(), z.object({ toString: z.string() })]).nullish(),
      line: z.number().nullish(),
      lineType: text,
      fileType: text,
      orphaned: z.boolean().nullish(),
    })
    .nullish(),
});
export type Activity = z.infer<typeof activity>;
