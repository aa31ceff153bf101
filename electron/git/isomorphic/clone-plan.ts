import { abilities } from '../../../shared/engine-abilities';
import { fail } from '../../../shared/errors';
import type { ClonePlan } from '../operations/transfer';
import { type Cone, coneOf } from './sparse-cone';

/** A plan in the terms of this engine. */
export interface CheckedPlan {
  depth: number | null;
  singleBranch: boolean;
  /** git-rev-list(1), `--filter`. */
  filter: string | null;
  cone: Cone | null;
}

/** Refuses what cannot be, and what this engine does not do, before anybody is asked for anything. */
export function checkPlan({ depth, singleBranch, filter, sparse, submodules, lfs }: ClonePlan): CheckedPlan {
  if (depth !== null && (!Number.isSafeInteger(depth) || depth < 1))
    fail({ kind: 'invalid-input', field: 'depth', reason: 'The number of commits is at least 1.' });
  if (filter?.kind === 'larger' && (!Number.isSafeInteger(filter.bytes) || filter.bytes < 0))
    fail({ kind: 'invalid-input', field: 'filter', reason: 'The size is a whole number of bytes.' });
  for (const [wanted, { title, isomorphic: reason }] of [
    [submodules !== null, abilities.submodules],
    [lfs, abilities.lfs],
  ] as const)
    if (wanted) fail({ kind: 'unsupported', what: title, reason });
  return {
    depth,
    singleBranch,
    filter: filter === null ? null : filter.kind === 'blobs' ? 'blob:none' : `blob:limit=${filter.bytes}`,
    cone: sparse === null ? null : coneOf(sparse),
  };
}
