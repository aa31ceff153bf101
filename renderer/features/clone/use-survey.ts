import { useQuery } from '@tanstack/react-query';
import type { CloneSurvey } from '../../../shared/contract/clone-plan';
import { query } from '../../rpc/client';
import { useSettled } from './use-settled';

/** What is known of a repository before it is cloned; `asking`: it is on its way. */
export function useSurvey(
  url: string | undefined,
  accountId: string,
  branch: string,
): { survey: CloneSurvey | undefined; asking: boolean } {
  const settledBranch = useSettled(branch.trim(), 500);
  const asked = useQuery({
    ...query.clonePlan.survey.queryOptions({
      input: {
        url: url ?? '',
        accountId: accountId === '' ? null : accountId,
        branch: settledBranch === '' ? null : settledBranch,
      },
    }),
    enabled: url !== undefined,
    staleTime: 60_000,
  });
  return {
    survey: url === undefined ? undefined : asked.data,
    asking: url !== undefined && asked.isFetching,
  };
}
