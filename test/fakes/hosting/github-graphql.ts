import { nodeId } from './github-bodies';
import type { World, WorldPullRequest } from './world';

const connection = (nodes: object[]) => ({ nodes });
const opinions: Partial<Record<string, string>> = {
  approved: 'APPROVED',
  'changes-requested': 'CHANGES_REQUESTED',
};

function rollup(pull: WorldPullRequest): { state: string } | null {
  const states = pull.checks.map((check) => check.state);
  if (states.length === 0) return null;
  if (states.includes('failed')) return { state: 'FAILURE' };
  return { state: states.includes('pending') ? 'PENDING' : 'SUCCESS' };
}

function pullRequest(pull: WorldPullRequest): object {
  const states = pull.reviewers.flatMap(({ vote }) => opinions[vote] ?? []);
  return {
    id: nodeId('PR', pull.id),
    headRefName: pull.source,
    baseRefName: pull.target,
    isCrossRepository: pull.fork !== null,
    headRepository: {
      nameWithOwner: `${(pull.fork ?? pull.repository).namespace}/${(pull.fork ?? pull.repository).slug}`,
    },
    reviewDecision: null,
    latestOpinionatedReviews: connection(states.map((state) => ({ state }))),
    reviewRequests: connection(
      pull.reviewers
        .filter(({ vote }) => vote === 'none')
        .map(({ user }) => ({ requestedReviewer: { login: user.login } })),
    ),
    commits: connection([{ commit: { statusCheckRollup: rollup(pull) } }]),
    totalCommentsCount:
      pull.comments.length + pull.threads.reduce((sum, thread) => sum + thread.comments.length, 0),
  };
}

/** The answer to `nodes(ids: $ids) { ... on PullRequest }`, the one query the app asks; null for what is not visible. */
export function graphqlNodes(
  world: World,
  body: string,
  sees: (pull: WorldPullRequest) => boolean,
): { data: { nodes: (object | null)[] } } {
  const { variables } = JSON.parse(body) as { variables: { ids: string[] } };
  const byId = new Map(world.pullRequests.map((pull) => [nodeId('PR', pull.id), pull]));
  return {
    data: {
      nodes: variables.ids.map((id) => {
        const pull = byId.get(id);
        return pull && sees(pull) ? pullRequest(pull) : null;
      }),
    },
  };
}
