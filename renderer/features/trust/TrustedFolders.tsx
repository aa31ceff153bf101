import { Button, Loader } from '@mantine/core';
import { IconFolderCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { RelativeTime } from '../../components/RelativeTime';
import { StatusBadge } from '../../components/StatusBadge';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './trust.module.css';

/** For Preferences -> Git: the folders whose hooks and programs run, and the way back. */
export function TrustedFolders() {
  const list = useQuery(query.trust.list.queryOptions({ staleTime: 0 }));
  const revoke = useMutation(query.trust.revoke.mutationOptions());
  return (
    <section aria-labelledby="trusted-folders-title" className={classes.folders}>
      <h3 id="trusted-folders-title">Trusted repositories</h3>
      <p>In these folders Git runs the hooks and programs a repository names. In all others they are off.</p>
      {list.isPending && <Loader size="sm" aria-label="Reading the list" />}
      {list.error && <ErrorNotice error={toAppError(list.error)} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && (
        <p className={classes.quiet}>
          You have not trusted any repository. Polyforge asks when you open one that names programs.
        </p>
      )}
      {list.data && list.data.length > 0 && (
        <ul aria-label="Trusted repositories">
          {list.data.map(({ folder, trustedAt, stands }) => (
            <li key={folder}>
              <IconFolderCheck size={17} stroke={1.6} aria-hidden />
              <div className={classes.folder}>
                <MiddleEllipsis text={visibleText(folder)} tail={28} />
                <div className={classes.quiet}>
                  Trusted <RelativeTime time={trustedAt} />
                </div>
              </div>
              {!stands && (
                <StatusBadge
                  tone="warn"
                  title="Another repository lies in this folder now, or none: it is not trusted."
                >
                  Not there any more
                </StatusBadge>
              )}
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Stop trusting ${folder}`}
                loading={revoke.isPending && revoke.variables?.folder === folder}
                onClick={() => revoke.mutate({ folder })}
              >
                Stop trusting
              </Button>
            </li>
          ))}
        </ul>
      )}
      {revoke.error && <ErrorNotice shape="line" error={toAppError(revoke.error)} />}
    </section>
  );
}
