import { z } from 'zod';

/**
 * Bitbucket Cloud's JSON in its own words: only what is used, and lenient,
 * since its description is wrong about null and leaves fields out.
 */
const text = z.string().nullish();
const link = z.object({ href: z.string() }).nullish();

export const user = z.object({
  uuid: text,
  account_id: text,
  display_name: text,
  nickname: text,
  username: text,
});
export type User = z.infer<typeof user>;

/** Who asks: without an id it is no answer of Bitbucket's. */
export const signedInUser = user.extend({
  uuid: z.string(),
  links: z.object({ avatar: link }).nullish(),
});

export const workspaceAccess = z.object({
  workspace: z.object({ slug: z.string() }),
});

export const repository = z.object({
  full_name: z.string(),
  name: z.string(),
  slug: text,
  description: text,
  is_private: z.boolean().nullish(),
  mainbranch: z.object({ name: text }).nullish(),
  updated_on: text,
  size: z.number().nullish(),
  parent: z.unknown().optional(),
  links: z
    .object({
      html: link,
      clone: z.array(z.object({ href: z.string(), name: z.string() })).nullish(),
    })
    .nullish(),
});
export type Repository = z.infer<typeof repository>;

export const participant = z.object({
  user: user.nullish(),
  role: text,
  approved: z.boolean().nullish(),
  state: text,
});
export type Participant = z.infer<typeof participant>;

const end = z.object({
  branch: z.object({ name: text }).nullish(),
  repository: z.object({ full_name: text }).nullish(),
  commit: z.object({ hash: text }).nullish(),
});

export const pullRequest = z.object({
  id: z.number(),
  title: z.string(),
  description: text,
  state: z.string(),
  draft: z.boolean().nullish(),
  author: user.nullish(),
  source: end,
  destination: end,
  reviewers: z.array(user).nullish(),
  participants: z.array(participant).nullish(),
  comment_count: z.number().nullish(),
  created_on: z.string(),
  updated_on: text,
  links: z.object({ html: link }).nullish(),
});
export type PullRequest = z.infer<typeof pullRequest>;

export const status = z.object({
  key: text,
  name: text,
  description: text,
  state: z.string(),
  url: text,
});
export type Status = z.infer<typeof status>;

export const commit = z.object({
  hash: z.string(),
  message: text,
  date: text,
  author: z.object({ raw: text, user: user.nullish() }).nullish(),
});
export type Commit = z.infer<typeof commit>;

export const diffstat = z.object({
  status: z.string(),
  lines_added: z.number().nullish(),
  lines_removed: z.number().nullish(),
  old: z.object({ path: z.string() }).nullish(),
  new: z.object({ path: z.string() }).nullish(),
});
export type Diffstat = z.infer<typeof diffstat>;

export const comment = z.object({
  id: z.number(),
  parent: z.object({ id: z.number() }).nullish(),
  content: z.object({ raw: text }).nullish(),
  user: user.nullish(),
  created_on: text,
  deleted: z.boolean().nullish(),
  resolution: z.unknown().optional(),
  inline: z
    .object({
      path: z.string(),
      from: z.number().nullish(),
      to: z.number().nullish(),
      outdated: z.boolean().nullish(),
    })
    .nullish(),
});
export type Comment = z.infer<typeof comment>;
