import type { PullRequest, PullRequestFilter } from '../../../shared/contract/pull-requests';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { AppFailure, isCancelled } from '../../../shared/errors';
import { asTheyCome } from '../fan-out';
import type { PullRequestPage, Session } from '../provider';
import { type Client, createClient, naming } from './client';
import { enriched, factsOf } from './enrich';
import {
  type Found,
  foundPullRequest,
  foundSchema,
  organizationsSchema,
  type Pull,
  pullRequest,
  pullsSchema,
  repositoryOf,
} from './wire';

type Filter = Pick<PullRequestFilter, 'state' | 'scope'> & { repository?: RepositoryRef };

/** GitHub allows 30 searches a minute; one list must leave room for the next. */
const mostOrganizations = 8;
/** Repositories whose branches are looked up for one list. */
const mostLookups = 30;
const pageSize = 100;
/** Merged and closed lists grow for ever; this many pages of the last updated are shown. */
const mostPages = 5;

const stateWords = { open: 'is:open', merged: 'is:merged', closed: 'is:closed is:unmerged' };

export async function* listPullRequests(session: Session, filter: Filter): AsyncGenerator<PullRequestPage> {
  const client = createClient(session);
  if (filter.repository) yield* ofRepository(session, client, filter, filter.repository);
  else yield* overAccount(session, client, filter);
}

async function* ofRepository(
  session: Session,
  client: Client,
  filter: Filter,
  repository: RepositoryRef,
): AsyncGenerator<PullRequestPage> {
  const list = client.pages(
    'GET /repos/{owner}/{repo}/pulls',
    {
      ...path(repository),
      state: filter.state === 'open' ? 'open' : 'closed',
      sort: 'updated',
      direction: 'desc',
    },
    pullsSchema,
  );
  const { account } = session;
  let count = 0;
  let next = await naming(repository.fullName, list.next());
  while (!next.done) {
    const wires = next.value;
    const facts = await factsOf(session, nodeIds(wires));
    const items = wires
      .map((wire) =>
        enriched(
          pullRequest(account, repository.fullName, wire),
          facts?.get(wire.node_id ?? ''),
          account.user?.login,
        ),
      )
      .filter((item) => item.state === filter.state && concerns(item, filter.scope));
    count += 1;
    yield { items };
    if (count >= mostPages && filter.state !== 'open') {
      yield {
        items: [],
        partial: `Only the last updated pull requests of ${repository.fullName} are shown.`,
      };
      return;
    }
    next = await list.next();
  }
}

function nodeIds(wires: readonly { node_id?: string | null }[]): string[] {
  return wires.flatMap(({ node_id: id }) => (id ? [id] : []));
}

function concerns(item: PullRequest, scope: Filter['scope']): boolean {
  return scope === 'all' || (scope === 'mine' ? item.mine : item.awaitsMyReview);
}

interface Query {
  words: string;
  review: boolean;
}

/** What is searched for, and what that leaves out. */
async function queries(
  session: Session,
  client: Client,
  filter: Filter,
): Promise<{ list: Query[]; left?: string }> {
  const { account } = session;
  const base = `is:pr ${stateWords[filter.state]} archived:false`;
  if (account.authenticationType === 'app') {
    if (filter.scope !== 'all')
      return {
        list: [],
        left: 'A GitHub App is not a person: it has no pull requests of its own and nobody asks it for a review.',
      };
    const owner = account.installation?.name;
    return owner
      ? { list: [{ words: `${base} user:${owner}`, review: false }] }
      : { list: [], left: 'Test the account once, so that its installation is known.' };
  }
  if (filter.scope === 'mine') return { list: [{ words: `${base} author:@me`, review: false }] };
  if (filter.scope === 'review') return { list: [{ words: `${base} review-requested:@me`, review: true }] };
  // Space-separated owners mean "and" on github.com and "or" on older servers: one search each.
  const organizations = await client
    .get('GET /user/orgs', { per_page: pageSize }, organizationsSchema)
    .then(({ data }) => data.map(({ login }) => login))
    .catch(unlessCancelled);
  const owners = [
    ...(account.user ? [account.user.login] : []),
    ...(organizations ?? []).slice(0, mostOrganizations),
  ];
  const left =
    organizations === null
      ? 'The token may not list organizations (read:org): pull requests that do not involve you are shown for your own repositories only.'
      : organizations.length > mostOrganizations
        ? `Shown are the pull requests that involve you and those of ${mostOrganizations} of your ${organizations.length} organizations.`
        : 'Left out: pull requests in other people’s repositories that do not involve you.';
  return {
    list: [
      { words: `${base} involves:@me`, review: false },
      ...owners.map((owner) => ({ words: `${base} user:${owner}`, review: false })),
    ],
    left,
  };
}

async function* overAccount(
  session: Session,
  client: Client,
  filter: Filter,
): AsyncGenerator<PullRequestPage> {
  const { list, left } = await queries(session, client, filter);
  const lookups = new Lookups(client, filter.state);
  const shown = new Set<string>();
  let cut = false;
  const results = asTheyCome(list, 3, async (query) => {
    const { data } = await client.get(
      'GET /search/issues',
      { q: query.words, sort: 'updated', order: 'desc', per_page: pageSize },
      foundSchema,
    );
    return { ...data, review: query.review };
  });
  for await (const found of results) {
    cut ||= found.total_count > found.items.length || found.incomplete_results === true;
    const fresh = found.items.filter((item) => !shown.has(item.html_url));
    for (const item of fresh) shown.add(item.html_url);
    const facts = await factsOf(session, nodeIds(fresh));
    if (facts) {
      const { account } = session;
      yield {
        items: fresh.map((item) =>
          enriched(
            foundPullRequest(account, item, undefined, found.review),
            facts.get(item.node_id ?? ''),
            account.user?.login,
          ),
        ),
      };
      continue;
    }
    const byRepository = groups(fresh);
    const filled = asTheyCome([...byRepository], 4, async ([fullName, items]) => {
      const pulls = await lookups.of(fullName);
      return items.map((item) =>
        foundPullRequest(session.account, item, pulls.get(item.number), found.review),
      );
    });
    for await (const items of filled) yield { items };
  }
  const sentences = [
    ...(cut ? [`GitHub's search gave only the ${pageSize} last updated of each part.`] : []),
    ...(left ? [left] : []),
  ];
  yield { items: [], ...(sentences.length ? { partial: sentences.join(' ') } : {}) };
}

function groups(items: readonly Found[]): Map<string, Found[]> {
  const found = new Map<string, Found[]>();
  for (const item of items) {
    const name = repositoryOf(item);
    found.set(name, [...(found.get(name) ?? []), item]);
  }
  return found;
}

/** Without GraphQL: search results name no branches; one list per repository does, once. */
class Lookups {
  readonly #known = new Map<string, Promise<Map<number, Pull>>>();
  constructor(
    private readonly client: Client,
    private readonly state: Filter['state'],
  ) {}

  of(fullName: string): Promise<Map<number, Pull>> {
    const known = this.#known.get(fullName);
    if (known) return known;
    if (this.#known.size >= mostLookups) return Promise.resolve(new Map());
    const asked = this.#ask(fullName);
    this.#known.set(fullName, asked);
    return asked;
  }

  async #ask(fullName: string): Promise<Map<number, Pull>> {
    const answer = await this.client
      .get(
        'GET /repos/{owner}/{repo}/pulls',
        {
          ...path({ id: fullName, fullName }),
          state: this.state === 'open' ? 'open' : 'closed',
          sort: 'updated',
          direction: 'desc',
          per_page: pageSize,
        },
        pullsSchema,
      )
      .catch(unlessCancelled);
    return new Map((answer?.data ?? []).map((pull) => [pull.number, pull]));
  }
}

/** What is only decoration may be missing; a cancelled list is not one without decoration. */
function unlessCancelled(error: unknown): null {
  if (isCancelled(error) || !(error instanceof AppFailure)) throw error;
  return null;
}

export function path({ id }: RepositoryRef): { owner: string; repo: string } {
  const [owner = '', repo = ''] = id.split('/');
  return { owner, repo };
}
