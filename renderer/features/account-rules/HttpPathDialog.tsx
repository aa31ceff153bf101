import { Button, Group, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { HttpPathState } from '../../../shared/contract/bindings';
import { Dialog } from '../../components/Dialog';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { hostWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import classes from './account-rules.module.css';

/** Shows the exact change for one host, makes it, and takes it back. `host`: `host[:port]` or an origin. */
export function HttpPathDialog({ host, onClose }: { host: string; onClose: () => void }) {
  const queries = useQueryClient();
  const states = useQuery(query.bindings.httpPaths.queryOptions({ staleTime: 0 }));
  const keep = {
    onSuccess: (now: HttpPathState[]) => queries.setQueryData(query.bindings.httpPaths.queryKey(), now),
  };
  const set = useMutation(query.bindings.setHttpPath.mutationOptions(keep));
  const revert = useMutation(query.bindings.revertHttpPath.mutationOptions(keep));
  const state = states.data?.find(({ origin }) => origin === host || new URL(origin).host === host);
  const failed = set.error ?? revert.error;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Let Git ask for each repository on ${hostWords(host)}`}
      size={560}
    >
      <Stack gap="sm">
        {states.isPending && <Loader size="sm" aria-label="Asking Git" />}
        {states.error && (
          <ErrorNotice error={toAppError(states.error)} onRetry={() => void states.refetch()} />
        )}
        {states.data && !state && (
          <Note tone="good">There is one account on this host, so Git needs to tell nothing more.</Note>
        )}
        {state && <Explained state={state} />}
        {failed && <ErrorNotice error={toAppError(failed)} form />}
        <Group justify="flex-end" gap="xs">
          {state?.revertible && (
            <Button
              variant="default"
              loading={revert.isPending}
              onClick={() => {
                set.reset();
                revert.mutate({ origin: state.origin });
              }}
            >
              Take it back
            </Button>
          )}
          <Button variant="default" data-autofocus={!state?.change || undefined} onClick={onClose}>
            Close
          </Button>
          {state?.change && (
            <Button
              data-autofocus
              loading={set.isPending}
              onClick={() => {
                revert.reset();
                const { origin, change } = state;
                if (change)
                  set.mutate({ origin, lines: change.lines }, { onError: () => void states.refetch() });
              }}
            >
              Make this change
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}

function Explained({ state }: { state: HttpPathState }) {
  const { change } = state;
  return (
    <>
      {state.effective === true && state.asked !== false && (
        <Note tone="good">
          Git was tried just now and asked with the complete address.
          {state.setIn && ` It is set in ${visibleText(state.setIn)}.`}
        </Note>
      )}
      {state.changedSince && (
        <Note tone="warn">
          The lines Polyforge wrote were changed since, so it leaves them alone. Edit them yourself if you
          want them gone.
        </Note>
      )}
      {state.obstacle === 'no-git' && (
        <Note>
          No installed Git was found. This setting belongs to it; Polyforge itself does not need it.
        </Note>
      )}
      {state.obstacle === 'no-file' && (
        <Note tone="warn">
          Your Git is told to use no configuration file of its own (GIT_CONFIG_GLOBAL), so there is no place
          to set this.
        </Note>
      )}
      {state.obstacle === 'overridden' && (
        <Note tone="warn">
          It is set, and another setting wins over it
          {state.setIn ? ` in ${visibleText(state.setIn)}` : ''}. Change that one.
        </Note>
      )}
      {change && (
        <>
          <div>
            Git asked for a password by the name of the host alone, so a helper cannot know which of your
            accounts is meant. This is what would be changed:
          </div>
          <div style={{ overflowWrap: 'anywhere' }}>
            In <strong>{visibleText(change.file)}</strong>
          </div>
          <pre className={classes.change} tabIndex={0} aria-label="The change">
            {[
              ...change.removed.map((line) => `- ${visibleText(line)}`),
              ...change.lines.map((line) => `+ ${visibleText(line)}`),
            ].join('\n')}
          </pre>
          <div className={classes.quiet}>
            Nothing else in the file is touched, and you can take it back here.
          </div>
        </>
      )}
    </>
  );
}
