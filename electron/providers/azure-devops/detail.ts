import { z } from 'zod';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { PullRequestDetail } from '../../../shared/contract/pull-requests';
import { AppFailure } from '../../../shared/errors';
import type { Session } from '../provider';
import { type Check, checksStateOf, type Reviewer } from '../review';
import { checked, gitApi, policyApi } from './client';
import { type Place, placeOf } from './location';
import { moment, toPerson, toPullRequest } from './pull-requests';
import * as wire from './wire';

type Failure = PullRequestDetail['failures'][number];

export async function pullRequest(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<PullRequestDetail> {
  const place = placeOf(repository.id);
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
  const git = gitApi(session, place.organization);
  const found = await checked(
    session,
    git.getPullRequest(place.repository, number, place.project),
    wire.pullRequest,
  );
  const [commits, labels, reported, evaluated] = await Promise.all([
    part('commits', commitsOf(session, place, number)),
    part('labels', labelsOf(session, place, number)),
    part('checks', statusesOf(session, place, number)),
    part('checks', evaluationsOf(session, place, found)),
  ]);
  const checks = [...(evaluated ?? []), ...(reported ?? [])];
  const known = evaluated !== null || reported !== null;
  return {
    pullRequest: {
      ...toPullRequest(session, place.organization, found),
      checks: known ? checksStateOf(checks) : 'unknown',
    },
    description: found.description ?? '',
    reviewers: (found.reviewers ?? []).map(toReviewer),
    checks,
    labels: labels ?? [],
    mergeable: mergeable(found),
    commits: commits ?? [],
    failures: failures.filter(
      (one, index) => failures.findIndex((other) => other.part === one.part) === index,
    ),
  };
}

async function commitsOf(
  session: Session,
  place: Place,
  number: number,
): Promise<PullRequestDetail['commits']> {
  const asked = gitApi(session, place.organization).getPullRequestCommits(
    place.repository,
    number,
    place.project,
  );
  const found = await checked(session, asked, z.array(wire.commit));
  // Azure DevOps answers newest first; the page shows them in the order they were made.
  return found.toReversed().map((commit) => ({
    oid: commit.commitId,
    subject: (commit.comment ?? '').split('\n')[0] ?? '',
    author: commit.author?.name ?? '',
    authoredAt: moment(commit.author?.date),
  }));
}

async function labelsOf(session: Session, place: Place, number: number): Promise<string[]> {
  const asked = gitApi(session, place.organization).getPullRequestLabels(
    place.repository,
    number,
    place.project,
  );
  const found = await checked(session, asked, z.array(wire.label));
  return found.filter((label) => label.active !== false).map((label) => label.name);
}

/** GitInterfaces.GitStatusState */
const reportedStates: Record<number, Check['state']> = {
  0: 'pending',
  1: 'pending',
  2: 'passed',
  3: 'failed',
  4: 'failed',
  5: 'skipped',
  6: 'neutral',
};

/** What builds and services reported. A service reports anew for every push; the newest word of each counts. */
async function statusesOf(session: Session, place: Place, number: number): Promise<Check[]> {
  const asked = gitApi(session, place.organization).getPullRequestStatuses(
    place.repository,
    number,
    place.project,
  );
  const newest = new Map<string, wire.Status>();
  for (const status of await checked(session, asked, z.array(wire.status))) {
    const name = [status.context?.genre, status.context?.name].filter(Boolean).join('/') || 'status';
    if ((newest.get(name)?.id ?? -1) <= (status.id ?? 0)) newest.set(name, status);
  }
  return [...newest].map(([name, status]) => ({
    name,
    state: reportedStates[status.state ?? 0] ?? 'neutral',
    description: status.description ?? '',
    url: status.targetUrl || null,
  }));
}

/** PolicyInterfaces.PolicyEvaluationStatus */
const evaluatedStates: Record<number, Check['state']> = {
  0: 'pending',
  1: 'pending',
  2: 'passed',
  3: 'failed',
  4: 'skipped',
  5: 'failed',
};

/** The branch policies. Builds of Azure Pipelines show up here and nowhere else. */
async function evaluationsOf(session: Session, place: Place, found: wire.PullRequest): Promise<Check[]> {
  const artifact = `vstfs:///CodeReview/CodeReviewId/${found.repository.project.id}/${found.pullRequestId}`;
  const asked = policyApi(session, place.organization).getPolicyEvaluations(place.project, artifact);
  const records = await checked(session, asked, z.array(wire.evaluation));
  return records
    .filter(({ configuration }) => configuration?.isEnabled !== false && !configuration?.isDeleted)
    .map(({ status, configuration }) => ({
      name: policyName(configuration),
      state: evaluatedStates[status ?? 0] ?? 'neutral',
      description: configuration?.isBlocking === false ? 'Optional policy' : 'Required policy',
      url: null,
    }));
}

function policyName(configuration: wire.Evaluation['configuration']): string {
  const { displayName, statusName } = configuration?.settings ?? {};
  const own = [displayName, statusName].find(
    (name): name is string => typeof name === 'string' && name !== '',
  );
  return own ?? configuration?.type?.displayName ?? 'Policy';
}

/** GitInterfaces.PullRequestAsyncStatus: 3 succeeded, 2 conflicts, 4 rejected by policy, 5 failure. */
function mergeable(found: wire.PullRequest): boolean | null {
  if (found.mergeStatus === 3) return true;
  return [2, 4, 5].includes(found.mergeStatus ?? 0) ? false : null;
}

/** Votes as Azure DevOps counts them. */
const votes: Record<number, Reviewer['vote']> = {
  10: 'approved',
  5: 'approved-with-suggestions',
  0: 'none',
  [-5]: 'waiting',
  [-10]: 'changes-requested',
};

function toReviewer(found: wire.Reviewer): Reviewer {
  return {
    person: toPerson(found),
    vote: votes[found.vote ?? 0] ?? 'none',
    required: found.isRequired ?? false,
  };
}
