import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HttpPathState } from '../../../shared/contract/bindings';
import { Note } from '../../components/Note';
import { StatusBadge } from '../../components/StatusBadge';
import { hostWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './account-rules.module.css';
import { HttpPathDialog } from './HttpPathDialog';

export function isAsking(state: HttpPathState): boolean {
  return state.effective === true && state.asked !== false;
}

/** For Preferences -> Git: hosts with several accounts, and whether the installed git asks for each repository. Nothing where there is none. */
export function HttpPathHosts() {
  const hosts = useQuery(query.bindings.httpPaths.queryOptions({ staleTime: 0 }));
  const [open, setOpen] = useState<string | null>(null);
  if (hosts.error)
    return <ErrorNotice error={toAppError(hosts.error)} onRetry={() => void hosts.refetch()} />;
  const list = hosts.data ?? [];
  if (list.length === 0) return null;
  return (
    <section aria-labelledby="http-path-title">
      <h3 id="http-path-title" style={{ margin: '0 0 4px', fontSize: 14 }}>
        Hosts with several accounts
      </h3>
      <p style={{ margin: '0 0 6px', color: 'var(--mantine-color-dimmed)' }}>
        In Polyforge each repository gets its own account. Git in a terminal asks its helper by host alone,
        unless it is told to name the repository.
      </p>
      {list[0]?.effective === null && (
        <Note>
          No installed Git was found. This setting belongs to it; Polyforge itself does not need it.
        </Note>
      )}
      {list.map((state) => (
        <div key={state.origin} className={classes.host}>
          <div>
            <strong>{hostWords(state.origin)}</strong>{' '}
            {state.effective === null ? (
              <StatusBadge>No Git</StatusBadge>
            ) : isAsking(state) ? (
              <StatusBadge tone="good">Asks for each repository</StatusBadge>
            ) : (
              <StatusBadge tone="warn">Asks for the host only</StatusBadge>
            )}
            <div className={classes.quiet}>
              {state.organizations.length > 1
                ? `Serves ${state.organizations.join(', ')} under one name.`
                : `${state.accountIds.length} accounts.`}
            </div>
          </div>
          {state.effective !== null && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Setting for ${hostWords(state.origin)}`}
              onClick={() => setOpen(state.origin)}
            >
              {isAsking(state) ? 'Show…' : 'Set…'}
            </Button>
          )}
        </div>
      ))}
      {open !== null && <HttpPathDialog host={open} onClose={() => setOpen(null)} />}
    </section>
  );
}
