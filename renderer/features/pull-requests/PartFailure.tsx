import type { Account } from '../../../shared/contract/accounts';
import type { PullRequestDetail } from '../../../shared/contract/pull-requests';
import { ErrorNotice } from '../../errors/ErrorNotice';

/** The part of a pull request that could not be read says so where it would stand. */
export function PartFailure(props: {
  detail: PullRequestDetail | undefined;
  part: PullRequestDetail['failures'][number]['part'];
  account: Account | undefined;
}) {
  const failure = props.detail?.failures.find((one) => one.part === props.part);
  return failure ? <ErrorNotice error={failure.error} account={props.account} /> : null;
}

export function hasFailed(
  detail: PullRequestDetail | undefined,
  part: PullRequestDetail['failures'][number]['part'],
): boolean {
  return detail?.failures.some((one) => one.part === part) ?? false;
}
