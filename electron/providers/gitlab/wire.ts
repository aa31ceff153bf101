import { z } from 'zod';
import type { Account } from '../../../shared/contract/accounts';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { Person, PullRequest } from '../../../shared/contract/pull-requests';
import { ownAddress } from '../server-address';

/** GitLab's JSON, as far as it is read: docs.gitlab.com/api. Everything else in an answer is dropped. */
const text = z.string().nullish();
const flag = z.boolean().nullish();

export const userSchema = z.object({
  id: z.number(),
  username: z.string(),
  name: text,
  avatar_url: text,
  bot: flag,
});
const author = userSchema.nullish();

export const tokenSchema = z.object({
  name: text,
  scopes: z.array(z.string()).nullish(),
  /** The token stops at 00:00 UTC of this date. */
  expires_at: text,
  active: flag,
});
export const applicationTokenSchema = z.object({ scope: z.array(z.string()) });
export const versionSchema = z.object({ version: z.string() });

export const projectSchema = z.object({
  id: z.number(),
  path: z.string(),
  path_with_namespace: z.string(),
  namespace: z.object({ full_path: text }).nullish(),
  description: text,
  web_url: text,
  http_url_to_repo: text,
  ssh_url_to_repo: text,
  default_branch: text,
  visibility: text,
  archived: flag,
  forked_from_project: z.object({ id: z.number() }).nullish(),
  last_activity_at: text,
});
export const projectsSchema = z.array(projectSchema);

export const mergeRequestSchema = z.object({
  iid: z.number(),
  title: z.string(),
  description: text,
  state: z.string(),
  created_at: z.string(),
  updated_at: text,
  source_branch: z.string(),
  target_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number().nullish(),
  project_id: z.number().nullish(),
  author,
  reviewers: z.array(userSchema).nullish(),
  draft: flag,
  work_in_progress: flag,
  user_notes_count: z.number().nullish(),
  web_url: z.string(),
  references: z.object({ full: text }).nullish(),
  labels: z.array(z.string()).nullish(),
  sha: text,
  detailed_merge_status: text,
  merge_status: text,
  has_conflicts: flag,
  /** "17", or "1000+" when GitLab stopped counting. */
  changes_count: text,
  diff_refs: z.object({ head_sha: text }).nullish(),
  head_pipeline: z
    .object({ id: z.number(), project_id: z.number().nullish(), sha: text, status: text, web_url: text })
    .nullish(),
});
export type MergeRequest = z.infer<typeof mergeRequestSchema>;
export const mergeRequestsSchema = z.array(mergeRequestSchema);

export const approvalsSchema = z.object({
  approved_by: z.array(z.object({ user: userSchema.nullish() })).nullish(),
});
export const reviewersSchema = z.array(z.object({ user: userSchema.nullish(), state: text }));

export const commitsSchema = z.array(
  z.object({
    id: z.string(),
    title: text,
    message: text,
    author_name: text,
    authored_date: text,
    created_at: text,
  }),
);

export const statusesSchema = z.array(
  z.object({
    id: z.number(),
    name: z.string(),
    status: z.string(),
    description: text,
    target_url: text,
    allow_failure: flag,
  }),
);

export const diffsSchema = z.array(
  z.object({
    old_path: z.string(),
    new_path: z.string(),
    a_mode: text,
    b_mode: text,
    diff: text,
    new_file: flag,
    renamed_file: flag,
    deleted_file: flag,
    collapsed: flag,
    too_large: flag,
  }),
);
export type Diff = z.infer<typeof diffsSchema>[number];

export const discussionsSchema = z.array(
  z.object({
    id: z.string(),
    notes: z.array(
      z.object({
        id: z.number(),
        body: z.string(),
        author,
        created_at: text,
        system: flag,
        resolvable: flag,
        resolved: flag,
        position: z
          .object({
            head_sha: text,
            position_type: text,
            old_path: text,
            new_path: text,
            old_line: z.number().nullish(),
            new_line: z.number().nullish(),
          })
          .nullish(),
      }),
    ),
  }),
);
export type Discussion = z.infer<typeof discussionsSchema>[number];

export function person(user: z.infer<typeof author>): Person {
  if (!user) return { id: '', name: 'Ghost User', login: 'ghost' };
  return { id: String(user.id), name: user.name || user.username, login: user.username };
}

export function time(value: string | null | undefined): number | null {
  const at = Date.parse(value ?? '');
  return Number.isNaN(at) ? null : at;
}

export function hostedRepository(account: Account, wire: z.infer<typeof projectSchema>): HostedRepository {
  const fullName = wire.path_with_namespace;
  const webUrl = ownAddress(wire.web_url, account.origins.git, `${account.url}/${fullName}`);
  const { visibility } = wire;
  return {
    key: `${account.id}:${fullName}`,
    accountId: account.id,
    id: fullName,
    name: wire.path,
    namespace: wire.namespace?.full_path ?? fullName.slice(0, fullName.lastIndexOf('/')),
    fullName,
    description: wire.description ?? '',
    webUrl,
    httpsUrl: ownAddress(wire.http_url_to_repo, account.origins.git, `${webUrl}.git`),
    sshUrl: wire.ssh_url_to_repo ?? null,
    defaultBranch: wire.default_branch ?? null,
    visibility: visibility === 'public' || visibility === 'internal' ? visibility : 'private',
    archived: wire.archived ?? false,
    fork: wire.forked_from_project != null,
    updatedAt: time(wire.last_activity_at),
    sizeBytes: null,
  };
}

/** `group/project` of a merge request: its full reference, or what stands before it in its address. */
export function projectOf(account: Account, wire: MergeRequest): string {
  const reference = /^(.+)!\d+$/.exec(wire.references?.full ?? '')?.[1];
  if (reference) return reference;
  const path = URL.canParse(wire.web_url) ? decodeURIComponent(new URL(wire.web_url).pathname) : '';
  const prefix = decodeURIComponent(new URL(account.url).pathname).replace(/\/$/, '');
  const below = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  return below.replace(/^\//, '').replace(/(\/-)?\/merge_requests\/\d+.*$/, '');
}

const states: Record<string, PullRequest['state']> = {
  opened: 'open',
  reopened: 'open',
  merged: 'merged',
  closed: 'closed',
  locked: 'closed',
};

export function pullRequest(account: Account, fullName: string, wire: MergeRequest): PullRequest {
  const login = account.user?.login;
  const state = states[wire.state] ?? 'closed';
  const fork = wire.source_project_id != null && wire.source_project_id !== wire.target_project_id;
  return {
    key: `${account.id}:${fullName}!${wire.iid}`,
    accountId: account.id,
    repository: { id: fullName, fullName },
    number: wire.iid,
    title: wire.title,
    author: person(wire.author),
    // The list knows a fork by its number only.
    source: { branch: wire.source_branch, repository: fork ? `project ${wire.source_project_id}` : null },
    target: { branch: wire.target_branch },
    draft: wire.draft ?? wire.work_in_progress ?? false,
    state,
    providerState: wire.state,
    review: reviewOf(wire),
    checks: null,
    comments: wire.user_notes_count ?? null,
    createdAt: time(wire.created_at) ?? 0,
    updatedAt: time(wire.updated_at) ?? time(wire.created_at) ?? 0,
    webUrl: wire.web_url,
    mine: login !== undefined && wire.author?.username === login,
    awaitsMyReview: state === 'open' && (wire.reviewers ?? []).some(({ username }) => username === login),
  };
}

/** docs.gitlab.com/api/merge_requests/#merge-status; null where the list does not tell. */
function reviewOf(wire: MergeRequest): PullRequest['review'] {
  if (wire.detailed_merge_status === 'requested_changes') return 'changes-requested';
  return wire.detailed_merge_status === 'not_approved' ? 'pending' : null;
}
