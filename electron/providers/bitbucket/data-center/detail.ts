import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import type { PullRequestDetail } from '../../../../shared/contract/pull-requests';
import { AppFailure } from '../../../../shared/errors';
import type { Session } from '../../provider';
import { type Check, checksStateOf, type Reviewer } from '../../review';
import { asking, dataCenter, read, readAll } from './client';
import { pathOf, toPerson, toPullRequest } from './pull-requests';
import { moment } from './repositories';
import * as wire from './wire';

type Failure = PullRequestDetail['failures'][number];

const base = '/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}';

export async function pullRequest(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<PullRequestDetail> {
  const path = { ...pathOf(repository.id), pullRequestId: String(number) };
  const failures: Failure[] = [];
  const part = async <T>(name: Failure['part'], work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
      failures.push({ part: name, error: error.error });
      return null;
    }
  };
  const found = await read(dataCenter(session).GET(base, { params: { path }, ...asking }), wire.pullRequest);
  const [commits, checks, mergeable] = await Promise.all([
    part('commits', commitsOf(session, path)),
    part('checks', checksOf(session, found.fromRef.latestCommit ?? '')),
    found.state === 'OPEN' ? mergeability(session, path) : null,
  ]);
  return {
    pullRequest: { ...toPullRequest(session, found), checks: checks ? checksStateOf(checks) : 'unknown' },
    description: found.description ?? '',
    reviewers: [...(found.reviewers ?? []), ...(found.participants ?? []).filter(voted)].map(toReviewer),
    checks: checks ?? [],
    labels: [],
    mergeable,
    commits: commits ?? [],
    failures,
  };
}

interface Path {
  projectKey: string;
  repositorySlug: string;
  pullRequestId: string;
}

async function commitsOf(session: Session, path: Path): Promise<PullRequestDetail['commits']> {
  const { items } = await readAll(
    (start) =>
      dataCenter(session).GET(`${base}/commits`, {
        params: { path, query: { start, limit: 100 } },
        ...asking,
      }),
    wire.commit,
    1000,
  );
  return items.map((commit) => ({
    oid: commit.id,
    subject: (commit.message ?? '').split('\n')[0] ?? '',
    author: commit.author?.displayName ?? commit.author?.name ?? '',
    authoredAt: moment(commit.authorTimestamp),
  }));
}

const checkStates: Record<string, Check['state']> = {
  SUCCESSFUL: 'passed',
  FAILED: 'failed',
  INPROGRESS: 'pending',
  CANCELLED: 'skipped',
};

async function checksOf(session: Session, commitId: string): Promise<Check[]> {
  if (commitId === '') return [];
  const { items } = await readAll(
    (start) =>
      dataCenter(session).GET('/build-status/latest/commits/{commitId}', {
        params: { path: { commitId }, query: { start, limit: 100 } },
        ...asking,
      }),
    wire.buildStatus,
    1000,
  );
  return items.map((status) => ({
    name: status.name || status.key || 'build',
    state: checkStates[status.state] ?? 'neutral',
    description: status.description ?? '',
    url: status.url || null,
  }));
}

/** Whether conflicts and the repository's rules allow a merge. Only an addition: without it nothing is shown. */
async function mergeability(session: Session, path: Path): Promise<boolean | null> {
  try {
    const asked = dataCenter(session).GET(`${base}/merge`, { params: { path }, ...asking });
    return (await read(asked, wire.mergeability)).canMerge;
  } catch (error) {
    if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
    return null;
  }
}

function voted(one: wire.Participant): boolean {
  return one.status === 'APPROVED' || one.status === 'NEEDS_WORK' || one.approved === true;
}

function toReviewer(one: wire.Participant): Reviewer {
  const vote =
    one.status === 'NEEDS_WORK'
      ? 'changes-requested'
      : one.status === 'APPROVED' || one.approved
        ? 'approved'
        : 'none';
  return { person: toPerson(one.user), vote, required: false };
}
