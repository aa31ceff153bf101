import type { Person, PullRequest, PullRequestFilter } from '../../../../shared/contract/pull-requests';
import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import { AppFailure, type AppError } from '../../../../shared/errors';
import { asTheyCome } from '../../fan-out';
import type { PullRequestPage, Session } from '../../provider';
import { asking, cloud, readAll } from './client';
import { listRepositories, moment, workspaces } from './repositories';
import * as wire from './wire';

type Filter = Pick<PullRequestFilter, 'state' | 'scope'> & { repository?: RepositoryRef };

/** Bitbucket allows about 1,000 requests an hour: a look at every repository of a large workspace would use them up. */
const mostRepositories = 100;
const mostPullRequests = 500;
const atOnce = 6;

const states: Record<Filter['state'], string[]> = {
  open: ['OPEN'],
  merged: ['MERGED'],
  closed: ['DECLINED', 'SUPERSEDED'],
};

/** Lists leave reviewers and participants out unless they are asked for. */
const fields = '+values.participants,+values.reviewers,+values.draft';

export async function* listPullRequests(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  if (filter.repository) {
    const { items, cut } = await ofRepository(session, filter.repository.id, filter);
    yield { items, ...(cut ? { partial: sentence.cut } : {}) };
    return;
  }
  yield* filter.scope === 'mine' ? mine(session, filter) : everywhere(session, filter);
}

const sentence = {
  cut: `Only the ${mostPullRequests} pull requests changed last are listed.`,
  repositories: `Only the ${mostRepositories} repositories changed last were asked for pull requests.`,
};

/** Bitbucket lists a person's own pull requests per workspace, in one call each. */
async function* mine(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  const me = session.account.user?.id;
  if (!me) {
    yield { items: [], partial: 'Bitbucket does not tell which pull requests belong to this token.' };
    return;
  }
  let cut = false;
  const found = asTheyCome(await workspaces(session), atOnce, async (workspace) => {
    const asked = cloud(session).GET('/workspaces/{workspace}/pullrequests/{selected_user}', {
      params: { path: { workspace, selected_user: me } },
      ...asking({ state: states[filter.state], pagelen: '50', fields }),
    });
    return await readAll(session, asked, wire.pullRequest, mostPullRequests);
  });
  for await (const { items, cut: some } of found) {
    cut ||= some;
    yield { items: items.map((item) => toPullRequest(session, item)) };
  }
  if (cut) yield { items: [], partial: sentence.cut };
}

async function* everywhere(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  if (filter.scope === 'review' && !session.account.user?.id) {
    yield { items: [], partial: 'Bitbucket does not tell which pull requests wait for this token.' };
    return;
  }
  const repositories = [];
  for await (const page of listRepositories(session)) repositories.push(...page);
  const newest = repositories
    .sort((a, b) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0))
    .slice(0, mostRepositories);
  const left = repositories.length > newest.length ? [sentence.repositories] : [];
  let failed: AppError | undefined;
  let failures = 0;
  const results = asTheyCome(newest, atOnce, async ({ id }) => {
    try {
      return await ofRepository(session, id, filter);
    } catch (error) {
      // One repository without the permission, or just deleted, must not hide the others.
      if (!(error instanceof AppFailure) || !['missing-permission', 'not-found'].includes(error.error.kind))
        throw error;
      failed ??= error.error;
      failures += 1;
      return { items: [], cut: false };
    }
  });
  for await (const { items } of results) if (items.length > 0) yield { items };
  if (failed && failures === newest.length) throw new AppFailure(failed);
  if (failed) left.push(silent(failures));
  if (left.length > 0) yield { items: [], partial: left.join(' ') };
}

async function ofRepository(
  session: Session,
  id: string,
  filter: Filter,
): Promise<{ items: PullRequest[]; cut: boolean }> {
  const me = session.account.user?.id ?? '';
  const asked = cloud(session).GET('/repositories/{workspace}/{repo_slug}/pullrequests', {
    params: { path: pathOf(id) },
    ...asking({
      ...query(filter, me),
      sort: '-updated_on',
      pagelen: '50',
      fields,
    }),
  });
  const { items, cut } = await readAll(session, asked, wire.pullRequest, mostPullRequests);
  const mapped = items.map((item) => toPullRequest(session, item));
  // Asked of one repository, a bot's token has no "mine".
  return { items: me || filter.scope === 'all' ? mapped : [], cut };
}

function query(filter: Filter, me: string): Record<string, string | string[]> {
  const state = states[filter.state];
  if (filter.scope === 'all' || !me) return { state };
  const who = filter.scope === 'mine' ? 'author.uuid' : 'reviewers.uuid';
  const either = state.map((one) => `state="${one}"`).join(' OR ');
  return { q: `(${either}) AND ${who}="${me.replaceAll(/["\\]/g, '')}"` };
}

function silent(count: number): string {
  return count === 1
    ? 'One repository did not show its pull requests.'
    : `${count} repositories did not show their pull requests.`;
}

export function pathOf(id: string): { workspace: string; repo_slug: string } {
  const [workspace = '', repo_slug = ''] = id.split('/');
  return { workspace, repo_slug };
}

export function toPerson(user: wire.User | null | undefined): Person {
  if (!user) return { id: '', name: 'Former user', login: '' };
  const login = user.nickname ?? user.username ?? '';
  return { id: user.uuid ?? user.account_id ?? '', name: user.display_name ?? (login || 'Unknown'), login };
}

function toState(state: string): PullRequest['state'] {
  if (state === 'OPEN') return 'open';
  return state === 'MERGED' ? 'merged' : 'closed';
}

function reviewState(found: wire.PullRequest): PullRequest['review'] {
  if (!found.participants) return null;
  if (found.participants.some((one) => one.state === 'changes_requested')) return 'changes-requested';
  if (found.participants.some((one) => one.state === 'approved' || one.approved)) return 'approved';
  return reviewers(found).length > 0 ? 'pending' : 'none';
}

/** Everyone asked for a review, and everyone who voted without being asked. */
export function reviewers(found: wire.PullRequest): wire.Participant[] {
  const taking = (found.participants ?? []).filter(
    (one) => one.role === 'REVIEWER' || one.approved || (one.state ?? null) !== null,
  );
  const silent = (found.reviewers ?? []).filter(
    (one) => !taking.some((known) => known.user?.uuid === one.uuid),
  );
  return [...taking, ...silent.map((user) => ({ user, role: 'REVIEWER', approved: false, state: null }))];
}

export function toPullRequest(session: Session, found: wire.PullRequest): PullRequest {
  const { account } = session;
  const me = account.user?.id ?? '';
  const target = found.destination.repository?.full_name ?? '';
  const source = found.source.repository?.full_name ?? null;
  const created = moment(found.created_on) ?? 0;
  const waits = reviewers(found).some(
    (one) => me !== '' && one.user?.uuid === me && !one.approved && (one.state ?? null) === null,
  );
  return {
    key: `${account.id}:${target.toLowerCase()}:${found.id}`,
    accountId: account.id,
    repository: { id: target.toLowerCase(), fullName: target },
    number: found.id,
    title: found.title,
    author: toPerson(found.author),
    source: {
      // Bitbucket drops the branch's name once a fork is gone.
      branch: found.source.branch?.name ?? '',
      repository: source !== null && source !== target ? source : null,
    },
    target: { branch: found.destination.branch?.name ?? '' },
    draft: found.draft ?? false,
    state: toState(found.state),
    providerState: found.state,
    review: reviewState(found),
    checks: null,
    comments: found.comment_count ?? null,
    createdAt: created,
    updatedAt: moment(found.updated_on) ?? created,
    webUrl: `${account.url}/${target}/pull-requests/${found.id}`,
    mine: me !== '' && found.author?.uuid === me,
    awaitsMyReview: found.state === 'OPEN' && waits,
  };
}
