import type { z } from 'zod';
import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import type { PullRequestDetail } from '../../../../shared/contract/pull-requests';
import { AppFailure } from '../../../../shared/errors';
import type { Session } from '../../provider';
import { type Check, checksStateOf, type Reviewer } from '../../review';
import { asking, cloud, read, readAll } from './client';
import { pathOf, reviewers, toPerson, toPullRequest } from './pull-requests';
import { moment } from './repositories';
import * as wire from './wire';

type Failure = PullRequestDetail['failures'][number];

export async function pullRequest(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<PullRequestDetail> {
  const params = { path: { ...pathOf(repository.id), pull_request_id: number } };
  const failures: Failure[] = [];
  const part = async <T>(name: Failure['part'], work: Promise<T[]>): Promise<T[] | null> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
      failures.push({ part: name, error: error.error });
      return null;
    }
  };
  const base = '/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}';
  const [found, commits, checks] = await Promise.all([
    read(cloud(session).GET(base, { params, ...asking() }), wire.pullRequest),
    part('commits', all(session, cloud(session).GET(`${base}/commits`, { params, ...lots }), wire.commit)),
    part('checks', all(session, cloud(session).GET(`${base}/statuses`, { params, ...lots }), wire.status)),
  ]);
  const mapped = checks?.map(toCheck) ?? null;
  return {
    pullRequest: { ...toPullRequest(session, found), checks: mapped ? checksStateOf(mapped) : 'unknown' },
    description: found.description ?? '',
    reviewers: reviewers(found).map(toReviewer),
    checks: mapped ?? [],
    labels: [],
    mergeable: null,
    commits: (commits ?? []).map((commit) => ({
      oid: commit.hash,
      subject: (commit.message ?? '').split('\n')[0] ?? '',
      author: commit.author?.user?.display_name ?? (commit.author?.raw ?? '').replace(/\s*<[^>]*>\s*$/, ''),
      authoredAt: moment(commit.date),
    })),
    failures,
  };
}

const lots = asking({ pagelen: '100' });

async function all<T>(
  session: Session,
  asked: Promise<{ response: Response }>,
  item: z.ZodType<T>,
): Promise<T[]> {
  return (await readAll(session, asked, item, 1000)).items;
}

function toReviewer(one: wire.Participant): Reviewer {
  const person = toPerson(one.user);
  const vote =
    one.state === 'changes_requested'
      ? 'changes-requested'
      : one.state === 'approved' || one.approved
        ? 'approved'
        : 'none';
  return { person, vote, required: false };
}

const checkStates: Record<string, Check['state']> = {
  SUCCESSFUL: 'passed',
  FAILED: 'failed',
  INPROGRESS: 'pending',
  STOPPED: 'failed',
};

function toCheck(status: wire.Status): Check {
  return {
    name: status.name || status.key || 'build',
    state: checkStates[status.state] ?? 'neutral',
    description: status.description ?? '',
    url: status.url || null,
  };
}
