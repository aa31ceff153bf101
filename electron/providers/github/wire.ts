import { z } from 'zod';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { Person, PullRequest } from '../../../shared/contract/pull-requests';
import type { Account } from '../../../shared/contract/accounts';
import { ownAddress } from '../server-address';

/** GitHub's JSON, as far as it is read: docs.github.com/rest. Everything else in an answer is dropped. */
const text = z.string().nullish();

export const userSchema = z.object({
  id: z.number(),
  login: z.string(),
  name: text,
  avatar_url: text,
  type: text,
});
/** Null stands for a deleted user; GitHub shows it as "ghost". */
const author = userSchema.nullish();

export const organizationsSchema = z.array(z.object({ login: z.string() }));

export const repositorySchema = z.object({
  name: z.string(),
  full_name: z.string(),
  owner: z.object({ login: z.string() }),
  description: text,
  private: z.boolean(),
  visibility: text,
  fork: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  html_url: text,
  clone_url: text,
  ssh_url: text,
  default_branch: text,
  pushed_at: text,
  updated_at: text,
  /** Kilobytes. */
  size: z.number().nullish(),
});
export const repositoriesSchema = z.array(repositorySchema);
export const installationRepositoriesSchema = z.object({ repositories: repositoriesSchema });

export const appSchema = z.object({ id: z.number(), slug: text, name: text });
export const installationSchema = z.object({
  id: z.number(),
  account: z.object({ login: text, slug: text, type: text }).nullish(),
  suspended_at: text,
  permissions: z.record(z.string(), z.string().nullish()).nullish(),
});
export const installationsSchema = z.array(installationSchema);
/** github.com tells no version; a server of one's own tells it as `installed_version`. */
export const metaSchema = z.object({
  installed_version: text,
  verifiable_password_authentication: z.boolean().nullish(),
});
export const installationTokenSchema = z.object({ token: z.string(), expires_at: z.string() });

const branch = z.object({
  ref: z.string(),
  sha: z.string(),
  repo: z.object({ full_name: z.string() }).nullish(),
});
const team = z.object({ id: z.number(), slug: z.string(), name: z.string() });

export const pullSchema = z.object({
  node_id: text,
  number: z.number(),
  title: z.string(),
  body: text,
  user: author,
  state: z.string(),
  draft: z.boolean().nullish(),
  merged: z.boolean().nullish(),
  merged_at: text,
  mergeable: z.boolean().nullish(),
  html_url: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  comments: z.number().nullish(),
  review_comments: z.number().nullish(),
  head: branch,
  base: branch,
  requested_reviewers: z.array(userSchema).nullish(),
  requested_teams: z.array(team).nullish(),
  labels: z.array(z.object({ name: text })).nullish(),
});
export type Pull = z.infer<typeof pullSchema>;
export const pullsSchema = z.array(pullSchema);

export const foundSchema = z.object({
  total_count: z.number(),
  incomplete_results: z.boolean().nullish(),
  items: z.array(
    z.object({
      node_id: text,
      number: z.number(),
      title: z.string(),
      user: author,
      state: z.string(),
      draft: z.boolean().nullish(),
      comments: z.number().nullish(),
      created_at: z.string(),
      updated_at: z.string(),
      html_url: z.string(),
      repository_url: z.string(),
      pull_request: z.object({ merged_at: text }).nullish(),
    }),
  ),
});
export type Found = z.infer<typeof foundSchema>['items'][number];

export const reviewsSchema = z.array(
  z.object({
    id: z.number(),
    user: author,
    body: text,
    state: z.string(),
    submitted_at: text,
  }),
);
export type Review = z.infer<typeof reviewsSchema>[number];

export const checkRunsSchema = z.object({
  check_runs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: text,
      html_url: text,
      details_url: text,
      output: z.object({ title: text }).nullish(),
    }),
  ),
});
export const statusSchema = z.object({
  statuses: z.array(
    z.object({ context: z.string(), state: z.string(), description: text, target_url: text }),
  ),
});

export const commitsSchema = z.array(
  z.object({
    sha: z.string(),
    commit: z.object({
      message: z.string(),
      author: z.object({ name: text, date: text }).nullish(),
    }),
  }),
);

export const filesSchema = z.array(
  z.object({
    filename: z.string(),
    previous_filename: text,
    status: z.string(),
    additions: z.number(),
    deletions: z.number(),
    changes: z.number().nullish(),
    patch: text,
    blob_url: text,
  }),
);
export type File = z.infer<typeof filesSchema>[number];

export const reviewCommentsSchema = z.array(
  z.object({
    id: z.number(),
    in_reply_to_id: z.number().nullish(),
    path: z.string(),
    line: z.number().nullish(),
    original_line: z.number().nullish(),
    side: text,
    subject_type: text,
    user: author,
    body: z.string(),
    created_at: z.string(),
  }),
);
export type ReviewComment = z.infer<typeof reviewCommentsSchema>[number];

export const issueCommentsSchema = z.array(
  z.object({ id: z.number(), user: author, body: text, created_at: z.string() }),
);

export function person(user: z.infer<typeof author>): Person {
  if (!user) return { id: '', name: 'ghost', login: 'ghost' };
  return { id: String(user.id), name: user.name || user.login, login: user.login };
}

export function time(value: string | null | undefined): number | null {
  const at = Date.parse(value ?? '');
  return Number.isNaN(at) ? null : at;
}

export function hostedRepository(account: Account, wire: z.infer<typeof repositorySchema>): HostedRepository {
  const { full_name: fullName } = wire;
  const webUrl = ownAddress(wire.html_url, account.origins.git, `${account.url}/${fullName}`);
  return {
    key: `${account.id}:${fullName}`,
    accountId: account.id,
    id: fullName,
    name: wire.name,
    namespace: wire.owner.login,
    fullName,
    description: wire.description ?? '',
    webUrl,
    httpsUrl: ownAddress(wire.clone_url, account.origins.git, `${webUrl}.git`),
    sshUrl: wire.ssh_url ?? null,
    defaultBranch: wire.default_branch ?? null,
    visibility: visibility(wire),
    archived: wire.archived ?? false,
    fork: wire.fork ?? false,
    updatedAt: time(wire.pushed_at) ?? time(wire.updated_at),
    sizeBytes: wire.size == null ? null : wire.size * 1024,
  };
}

function visibility(wire: z.infer<typeof repositorySchema>): HostedRepository['visibility'] {
  if (wire.visibility === 'internal' || wire.visibility === 'public') return wire.visibility;
  return wire.private ? 'private' : 'public';
}

type Common = Pick<
  PullRequest,
  'key' | 'accountId' | 'repository' | 'number' | 'title' | 'author' | 'draft' | 'state' | 'providerState'
> &
  Pick<PullRequest, 'createdAt' | 'updatedAt' | 'webUrl' | 'mine'>;

function common(account: Account, fullName: string, wire: Pull | Found, mergedAt: unknown): Common {
  const state = wire.state === 'open' ? 'open' : mergedAt ? 'merged' : 'closed';
  return {
    key: `${account.id}:${fullName}#${wire.number}`,
    accountId: account.id,
    repository: { id: fullName, fullName },
    number: wire.number,
    title: wire.title,
    author: person(wire.user),
    draft: wire.draft ?? false,
    state,
    providerState: state,
    createdAt: time(wire.created_at) ?? 0,
    updatedAt: time(wire.updated_at) ?? 0,
    webUrl: wire.html_url,
    mine: wire.user != null && wire.user.login === account.user?.login,
  };
}

export function pullRequest(account: Account, fullName: string, wire: Pull): PullRequest {
  const { head, base } = wire;
  const requested = wire.requested_reviewers ?? [];
  const fork = head.repo?.full_name ?? null;
  return {
    ...common(account, fullName, wire, wire.merged_at ?? wire.merged),
    source: { branch: head.ref, repository: fork === base.repo?.full_name ? null : fork },
    target: { branch: base.ref },
    review: requested.length || wire.requested_teams?.length ? 'pending' : null,
    checks: null,
    comments: wire.comments == null ? null : wire.comments + (wire.review_comments ?? 0),
    awaitsMyReview: requested.some(({ login }) => login === account.user?.login),
  };
}

/** A search result: it names no branches; `pull` fills them in where it is known. */
export function foundPullRequest(
  account: Account,
  wire: Found,
  pull: Pull | undefined,
  review: boolean,
): PullRequest {
  const fullName = repositoryOf(wire);
  const known = pull ? pullRequest(account, fullName, pull) : null;
  return {
    ...common(account, fullName, wire, wire.pull_request?.merged_at),
    source: known?.source ?? { branch: '', repository: null },
    target: known?.target ?? { branch: '' },
    review: known?.review ?? null,
    checks: null,
    comments: wire.comments ?? null,
    awaitsMyReview: review || (known?.awaitsMyReview ?? false),
  };
}

/** owner/name at the end of https://api.github.com/repos/owner/name. */
export function repositoryOf(wire: Found): string {
  return wire.repository_url.split('/').slice(-2).join('/');
}
