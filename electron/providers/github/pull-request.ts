import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { ChangedFile, FileDiff, PullRequestDetail } from '../../../shared/contract/pull-requests';
import { AppFailure, fail, isCancelled } from '../../../shared/errors';
import { refusalOf } from '../http';
import type { Session } from '../provider';
import { type Check, checksStateOf, type Reviewer, reviewStateOf } from '../review';
import { all, type Client, createClient, naming } from './client';
import { path } from './pull-requests';
import {
  checkRunsSchema,
  commitsSchema,
  type File,
  filesSchema,
  type Pull,
  person,
  pullRequest as mapped,
  pullSchema,
  type Review,
  reviewsSchema,
  statusSchema,
  time,
} from './wire';

type Failures = PullRequestDetail['failures'];
const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';

export function at(repository: RepositoryRef, number: number) {
  return { ...path(repository), pull_number: number };
}

export async function pullRequest(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<PullRequestDetail> {
  const client = createClient(session);
  const where = at(repository, number);
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
  const reading = naming(`${repository.fullName}#${number}`, client.get(route, where, pullSchema));
  const [{ data: pull }, reviews, commits, checks] = await Promise.all([
    reading,
    soft('reviewers', [] as Review[], all(client.pages(`${route}/reviews`, where, reviewsSchema))),
    soft('commits', [], all(client.pages(`${route}/commits`, where, commitsSchema))),
    reading.then(({ data }) => soft('checks', [] as Check[], checksOf(client, repository, data.head.sha))),
  ]);
  const reviewers = votes(pull, reviews);
  const failed = (part: Failures[number]['part']) => failures.some((failure) => failure.part === part);
  return {
    pullRequest: {
      ...mapped(session.account, repository.fullName, pull),
      review: failed('reviewers') ? null : reviewStateOf(reviewers),
      checks: failed('checks') ? 'unknown' : checksStateOf(checks),
    },
    description: pull.body ?? '',
    reviewers,
    checks,
    labels: (pull.labels ?? []).flatMap(({ name }) => (name ? [name] : [])),
    mergeable: pull.mergeable ?? null,
    commits: commits.map(({ sha, commit }) => ({
      oid: sha,
      subject: commit.message.split('\n', 1)[0] ?? '',
      author: commit.author?.name ?? '',
      authoredAt: time(commit.author?.date),
    })),
    failures,
  };
}

/**
 * The latest vote of each person. A comment takes no vote back, a dismissal
 * does, and someone asked again has not voted yet.
 */
export function votes(pull: Pull, reviews: readonly Review[]): Reviewer[] {
  const found = new Map<string, Reviewer>();
  for (const { user, state } of reviews) {
    const who = person(user);
    if (user && user.login === pull.user?.login) continue;
    const before = found.get(who.login)?.vote;
    const vote = {
      APPROVED: 'approved' as const,
      CHANGES_REQUESTED: 'changes-requested' as const,
      DISMISSED: 'commented' as const,
      COMMENTED: before ?? ('commented' as const),
    }[state];
    if (vote) found.set(who.login, { person: who, vote, required: false });
  }
  for (const user of pull.requested_reviewers ?? [])
    found.set(user.login, { person: person(user), vote: 'none', required: false });
  for (const team of pull.requested_teams ?? [])
    found.set(`team:${team.slug}`, {
      person: { id: `team:${team.id}`, name: team.name, login: team.slug },
      vote: 'none',
      required: false,
    });
  return [...found.values()];
}

const conclusions: Record<string, Check['state']> = {
  success: 'passed',
  failure: 'failed',
  timed_out: 'failed',
  cancelled: 'failed',
  action_required: 'failed',
  startup_failure: 'failed',
  skipped: 'skipped',
};
const statuses: Record<string, Check['state']> = {
  success: 'passed',
  failure: 'failed',
  error: 'failed',
  pending: 'pending',
};

/** Checks (apps) and statuses (older integrations) of the head commit. */
async function checksOf(client: Client, repository: RepositoryRef, ref: string): Promise<Check[]> {
  const where = { ...path(repository), ref };
  const commit = 'GET /repos/{owner}/{repo}/commits/{ref}';
  const [runs, combined] = await Promise.all([
    all(
      (async function* () {
        for await (const page of client.pages(`${commit}/check-runs`, where, checkRunsSchema))
          yield page.check_runs;
      })(),
    ),
    client.get(`${commit}/status`, { ...where, per_page: 100 }, statusSchema),
  ]);
  return [
    ...runs.map((run) => ({
      name: run.name,
      state:
        run.status === 'completed' ? (conclusions[run.conclusion ?? ''] ?? 'neutral') : ('pending' as const),
      description: run.output?.title ?? '',
      url: run.html_url ?? run.details_url ?? null,
    })),
    ...combined.data.statuses.map((status) => ({
      name: status.context,
      state: statuses[status.state] ?? ('neutral' as const),
      description: status.description ?? '',
      url: status.target_url ?? null,
    })),
  ];
}

/** GitHub lists at most this many files of a pull request. */
const mostFiles = 3000;
const fileStatus: Record<string, ChangedFile['status']> = {
  added: 'added',
  removed: 'deleted',
  modified: 'modified',
  renamed: 'renamed',
  copied: 'copied',
  changed: 'type-changed',
};

export async function changedFiles(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<{ files: ChangedFile[]; partial: string | null }> {
  const list = createClient(session).pages(`${route}/files`, at(repository, number), filesSchema);
  const wire = await naming(`${repository.fullName}#${number}`, all(list)).catch(tooLarge);
  if (!wire) return { files: [], partial: 'The changes are too large: GitHub does not list the files.' };
  return {
    files: wire.map((file) => ({
      path: file.filename,
      previousPath: file.previous_filename ?? null,
      status: fileStatus[file.status] ?? 'modified',
      additions: file.additions,
      deletions: file.deletions,
    })),
    partial: wire.length >= mostFiles ? `GitHub lists only the first ${mostFiles} changed files.` : null,
  };
}

export async function fileDiff(
  session: Session,
  repository: RepositoryRef,
  number: number,
  file: { path: string; previousPath: string | null },
): Promise<FileDiff> {
  const list = createClient(session).pages(`${route}/files`, at(repository, number), filesSchema);
  const url = `${session.account.url}/${repository.fullName}/pull/${number}/files`;
  for (;;) {
    const next = await list.next().catch(tooLarge);
    if (next === null) return { kind: 'too-large', url };
    if (next.done) break;
    const wire = next.value.find(({ filename }) => filename === file.path);
    if (wire) return diffOf(wire, url);
  }
  return fail({ kind: 'not-found', host: new URL(session.account.url).host, what: file.path });
}

/** 406 and 422 with `too_large`: the diff exceeds what GitHub computes. */
function tooLarge(error: unknown): null {
  const status = refusalOf(error)?.status;
  if (status !== 406 && status !== 422) throw error;
  return null;
}

function diffOf(wire: File, url: string): FileDiff {
  const before = wire.status === 'added' ? '/dev/null' : `a/${wire.previous_filename ?? wire.filename}`;
  const after = wire.status === 'removed' ? '/dev/null' : `b/${wire.filename}`;
  if (wire.patch) return { kind: 'patch', patch: `--- ${before}\n+++ ${after}\n${wire.patch}\n` };
  // GitHub leaves the patch out of renames without changes, of binary files and of diffs it finds too large.
  if (wire.additions + wire.deletions > 0) return { kind: 'too-large', url };
  return wire.status === 'renamed'
    ? { kind: 'patch', patch: `--- ${before}\n+++ ${after}\n` }
    : { kind: 'binary' };
}
