import { Button, Group, Loader, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PushPlan, PushResult } from '../../../shared/contract/remotes';
import { Dialog } from '../../components/Dialog';
import { Note } from '../../components/Note';
import { visibleName, visibleText } from '../../components/visible-text';
import { identityWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import { useWork } from '../../rpc/follow';
import { PushUnknown } from './PushUnknown';
import { Rejected } from './Rejected';
import styles from './RemoteBar.module.css';
import { pushWords } from './words';

export interface PushDialogProps {
  repositoryId: string;
  branch: string;
  onClose: () => void;
  /** Fetches and merges what the server has. */
  onPull: () => void;
}

/** Where a branch of the server is pushed to. */
export interface PushTarget {
  remote: string;
  to: string;
}

/**
 * Pushes one branch: where to, how it went, and what to do where the server
 * said no. `data-autofocus` counts when the dialog opens; what comes later
 * takes the focus over with `autoFocus`.
 */
export function PushDialog(props: PushDialogProps) {
  const { repositoryId, branch, onClose } = props;
  // Where the user wants something else than the usual.
  const [chosen, setChosen] = useState<Partial<PushTarget>>({});
  const plan = useQuery(
    query.remotes.pushPlan.queryOptions({ input: { repositoryId, branch, ...chosen }, staleTime: 0 }),
  );
  const { work, start, cancel, reset } = useWork<PushResult>();
  // While a push runs and after it, the plan it was made by stays, whatever the refs say by now.
  const [pushed, setPushed] = useState<PushPlan | null>(null);
  const push = (by: PushPlan, overwrite: string | null) => {
    const { remote, to } = by;
    if (remote === null) return;
    setPushed(by);
    start((signal) =>
      client.remotes.push(
        { repositoryId, branch, remote, to, setUpstream: by.setUpstream, overwrite },
        { signal },
      ),
    );
  };
  const shown = work.state === 'idle' ? plan.data : (pushed ?? plan.data);
  const target = shown?.remote ? `${visibleName(shown.remote)}/${visibleName(shown.to)}` : '';
  const close = () => {
    cancel();
    onClose();
  };
  return (
    <Dialog opened onClose={close} title={`Push ${visibleName(branch)}`} size={520}>
      <Stack gap="sm">
        {plan.error !== null && (
          <ErrorNotice error={toAppError(plan.error)} onRetry={() => void plan.refetch()} />
        )}
        {!shown && plan.error === null && <Loader size="sm" aria-label="Looking where the push goes" />}
        {shown && work.state === 'idle' && (
          <PushForm
            repositoryId={repositoryId}
            plan={shown}
            chosen={chosen}
            onChoose={setChosen}
            onPush={() => push(shown, null)}
            onClose={close}
          />
        )}
        {work.state === 'running' && (
          <>
            <div className={styles.says}>
              <progress
                className={styles.progress}
                value={work.progress.fraction}
                aria-label={work.progress.phase}
              />
              <span className={styles.text}>
                {work.cancelling ? 'Cancelling…' : `${visibleText(work.progress.phase)}, to ${target}`}
              </span>
            </div>
            <Group justify="flex-end">
              <Button variant="default" onClick={cancel} disabled={work.cancelling} data-autofocus autoFocus>
                Cancel
              </Button>
            </Group>
          </>
        )}
        {shown && work.state === 'failed' && work.error.kind === 'push-unknown' && (
          <PushUnknown
            repositoryId={repositoryId}
            branch={branch}
            plan={shown}
            error={work.error}
            onAgain={reset}
            onClose={onClose}
          />
        )}
        {work.state === 'failed' && work.error.kind !== 'push-unknown' && (
          <>
            <ErrorNotice error={work.error} subject={{ repositoryId }} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Close
              </Button>
              <Button onClick={reset} data-autofocus autoFocus>
                Change something
              </Button>
            </Group>
          </>
        )}
        {shown && work.state === 'done' && work.result.result === 'rejected' && (
          <Rejected
            repositoryId={repositoryId}
            plan={shown}
            rejection={work.result}
            onPull={props.onPull}
            onElsewhere={reset}
            onOverwrite={(seen) => push(shown, seen)}
            onClose={onClose}
          />
        )}
        {work.state === 'done' && work.result.result !== 'rejected' && (
          <>
            <Note tone="good">{pushWords(work.result, target)}</Note>
            <Group justify="flex-end">
              <Button onClick={onClose} data-autofocus autoFocus>
                Close
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Dialog>
  );
}

interface PushFormProps {
  repositoryId: string;
  plan: PushPlan;
  chosen: Partial<PushTarget>;
  onChoose: (target: Partial<PushTarget>) => void;
  onPush: () => void;
  onClose: () => void;
}

function PushForm({ repositoryId, plan, chosen, onChoose, onPush, onClose }: PushFormProps) {
  const identity = useQuery(query.bindings.identity.queryOptions({ input: { repositoryId }, staleTime: 0 }));
  const to = chosen.to ?? plan.to;
  const isEmpty = to.trim() === '';
  const mismatch = identity.data?.mismatch === true ? identity.data.wanted : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) onPush();
      }}
    >
      <Stack gap="sm">
        <Group gap="sm" grow align="flex-start">
          <Select
            label="Remote"
            data={plan.remotes.map((name) => ({ value: name, label: visibleName(name) }))}
            value={plan.remote}
            allowDeselect={false}
            onChange={(remote) => remote !== null && onChoose({ ...chosen, remote })}
          />
          <TextInput
            label="Branch on the server"
            value={to}
            spellCheck={false}
            error={isEmpty ? 'Give it a name.' : undefined}
            data-autofocus
            autoFocus
            onChange={(event) => onChoose({ ...chosen, to: event.currentTarget.value })}
          />
        </Group>
        <p className={styles.quiet}>{distanceWords(plan)}</p>
        {mismatch && identity.data && (
          <Note tone="warn">
            Commits here are made as {visibleText(identityWords(identity.data.effective) || 'nobody')}, but
            this repository’s account wants {visibleText(identityWords(mismatch))}. Look at the authors before
            you push.
          </Note>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={isEmpty}>
            Push
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function distanceWords({ ahead, behind, seen, setUpstream }: PushPlan): string {
  const follows = setUpstream ? ' Your branch follows it from then on.' : '';
  if (seen === null) return `As far as is known, the server has no branch of this name yet.${follows}`;
  if (ahead === null || behind === null) return `The server has a branch of this name.${follows}`;
  if (behind > 0)
    return `The server has ${behind === 1 ? 'a commit' : `${behind.toLocaleString()} commits`} that ${behind === 1 ? 'is' : 'are'} not here: pull first.${follows}`;
  if (ahead === 0) return `The server has everything already, as far as is known.${follows}`;
  return `${ahead === 1 ? '1 commit' : `${ahead.toLocaleString()} commits`} to push.${follows}`;
}
