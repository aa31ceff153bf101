import { Button, Loader } from '@mantine/core';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { type UseQueryResult, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ShownAllowedHost } from '../../../shared/contract/saved-credentials';
import { EmptyState } from '../../components/EmptyState';
import { HostName } from '../../components/HostName';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { RelativeTime } from '../../components/RelativeTime';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './saved-credentials.module.css';

/** Every "always" the user gave, with a way to take it back: the next operation asks again. */
export function AllowedHosts({
  allowed,
  onTakenBack,
}: {
  allowed: UseQueryResult<ShownAllowedHost[]>;
  onTakenBack: () => void;
}) {
  const queries = useQueryClient();
  const takeBack = useMutation(
    query.savedCredentials.disallowHost.mutationOptions({
      onSuccess: (list) => {
        queries.setQueryData(query.savedCredentials.allowedHosts.queryKey(), list);
        onTakenBack();
      },
    }),
  );
  if (allowed.error)
    return (
      <ErrorNotice shape="panel" error={toAppError(allowed.error)} onRetry={() => void allowed.refetch()} />
    );
  if (allowed.isPending)
    return <EmptyState icon={<Loader aria-label="Loading" />} title="Loading allowed hosts" />;
  if (allowed.data.length === 0)
    return (
      <EmptyState
        icon={<IconArrowsSplit2 size={34} stroke={1.4} aria-hidden />}
        title="No host allowed for good"
        text="A token goes to its own host only. When a submodule or large files lie on another one, you are asked; “Always for this repository” then stands here."
      />
    );
  return (
    <>
      {takeBack.error && <ErrorNotice error={toAppError(takeBack.error)} />}
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Repository</th>
            <th scope="col">May sign in to</th>
            <th scope="col" className={classes.used}>
              Since
            </th>
            <th scope="col" className={classes.actions}>
              Actions
            </th>
          </tr>
        </thead>
        <tbody>
          {allowed.data.map((entry) => (
            <tr key={entry.id}>
              <td>
                <div className={classes.host}>
                  <HostName host={entry.host} />
                </div>
                <div className={classes.quiet}>
                  <MiddleEllipsis text={visibleText(entry.path)} tail={20} />
                </div>
              </td>
              <td className={classes.host}>
                <HostName host={entry.otherHost} />
              </td>
              <td className={classes.quiet}>
                <RelativeTime time={entry.addedAt} />
              </td>
              <td>
                <div className={classes.buttons}>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={visibleText(
                      `Take back ${entry.otherHost} for ${entry.host}/${entry.path}; you are asked again`,
                    )}
                    title="You are asked again"
                    disabled={takeBack.isPending}
                    onClick={() => takeBack.mutate({ id: entry.id })}
                  >
                    Take back
                  </Button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
