import type { Person, PullRequest, PullRequestFilter } from '../../../../shared/contract/pull-requests';
import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import { type AppError, AppFailure } from '../../../../shared/errors';
import { asTheyCome } from '../../fan-out';
import type { PullRequestPage, Session } from '../../provider';
import { asking, dataCenter, readAll } from './client';
import { idOf, listRepositories, moment, webUrl } from './repositories';
import * as wire from './wire';

type Filter = Pick<PullRequestFilter, 'state' | 'scope'> & { repository?: RepositoryRef };

const mostRepositories = 100;
const mostPullRequests = 500;
const atOnce = 6;

const states = { open: 'OPEN', merged: 'MERGED', closed: 'DECLINED' } as const;
const cutSentence = `Only the ${mostPullRequests} newest pull requests are listed.`;

export async function* listPullRequests(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  if (filter.repository) {
    const { items, cut } = await ofRepository(session, filter.repository.id, filter.state);
    const wanted = items.filter(
      (item) => filter.scope === 'all' || (filter.scope === 'mine' ? item.mine : item.awaitsMyReview),
    );
    yield { items: wanted, ...(cut ? { partial: cutSentence } : {}) };
    return;
  }
  yield* filter.scope === 'all' ? everywhere(session, filter) : dashboard(session, filter);
}

/** The server's own inbox: one call over all repositories. */
async function* dashboard(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  const role = filter.scope === 'mine' ? 'AUTHOR' : 'REVIEWER';
  const { items, cut } = await readAll(
    (start) =>
      dataCenter(session).GET('/api/latest/dashboard/pull-requests', {
        params: { query: { role, state: states[filter.state], order: 'NEWEST', start, limit: 100 } },
        ...asking,
      }),
    wire.pullRequest,
    mostPullRequests,
  );
  yield {
    items: items.map((item) => toPullRequest(session, item)),
    ...(cut ? { partial: cutSentence } : {}),
  };
}

async function* everywhere(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  const ids: string[] = [];
  let more = false;
  for await (const page of listRepositories(session)) {
    ids.push(...page.filter((one) => !one.archived).map((one) => one.id));
    if (ids.length > mostRepositories) {
      more = true;
      break;
    }
  }
  const asked = ids.slice(0, mostRepositories);
  let failed: AppError | undefined;
  let failures = 0;
  const results = asTheyCome(asked, atOnce, async (id) => {
    try {
      return (await ofRepository(session, id, filter.state)).items;
    } catch (error) {
      // One repository without the permission, or just deleted, must not hide the others.
      if (!(error instanceof AppFailure) || !['missing-permission', 'not-found'].includes(error.error.kind))
        throw error;
      failed ??= error.error;
      failures += 1;
      return [];
    }
  });
  for await (const items of results) if (items.length > 0) yield { items };
  if (failed && failures === asked.length) throw new AppFailure(failed);
  const left = [
    more ? `Only the first ${mostRepositories} repositories were asked for pull requests.` : '',
    failures > 0 ? silent(failures) : '',
  ].filter((one) => one !== '');
  if (left.length > 0) yield { items: [], partial: left.join(' ') };
}

async function ofRepository(
  session: Session,
  id: string,
  state: Filter['state'],
): Promise<{ items: PullRequest[]; cut: boolean }> {
  const { items, cut } = await readAll(
    (start) =>
      dataCenter(session).GET('/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests', {
        params: { path: pathOf(id), query: { state: states[state], order: 'NEWEST', start, limit: 100 } },
        ...asking,
      }),
    wire.pullRequest,
    mostPullRequests,
  );
  return { items: items.map((item) => toPullRequest(session, item)), cut };
}

function silent(count: number): string {
  return count === 1
    ? 'One repository did not show its pull requests.'
    : `${count} repositories did not show their pull requests.`;
}

export function pathOf(id: string): { projectKey: string; repositorySlug: string } {
  const [projectKey = '', repositorySlug = ''] = id.split('/');
  return { projectKey, repositorySlug };
}

export function toPerson(user: wire.User | null | undefined): Person {
  if (!user) return { id: '', name: 'Former user', login: '' };
  const login = user.name ?? user.slug ?? '';
  return { id: String(user.id ?? login), name: user.displayName ?? (login || 'Unknown'), login };
}

function reviewState(reviewers: wire.Participant[]): PullRequest['review'] {
  if (reviewers.some((one) => one.status === 'NEEDS_WORK')) return 'changes-requested';
  if (reviewers.some((one) => one.status === 'APPROVED' || one.approved)) return 'approved';
  return reviewers.length > 0 ? 'pending' : 'none';
}

export function toPullRequest(session: Session, found: wire.PullRequest): PullRequest {
  const { account } = session;
  const target = found.toRef.repository;
  const source = found.fromRef.repository;
  const id = target ? idOf(target) : '';
  const sourceId = source ? idOf(source) : null;
  const created = moment(found.createdDate) ?? 0;
  const reviewers = found.reviewers ?? [];
  const me = account.user?.login ?? '';
  const itsMe = (user: wire.User | null | undefined): boolean =>
    me !== '' && (user?.name ?? '').toLowerCase() === me.toLowerCase();
  return {
    key: `${account.id}:${id}:${found.id}`,
    accountId: account.id,
    repository: { id, fullName: target ? `${target.project.key}/${target.slug}` : id },
    number: found.id,
    title: found.title,
    author: toPerson(found.author?.user),
    source: {
      branch: branch(found.fromRef.displayId ?? found.fromRef.id),
      repository: sourceId !== null && sourceId !== id ? sourceId : null,
    },
    target: { branch: branch(found.toRef.displayId ?? found.toRef.id) },
    draft: found.draft ?? false,
    state: found.state === 'OPEN' ? 'open' : found.state === 'MERGED' ? 'merged' : 'closed',
    providerState: found.state,
    review: reviewState(reviewers),
    checks: null,
    comments: found.properties?.commentCount ?? null,
    createdAt: created,
    updatedAt: moment(found.updatedDate) ?? created,
    webUrl: `${webUrl(account.url, id)}/pull-requests/${found.id}`,
    mine: itsMe(found.author?.user),
    awaitsMyReview:
      found.state === 'OPEN' &&
      reviewers.some(
        (one) => itsMe(one.user) && !one.approved && (one.status ?? 'UNAPPROVED') === 'UNAPPROVED',
      ),
  };
}

function branch(name: string | null | undefined): string {
  return (name ?? '').replace(/^refs\/heads\//, '');
}
