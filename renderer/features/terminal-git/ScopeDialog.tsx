import { Button, Group, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { TerminalScope, TerminalScopeState } from '../../../shared/contract/terminal-git';
import { Dialog } from '../../components/Dialog';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { usePerformErrorAction } from '../../errors/actions';
import { hostWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { ConfigurationLines } from './ConfigurationLines';
import classes from './terminal-git.module.css';
import { afterWords, beaten, nowWords, obstacles, scopeName, scopeTitle } from './words';

/** Shows the exact lines for one scope and who answers then, writes them, and takes them back. */
export function ScopeDialog({ scope, onClose }: { scope: TerminalScope; onClose: () => void }) {
  const queries = useQueryClient();
  const options = query.terminalGit.scope.queryOptions({ input: { scope }, staleTime: 0 });
  const found = useQuery(options);
  const keep = {
    onSuccess: (now: TerminalScopeState) => queries.setQueryData(options.queryKey, now),
    onError: () => void found.refetch(),
  };
  const enable = useMutation(query.terminalGit.enable.mutationOptions(keep));
  const disable = useMutation(query.terminalGit.disable.mutationOptions(keep));
  const close = useRef<HTMLButtonElement>(null);
  // The button that was pressed goes away, and would take the focus with it.
  const keepFocus = { onSuccess: () => close.current?.focus() };
  const state = found.data;
  const failed = enable.error ?? disable.error;
  return (
    <Dialog opened onClose={onClose} title={scopeTitle(scope)} size={600}>
      <Stack gap="sm">
        {found.isPending && <Loader size="sm" aria-label="Asking Git" />}
        {found.error && <ErrorNotice error={toAppError(found.error)} onRetry={() => void found.refetch()} />}
        {state && <Explained state={state} />}
        {failed && <ErrorNotice error={toAppError(failed)} form />}
        <Group justify="flex-end" gap="xs">
          {state?.state === 'changed' && (
            <Button variant="default" loading={found.isFetching} onClick={() => void found.refetch()}>
              Look again
            </Button>
          )}
          {state?.obstacle === 'no-accounts' && <AddAccount onClose={onClose} />}
          {state?.disable && (
            <Button
              variant="default"
              loading={disable.isPending}
              onClick={() => {
                enable.reset();
                disable.mutate({ scope }, keepFocus);
              }}
            >
              Take back
            </Button>
          )}
          <Button ref={close} variant="default" data-autofocus onClick={onClose}>
            Close
          </Button>
          {state?.enable && (
            <Button
              loading={enable.isPending}
              onClick={() => {
                disable.reset();
                if (state.enable) enable.mutate({ scope, changes: state.enable }, keepFocus);
              }}
            >
              Write these lines
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}

function AddAccount({ onClose }: { onClose: () => void }) {
  const perform = usePerformErrorAction();
  return (
    <Button
      variant="default"
      onClick={() => {
        onClose();
        perform({ kind: 'open-preferences', label: 'Accounts', section: 'hosting-providers' });
      }}
    >
      Go to accounts
    </Button>
  );
}

function Explained({ state }: { state: TerminalScopeState }) {
  const { scope, enable, disable, obstacle } = state;
  const others = beaten(state);
  return (
    <>
      {scope.kind !== 'all' && (
        <div style={{ overflowWrap: 'anywhere' }}>
          <strong>{scopeName(state)}</strong>
        </div>
      )}
      {obstacle && <Note tone="warn">{obstacles[obstacle]}</Note>}
      {state.state === 'on' && others.length === 0 && obstacle === null && (
        <Note tone="good">Git in a terminal asks Polyforge here.</Note>
      )}
      {state.state === 'partly' && (
        <Note tone="warn">
          The lines stand, but accounts were added or removed since they were written, or part of the lines is
          gone.
        </Note>
      )}
      {state.state === 'changed' && (
        <Note tone="warn">
          The lines Polyforge wrote were changed since, so it leaves them alone. Delete what is left of them
          in the file, then look again. Polyforge wrote:
        </Note>
      )}
      {others.map((host) => {
        const { who, source } = nowWords(host);
        return (
          <Note key={host.origin} tone="warn">
            On {hostWords(host.origin)}, {who} goes first
            {source === null ? '' : `: it is set in ${source}, after the lines of Polyforge`}.{' '}
            {enable
              ? 'Moving the lines of Polyforge behind it puts Polyforge first again.'
              : `Remove that setting${scope.kind === 'repository' ? '' : ', or turn Polyforge on for single repositories'}.`}
          </Note>
        );
      })}
      {state.hosts.length > 0 && state.state !== 'changed' && <Hosts state={state} />}
      {enable && <ConfigurationLines changes={enable} />}
      {!enable && disable && (
        <>
          <div>Taking it back removes these lines and nothing else:</div>
          <ConfigurationLines changes={disable} />
        </>
      )}
      {state.state === 'changed' && <ConfigurationLines changes={state.written} isPast />}
      {enable && (
        <div className={classes.quiet}>
          Other hosts stay as they are, and you can take these lines back here.
          {scope.kind === 'repository' &&
            ' Submodules have a configuration of their own: turn it on for a folder to include them.'}
        </div>
      )}
    </>
  );
}

function Hosts({ state }: { state: TerminalScopeState }) {
  const isNew = state.enable !== null;
  return (
    <ul className={classes.hosts} tabIndex={0} aria-label="Who answers">
      {state.hosts.map((host) => {
        const { who, source } = nowWords(host);
        return (
          <li key={host.origin}>
            <strong>{visibleText(hostWords(host.origin))}</strong>{' '}
            <span className={classes.quiet}>
              Now: {who}
              {source !== null && ` (from ${source})`}.{isNew && ` After: ${afterWords(host)}.`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
