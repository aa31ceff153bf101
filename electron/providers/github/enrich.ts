import { z } from 'zod';
import type { PullRequest } from '../../../shared/contract/pull-requests';
import { AppFailure, isCancelled } from '../../../shared/errors';
import type { Session } from '../provider';
import { apiBase } from './address';
import { parse } from './client';

/**
 * What lists and searches of the REST API leave out (branches of search
 * results, reviews, checks) in one GraphQL call for up to 100 pull requests,
 * instead of three REST calls for each.
 */
const query = `query($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on PullRequest {
      id
      headRefName
      baseRefName
      isCrossRepository
      headRepository { nameWithOwner }
      reviewDecision
      latestOpinionatedReviews(first: 20) { nodes { state } }
      reviewRequests(first: 20) { nodes { requestedReviewer { ... on User { login } } } }
      commits(last: 1) { nodes { commit { statusCheckRollup { state } } } }
      totalCommentsCount
    }
  }
}`;

const list = <T extends z.ZodType>(of: T) => z.object({ nodes: z.array(of.nullish()).nullish() }).nullish();

const nodeSchema = z.object({
  id: z.string(),
  headRefName: z.string(),
  baseRefName: z.string(),
  isCrossRepository: z.boolean().nullish(),
  headRepository: z.object({ nameWithOwner: z.string() }).nullish(),
  reviewDecision: z.string().nullish(),
  latestOpinionatedReviews: list(z.object({ state: z.string() })),
  reviewRequests: list(z.object({ requestedReviewer: z.object({ login: z.string().nullish() }).nullish() })),
  commits: list(
    z.object({ commit: z.object({ statusCheckRollup: z.object({ state: z.string() }).nullish() }) }),
  ),
  totalCommentsCount: z.number().nullish(),
});
type Node = z.infer<typeof nodeSchema>;
// Parts the token may not read come as null beside an entry in "errors"; the others are still there.
const answerSchema = z.object({
  data: z.object({ nodes: z.array(z.union([nodeSchema, z.unknown().transform(() => null)])) }),
});

/** Servers that have answered "not found" to GraphQL are not asked again. */
const without = new Set<string>();

/** Facts by node id, or null where GraphQL is not to be had with this token. */
export async function factsOf(session: Session, ids: readonly string[]): Promise<Map<string, Node> | null> {
  const base = apiBase(session.account);
  if (without.has(base)) return null;
  if (ids.length === 0) return new Map();
  try {
    const answer = await session.fetch(`${base.replace(/\/v3$/, '')}/graphql`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { ids: ids.slice(0, 100) } }),
    });
    const { data } = await parse(answer, answerSchema);
    return new Map(data.nodes.flatMap((node) => (node ? [[node.id, node] as const] : [])));
  } catch (error) {
    if (isCancelled(error) || !(error instanceof AppFailure)) throw error;
    if (error.error.kind === 'not-found') without.add(base);
    return null;
  }
}

const checks: Record<string, PullRequest['checks']> = {
  SUCCESS: 'passed',
  FAILURE: 'failed',
  ERROR: 'failed',
  PENDING: 'pending',
  EXPECTED: 'pending',
};

/** The pull request with what GraphQL adds to it. */
export function enriched(item: PullRequest, facts: Node | undefined, login: string | undefined): PullRequest {
  if (!facts) return item;
  const asked = facts.reviewRequests?.nodes ?? [];
  const rollup = facts.commits?.nodes?.[0]?.commit.statusCheckRollup;
  return {
    ...item,
    source: {
      branch: facts.headRefName,
      repository: facts.isCrossRepository ? (facts.headRepository?.nameWithOwner ?? null) : null,
    },
    target: { branch: facts.baseRefName },
    review: review(facts, asked.length > 0),
    checks: facts.commits ? (rollup ? (checks[rollup.state] ?? 'unknown') : 'none') : null,
    comments: facts.totalCommentsCount ?? item.comments,
    awaitsMyReview:
      item.awaitsMyReview ||
      asked.some((one) => login !== undefined && one?.requestedReviewer?.login === login),
  };
}

/** reviewDecision speaks only where reviews are required; elsewhere the latest votes do. */
function review(facts: Node, asked: boolean): PullRequest['review'] {
  const states = (facts.latestOpinionatedReviews?.nodes ?? []).map((one) => one?.state);
  if (facts.reviewDecision === 'CHANGES_REQUESTED' || states.includes('CHANGES_REQUESTED'))
    return 'changes-requested';
  if (facts.reviewDecision === 'APPROVED') return 'approved';
  if (facts.reviewDecision === 'REVIEW_REQUIRED') return 'pending';
  if (states.includes('APPROVED')) return 'approved';
  return asked ? 'pending' : 'none';
}
