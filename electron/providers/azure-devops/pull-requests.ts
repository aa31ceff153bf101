import type { GitPullRequestSearchCriteria } from 'azure-devops-node-api/interfaces/GitInterfaces';
import { z } from 'zod';
import type { Person, PullRequest, PullRequestFilter } from '../../../shared/contract/pull-requests';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { type AppError, AppFailure } from '../../../shared/errors';
import { asTheyCome } from '../fan-out';
import type { PullRequestPage, Session } from '../provider';
import { checked, gitApi } from './client';
import { placeOf, refOf } from './location';
import { organizations, repositoriesOf, webUrlOf } from './repositories';
import * as wire from './wire';

type Filter = Pick<PullRequestFilter, 'state' | 'scope'> & { repository?: RepositoryRef };

const atOnce = 6;
const page = 100;
const mostOfOne = 500;

/** Azure's words. Its package would send the numbers of its enumerations, which the description does not know. */
const statuses = { open: 'active', merged: 'completed', closed: 'abandoned' } as const;
const sentence = `Only the ${mostOfOne} newest pull requests of each project are listed.`;

export async function* listPullRequests(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  const me = session.account.user?.id ?? '';
  if (filter.scope !== 'all' && me === '') {
    yield { items: [], partial: 'Azure DevOps does not tell whose token this is.' };
    return;
  }
  const criteria = searchCriteria(filter, me);
  if (filter.repository) {
    const { organization, project, repository } = placeOf(filter.repository.id);
    const found = await paged((skip) =>
      checked(
        session,
        gitApi(session, organization).getPullRequests(repository, criteria, project, undefined, skip, page),
        z.array(wire.pullRequest),
      ),
    );
    yield {
      items: found.items.map((one) => toPullRequest(session, organization, one)),
      ...(found.cut ? { partial: sentence } : {}),
    };
    return;
  }
  yield* everywhere(session, criteria);
}

function searchCriteria(filter: Filter, me: string): GitPullRequestSearchCriteria {
  const criteria: Record<string, string> = { status: statuses[filter.state] };
  if (filter.scope === 'mine') criteria['creatorId'] = me;
  if (filter.scope === 'review') criteria['reviewerId'] = me;
  return criteria;
}

/** One call per project, the cheapest Azure DevOps documents. */
async function* everywhere(
  session: Session,
  criteria: GitPullRequestSearchCriteria,
): AsyncGenerator<PullRequestPage> {
  const projects = new Map<string, { organization: string; project: string }>();
  for (const organization of await organizations(session))
    for (const { project } of await repositoriesOf(session, organization))
      projects.set(project.id, { organization, project: project.name });
  let failed: AppError | undefined;
  let failures = 0;
  let cut = false;
  const results = asTheyCome([...projects.values()], atOnce, async ({ organization, project }) => {
    try {
      const found = await paged((skip) =>
        checked(
          session,
          gitApi(session, organization).getPullRequestsByProject(project, criteria, undefined, skip, page),
          z.array(wire.pullRequest),
        ),
      );
      cut ||= found.cut;
      return found.items.map((one) => toPullRequest(session, organization, one));
    } catch (error) {
      // One project without the permission, or just deleted, must not hide the others.
      if (!(error instanceof AppFailure) || !['missing-permission', 'not-found'].includes(error.error.kind))
        throw error;
      failed ??= error.error;
      failures += 1;
      return [];
    }
  });
  for await (const items of results) if (items.length > 0) yield { items };
  if (failed && failures === projects.size) throw new AppFailure(failed);
  const left = [cut ? sentence : '', failures > 0 ? silent(failures) : ''];
  const partial = left.filter((one) => one !== '').join(' ');
  if (partial !== '') yield { items: [], partial };
}

async function paged<T>(ask: (skip: number) => Promise<T[]>): Promise<{ items: T[]; cut: boolean }> {
  const items: T[] = [];
  while (items.length < mostOfOne) {
    const next = await ask(items.length);
    items.push(...next);
    if (next.length < page) return { items, cut: false };
  }
  return { items, cut: true };
}

function silent(count: number): string {
  return count === 1
    ? 'One project did not show its pull requests.'
    : `${count} projects did not show their pull requests.`;
}

export function toPerson(found: wire.Identity | null | undefined): Person {
  const login = found?.uniqueName ?? '';
  return { id: found?.id ?? '', name: found?.displayName ?? (login || 'Unknown'), login };
}

/** GitInterfaces.PullRequestStatus */
const states: Record<number, { state: PullRequest['state']; word: string }> = {
  1: { state: 'open', word: 'active' },
  2: { state: 'closed', word: 'abandoned' },
  3: { state: 'merged', word: 'completed' },
};

export function moment(value: Date | string | null | undefined): number | null {
  const parsed = value instanceof Date ? value.getTime() : Date.parse(value ?? '');
  return Number.isNaN(parsed) ? null : parsed;
}

function reviewState(reviewers: wire.Reviewer[]): PullRequest['review'] {
  if (reviewers.some((one) => (one.vote ?? 0) < 0)) return 'changes-requested';
  if (reviewers.some((one) => (one.vote ?? 0) > 0)) return 'approved';
  return reviewers.length > 0 ? 'pending' : 'none';
}

export function toPullRequest(session: Session, organization: string, found: wire.PullRequest): PullRequest {
  const { account } = session;
  const { project, name } = found.repository;
  const ref = refOf({ organization, project: project.name, repository: name });
  const { state, word } = states[found.status ?? 1] ?? { state: 'open' as const, word: 'active' };
  const created = moment(found.creationDate) ?? 0;
  const reviewers = found.reviewers ?? [];
  const me = account.user?.id.toLowerCase() ?? '';
  const fork = found.forkSource?.repository;
  return {
    key: `${account.id}:${ref.id}:${found.pullRequestId}`,
    accountId: account.id,
    repository: ref,
    number: found.pullRequestId,
    title: found.title,
    author: toPerson(found.createdBy),
    source: {
      branch: branch(found.sourceRefName),
      repository: fork?.name ? `${fork.project?.name ?? project.name}/${fork.name}` : null,
    },
    target: { branch: branch(found.targetRefName) },
    draft: found.isDraft ?? false,
    state,
    providerState: word,
    review: reviewState(reviewers),
    checks: null,
    comments: null,
    createdAt: created,
    // Azure DevOps tells no moment of the last change: only when it was made and closed.
    updatedAt: moment(found.closedDate) ?? created,
    webUrl: `${webUrlOf(session, organization, project.name, name)}/pullrequest/${found.pullRequestId}`,
    mine: me !== '' && found.createdBy?.id?.toLowerCase() === me,
    awaitsMyReview:
      state === 'open' && me !== '' && reviewers.some((one) => one.id?.toLowerCase() === me && !one.vote),
  };
}

function branch(name: string | null | undefined): string {
  return (name ?? '').replace(/^refs\/heads\//, '');
}
