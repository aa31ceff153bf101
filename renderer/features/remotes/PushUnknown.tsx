import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { PushPlan } from '../../../shared/contract/remotes';
import type { AppError } from '../../../shared/errors';
import { Note } from '../../components/Note';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';

export interface PushUnknownProps {
  repositoryId: string;
  branch: string;
  plan: PushPlan;
  error: AppError;
  onAgain: () => void;
  onClose: () => void;
}

/** The answer to a push was lost: the server is asked before anything is sent again. */
export function PushUnknown({ repositoryId, branch, plan, error, onAgain, onClose }: PushUnknownProps) {
  const check = useMutation({
    mutationFn: () =>
      client.remotes.checkPush({ repositoryId, branch, remote: plan.remote ?? '', to: plan.to }),
  });
  return (
    <>
      {!check.data && <ErrorNotice error={error} />}
      {check.error !== null && <ErrorNotice error={toAppError(check.error)} subject={{ repositoryId }} />}
      {check.data && (
        <Note tone={check.data.arrived ? 'good' : 'warn'}>
          {check.data.arrived
            ? 'It arrived: the server has your commits.'
            : 'It did not arrive: the server does not have your last commit. You can push again.'}
        </Note>
      )}
      <Group justify="flex-end" gap="xs">
        <Button
          key={String(check.data?.arrived)}
          variant="default"
          autoFocus={check.data?.arrived === true}
          onClick={onClose}
        >
          Close
        </Button>
        {check.data?.arrived === false && (
          <Button autoFocus onClick={onAgain}>
            Push again…
          </Button>
        )}
        {!check.data && (
          <Button loading={check.isPending} onClick={() => check.mutate()} autoFocus>
            Check now
          </Button>
        )}
      </Group>
    </>
  );
}
