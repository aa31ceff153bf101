import { CloseButton } from '@mantine/core';
import { IconInfoCircle, IconPlugConnectedX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useSyncExternalStore } from 'react';
import classes from './App.module.css';
import { query } from './rpc/client';
import { linkState } from './rpc/port';

/** Above everything: the lost connection, and what the core wants to say once. `children`: bars of features. */
export function Bars({ children }: { children?: ReactNode }) {
  const state = useSyncExternalStore(linkState.subscribe, linkState.get);
  const notices = useQuery(query.application.notices.queryOptions());
  const dismiss = useMutation(query.application.dismissNotice.mutationOptions());
  return (
    <aside className={classes.bars} aria-label="Messages">
      <div role="status">
        {state === 'refused' && (
          <div className={classes.bar} data-tone="warn">
            <IconPlugConnectedX size={16} aria-hidden />
            <span className={classes.barText}>
              This tab has no key to Polyforge, or one of an earlier start. Paste the address Polyforge
              printed when it was started into this tab.
            </span>
          </div>
        )}
        {state === 'lost' && (
          <div className={classes.bar} data-tone="warn">
            <IconPlugConnectedX size={16} aria-hidden />
            <span className={classes.barText}>
              The connection to Polyforge on this machine is lost. Trying again… If it stays so, start
              Polyforge again; what you typed here stays until you close the page.
            </span>
          </div>
        )}
      </div>
      {children}
      {notices.data?.map((notice) => (
        <div key={notice.id} className={classes.bar} data-tone="info" role="note" aria-label={notice.title}>
          <IconInfoCircle size={16} aria-hidden />
          <span className={classes.barText}>
            <strong>{notice.title}</strong> {notice.text}
          </span>
          <CloseButton
            size="sm"
            aria-label={`Dismiss: ${notice.title}`}
            onClick={() => dismiss.mutate({ id: notice.id })}
          />
        </div>
      ))}
    </aside>
  );
}
