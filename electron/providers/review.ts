import type { z } from 'zod';
import type {
  checkSchema,
  checksStateSchema,
  reviewerSchema,
  reviewStateSchema,
} from '../../shared/contract/pull-requests';

export type Reviewer = z.infer<typeof reviewerSchema>;
export type Check = z.infer<typeof checkSchema>;
export type ReviewState = z.infer<typeof reviewStateSchema>;
export type ChecksState = z.infer<typeof checksStateSchema>;

/** One word for all votes: a demand for changes outweighs approvals; someone asked and silent is pending. */
export function reviewStateOf(reviewers: readonly Reviewer[]): ReviewState {
  const has = (...votes: Reviewer['vote'][]) => reviewers.some(({ vote }) => votes.includes(vote));
  if (has('changes-requested', 'waiting')) return 'changes-requested';
  if (has('approved', 'approved-with-suggestions')) return 'approved';
  return has('none') ? 'pending' : 'none';
}

/** One word for all checks: one failure fails, one running is pending. */
export function checksStateOf(checks: readonly Check[]): ChecksState {
  const has = (state: Check['state']) => checks.some((check) => check.state === state);
  if (has('failed')) return 'failed';
  if (has('pending')) return 'pending';
  return checks.length > 0 ? 'passed' : 'none';
}
