import { fail } from '../../../shared/errors';
import type { CheckedPlan } from './clone-plan';
import type { ObjectStore } from './objects/store';
import type { RemoteRefs } from './remote-branches';

/** What HEAD of the new clone will be. */
export type Start =
  | { kind: 'branch'; branch: string; oid: string }
  | { kind: 'detached'; oid: string }
  | { kind: 'unborn'; branch: string };

export function startOf(refs: RemoteRefs, wanted: string | null): Start {
  if (wanted !== null) {
    const oid = refs.branches.get(wanted) ?? fail({ kind: 'branch-not-found', branch: wanted });
    return { kind: 'branch', branch: wanted, oid };
  }
  const { head } = refs;
  if (head.branch !== null) {
    const oid = refs.branches.get(head.branch);
    return oid === undefined
      ? { kind: 'unborn', branch: head.branch }
      : { kind: 'branch', branch: head.branch, oid };
  }
  if (head.oid === null) return { kind: 'unborn', branch: 'main' };
  return { kind: 'detached', oid: head.oid };
}

/** Those refs of the server a plan asks for; with one branch, tags come along where what they name does. */
export function wantedRefs(
  refs: RemoteRefs,
  start: Start,
  plan: Pick<CheckedPlan, 'singleBranch'>,
): RemoteRefs['refs'] {
  if (!plan.singleBranch) return refs.refs;
  return refs.refs.filter(({ ref }) => start.kind === 'branch' && ref === `refs/heads/${start.branch}`);
}

/** The refs the clone gets: those that were asked for, and tags of what has arrived. */
export function keptRefs(
  refs: RemoteRefs,
  wanted: RemoteRefs['refs'],
  store: Pick<ObjectStore, 'has'>,
): RemoteRefs['refs'] {
  const asked = new Set(wanted);
  return refs.refs.filter(
    (one) =>
      asked.has(one) ||
      (one.ref.startsWith('refs/tags/') && store.has(one.oid) && store.has(one.peeled ?? one.oid)),
  );
}

/** Of `remote.origin.fetch`; null: HEAD alone was fetched, which no ref stands for. */
export function refspecOf(start: Start, plan: Pick<CheckedPlan, 'singleBranch'>): string | null {
  if (!plan.singleBranch || start.kind === 'unborn') return '+refs/heads/*:refs/remotes/origin/*';
  if (start.kind === 'detached') return null;
  return `+refs/heads/${start.branch}:refs/remotes/origin/${start.branch}`;
}
