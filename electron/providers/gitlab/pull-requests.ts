import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { PullRequest, PullRequestFilter } from '../../../shared/contract/pull-requests';
import { asTheyCome } from '../fan-out';
import type { PullRequestPage, Session } from '../provider';
import { type Client, createClient, naming, projectPath } from './client';
import { mergeRequestsSchema, projectOf, projectsSchema, pullRequest } from './wire';

type Filter = Pick<PullRequestFilter, 'state' | 'scope'> & { repository?: RepositoryRef };
type Query = Record<string, string | number | boolean>;

const stateWords = { open: 'opened', merged: 'merged', closed: 'closed' };
/** Projects asked one by one for `all`: GitLab's own "all" would read every project of the server. */
const mostProjects = 20;
/** Merged and closed lists grow for ever; this many pages of the last updated are shown. */
const mostPages = 5;

export async function* listPullRequests(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  const client = createClient(session);
  const query = { state: stateWords[filter.state], order_by: 'updated_at', sort: 'desc' };
  if (filter.repository) yield* ofProject(session, client, query, filter, filter.repository);
  else yield* overAccount(session, client, query, filter);
}

async function* ofProject(
  { account }: Session,
  client: Client,
  query: Query,
  { scope, state }: Filter,
  { id, fullName }: RepositoryRef,
): AsyncGenerator<PullRequestPage> {
  const narrowed = { ...query, scope: scope === 'mine' ? 'created_by_me' : 'all' };
  const list = client.pages(`${projectPath(id)}/merge_requests`, narrowed, mergeRequestsSchema);
  let next = await naming(fullName, list.next());
  for (let count = 1; !next.done; count += 1) {
    const items = next.value.map((wire) => pullRequest(account, fullName, wire));
    yield {
      items: items.filter((item) => item.state === state && (scope !== 'review' || item.awaitsMyReview)),
    };
    if (count >= mostPages && state !== 'open') {
      yield { items: [], partial: `Only the last updated merge requests of ${fullName} are shown.` };
      return;
    }
    next = await list.next();
  }
}

interface Part {
  path: string;
  query: Query;
  /** Known when the part is one project. */
  fullName?: string;
  pages: number;
}

async function* overAccount(
  session: Session,
  client: Client,
  query: Query,
  { scope, state }: Filter,
): AsyncGenerator<PullRequestPage> {
  const login = session.account.user?.login;
  const over = (more: Query): Part => ({
    path: '/merge_requests',
    query: { ...query, ...more },
    pages: mostPages,
  });
  const mine = over({ scope: 'created_by_me' });
  // Servers before 17.9 do not know reviews_for_me; the name works on all.
  const reviews = over(login ? { scope: 'all', reviewer_username: login } : { scope: 'reviews_for_me' });
  if (scope !== 'all') {
    yield* union(session, client, [scope === 'mine' ? mine : reviews], state);
    return;
  }
  const shown = new Set<string>();
  yield* union(session, client, [mine, over({ scope: 'assigned_to_me' }), reviews], state, shown);
  const projects = await client.get(
    '/projects',
    {
      membership: true,
      archived: false,
      with_merge_requests_enabled: true,
      order_by: 'last_activity_at',
      per_page: mostProjects,
    },
    projectsSchema,
  );
  const each = projects.map(({ path_with_namespace: fullName, id }) => ({
    path: `${projectPath(id)}/merge_requests`,
    query: { ...query, scope: 'all', per_page: 50 },
    fullName,
    pages: 1,
  }));
  yield* union(session, client, each, state, shown);
  if (projects.length >= mostProjects)
    yield {
      items: [],
      partial: `Shown are your own, assigned and reviewed merge requests, and those of your ${mostProjects} most recently active projects.`,
    };
}

/** Several lists at once, each merge request once. */
async function* union(
  session: Session,
  client: Client,
  parts: readonly Part[],
  state: Filter['state'],
  shown = new Set<string>(),
): AsyncGenerator<PullRequestPage> {
  const lists = asTheyCome(parts, 4, async (part) => {
    const found: PullRequest[] = [];
    let count = 0;
    for await (const page of client.pages(part.path, part.query, mergeRequestsSchema)) {
      for (const wire of page)
        found.push(pullRequest(session.account, part.fullName ?? projectOf(session.account, wire), wire));
      count += 1;
      if (count >= part.pages) break;
    }
    return found;
  });
  for await (const list of lists) {
    const items = list.filter((item) => item.state === state && !shown.has(item.key));
    for (const item of items) shown.add(item.key);
    if (items.length) yield { items };
  }
}
