import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { PullRequestDetail } from '../../../shared/contract/pull-requests';
import { AppFailure, isCancelled } from '../../../shared/errors';
import type { Session } from '../provider';
import { type Check, checksStateOf, type Reviewer, reviewStateOf } from '../review';
import { all, type Client, createClient, naming, optional, projectPath } from './client';
import {
  approvalsSchema,
  commitsSchema,
  type MergeRequest,
  mergeRequestSchema,
  person,
  projectSchema,
  pullRequest as mapped,
  reviewersSchema,
  statusesSchema,
  time,
} from './wire';

type Failures = PullRequestDetail['failures'];

export function at({ id }: RepositoryRef, number: number): string {
  return `${projectPath(id)}/merge_requests/${number}`;
}

export async function pullRequest(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<PullRequestDetail> {
  const client = createClient(session);
  const path = at(repository, number);
  const failures: Failures = [];
  /** A part that cannot be read is named; the rest is still shown. */
  const soft = async <T>(part: Failures[number]['part'], empty: T, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (isCancelled(error) || !(error instanceof AppFailure)) throw error;
      failures.push({ part, error: error.error });
      return empty;
    }
  };
  const reading = naming(`${repository.fullName}!${number}`, client.get(path, {}, mergeRequestSchema));
  const [wire, reviewers, commits, checks, fork] = await Promise.all([
    reading,
    reading.then((wire) => soft('reviewers', fromRequest(wire), votes(client, path, wire))),
    soft('commits', [], all(client.pages(`${path}/commits`, {}, commitsSchema))),
    reading.then((wire) => soft('checks', [] as Check[], checksOf(client, repository, wire))),
    reading.then((wire) => forkName(client, wire)),
  ]);
  const item = mapped(session.account, repository.fullName, wire);
  const failed = (part: Failures[number]['part']) => failures.some((failure) => failure.part === part);
  return {
    pullRequest: {
      ...item,
      source: { ...item.source, repository: fork ?? item.source.repository },
      review: failed('reviewers') ? item.review : reviewStateOf(reviewers),
      checks: failed('checks') ? 'unknown' : checksStateOf(checks),
    },
    description: wire.description ?? '',
    reviewers,
    checks,
    labels: wire.labels ?? [],
    mergeable: mergeable(wire),
    commits: commits.map((commit) => ({
      oid: commit.id,
      subject: commit.title ?? commit.message?.split('\n', 1)[0] ?? '',
      author: commit.author_name ?? '',
      authoredAt: time(commit.authored_date ?? commit.created_at),
    })),
    failures,
  };
}

/** GitLab works the answer out in the background: while it does, nobody knows. */
function mergeable({
  state,
  detailed_merge_status: detailed,
  merge_status: simple,
}: MergeRequest): boolean | null {
  if (state !== 'opened' && state !== 'reopened') return null;
  const status = detailed ?? simple;
  if (!status || /^(unchecked|checking|preparing|approvals_syncing|cannot_be_merged_recheck)$/.test(status))
    return null;
  return status === 'mergeable' || status === 'can_be_merged';
}

function fromRequest(wire: MergeRequest): Reviewer[] {
  return (wire.reviewers ?? []).map((user) => ({ person: person(user), vote: 'none', required: false }));
}

/** Words of the reviewers list: docs.gitlab.com/api/merge_requests/#get-single-merge-request-reviewers. */
const reviewStates: Record<string, Reviewer['vote']> = {
  approved: 'approved',
  requested_changes: 'changes-requested',
  reviewed: 'commented',
};

async function votes(client: Client, path: string, wire: MergeRequest): Promise<Reviewer[]> {
  const [approvals, asked] = await Promise.all([
    client.get(`${path}/approvals`, {}, approvalsSchema),
    // Servers before 13.12 have no such list; the merge request names its reviewers then.
    optional(client.get(`${path}/reviewers`, {}, reviewersSchema)),
  ]);
  const found = new Map<string, Reviewer>();
  for (const reviewer of fromRequest(wire)) found.set(reviewer.person.login, reviewer);
  for (const { user, state } of asked ?? [])
    if (user)
      found.set(user.username, {
        person: person(user),
        vote: reviewStates[state ?? ''] ?? 'none',
        required: false,
      });
  // Anyone may approve, asked or not.
  for (const { user } of approvals.approved_by ?? [])
    if (user) found.set(user.username, { person: person(user), vote: 'approved', required: false });
  return [...found.values()];
}

const states: Record<string, Check['state']> = {
  success: 'passed',
  failed: 'failed',
  canceled: 'failed',
  canceling: 'failed',
  skipped: 'skipped',
  manual: 'neutral',
};

function checkState(status: string, mayFail: boolean): Check['state'] {
  const state = states[status] ?? 'pending';
  return state === 'failed' && mayFail ? 'neutral' : state;
}

/** Jobs and external statuses of the head pipeline's commit, in the project that ran it (a fork's own). */
async function checksOf(client: Client, repository: RepositoryRef, wire: MergeRequest): Promise<Check[]> {
  const pipeline = wire.head_pipeline;
  const sha = pipeline?.sha ?? wire.sha;
  if (!sha) return [];
  const project = projectPath(pipeline?.project_id ?? repository.id);
  const statuses = await all(
    client.pages(`${project}/repository/commits/${encodeURIComponent(sha)}/statuses`, {}, statusesSchema),
  );
  if (statuses.length === 0 && pipeline)
    return [
      {
        name: `Pipeline #${pipeline.id}`,
        state: checkState(pipeline.status ?? '', false),
        description: pipeline.status ?? '',
        url: pipeline.web_url ?? null,
      },
    ];
  return statuses.map((one) => ({
    name: one.name,
    state: checkState(one.status, one.allow_failure ?? false),
    description: one.description ?? (one.allow_failure && one.status === 'failed' ? 'allowed to fail' : ''),
    url: one.target_url ?? null,
  }));
}

/** Full path of the fork a merge request comes from; null when it is none or is not shown to this person. */
async function forkName(client: Client, wire: MergeRequest): Promise<string | null> {
  const { source_project_id: source, target_project_id: target } = wire;
  if (source == null || source === target) return null;
  const project = await optional(client.get(projectPath(source), {}, projectSchema));
  return project?.path_with_namespace ?? null;
}
