import type { Head } from '../../../shared/contract/repositories';
import { fail } from '../../../shared/errors';
import { branchRef } from '../ref-name';
import { makeBranch } from './branch';
import { readCommit } from './commit-object';
import { inIndex, refuseConflicts } from './index-change';
import { setHead } from './refs-transaction';
import { commitNamed } from './revision';
import { treeChanges } from './tree-walk';
import { requireNothingUnderWay } from './under-way';
import type { WorkJobs } from './work-messages';
import { applyUpdate, planUpdate } from './working-tree-update';
import { currentHead, headAsShown, type Workplace } from './workplace';

type Target = WorkJobs['switchTo']['in']['target'];

/** git-switch(1). */
export function switchTo(
  { directory, target }: WorkJobs['switchTo']['in'],
  step?: (part: number) => void,
): Promise<Head> {
  return inIndex(directory, (at) => {
    const { place, draft } = at;
    const { refs, store, gitdir } = place;
    const { name, ref, oid } = destination(place, target);
    requireNothingUnderWay(gitdir);
    refuseConflicts(draft);
    const head = currentHead(place);
    const from = head.oid === null ? null : readCommit(store, head.oid).tree;
    const changes = treeChanges(store, from, readCommit(store, oid).tree, true);
    const planned = planUpdate(at, changes.values());
    applyUpdate(at, planned, step);
    if (target.kind === 'new-branch')
      makeBranch(place, { name: target.branch, start: target.start, track: target.track });
    const before = head.ref?.replace(/^refs\/heads\//, '') ?? head.oid ?? '';
    const logging = place.logging(`checkout: moving from ${before} to ${name}`);
    setHead(refs, ref === null ? { kind: 'detached', to: oid } : { kind: 'branch', ref, to: oid }, logging);
    return headAsShown({ ref, oid });
  });
}

/** `ref` null: HEAD is to be detached. */
function destination(place: Workplace, target: Target): { name: string; ref: string | null; oid: string } {
  const { refs } = place;
  switch (target.kind) {
    case 'branch': {
      const { branch } = target;
      const ref = `refs/heads/${branch}`;
      const oid = branch.startsWith('-') ? null : refs.resolve(ref).oid;
      return oid === null ? fail({ kind: 'branch-not-found', branch }) : { name: branch, ref, oid };
    }
    case 'new-branch': {
      const ref = branchRef(target.branch, 'branch');
      if (refs.read(ref) !== null) fail({ kind: 'already-exists', name: target.branch });
      return { name: target.branch, ref, oid: commitNamed(place, target.start) };
    }
    case 'detached':
      return { name: target.ref, ref: null, oid: commitNamed(place, target.ref) };
    default:
      return target satisfies never;
  }
}
