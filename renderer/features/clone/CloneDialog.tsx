import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { Repository } from '../../../shared/contract/repositories';
import { Dialog } from '../../components/Dialog';
import { client, query } from '../../rpc/client';
import { CloneForm } from './CloneForm';
import { CloneProgress } from './CloneProgress';
import { chosenAccount, type CloneDraft, draftFor, inputOf } from './draft';
import { useCloneRun } from './use-clone-run';

export interface CloneDialogProps {
  opened: boolean;
  onClose: () => void;
  initial?: { url?: string; hosted?: HostedRepository };
  onCloned: (repository: Repository) => void;
}

/** Clones from a picked repository or a pasted address. */
export function CloneDialog({ opened, onClose, initial, onCloned }: CloneDialogProps) {
  // Escape or the cross would end a clone unasked.
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      opened={opened}
      onClose={() => !busy && onClose()}
      title={initial?.hosted ? `Clone ${initial.hosted.name}` : 'Clone a repository'}
      size={580}
      withCloseButton={!busy}
    >
      {opened && <Content initial={initial} onClose={onClose} onCloned={onCloned} onBusy={setBusy} />}
    </Dialog>
  );
}

type ContentProps = Omit<CloneDialogProps, 'opened'> & { onBusy: (busy: boolean) => void };

function Content(props: ContentProps) {
  const preferences = useQuery(query.preferences.get.queryOptions());
  const info = useQuery(query.application.info.queryOptions());
  // Without preferences or facts the dialog still works: the user types the directory.
  if (preferences.isPending || info.isPending) return <Loader role="status" aria-label="Loading" />;
  const home = info.data?.homeDirectory ?? '';
  return (
    <Loaded
      {...props}
      draft={draftFor(props.initial, {
        cloneParent: preferences.data?.cloneParent || home,
        cloneProtocol: preferences.data?.cloneProtocol ?? 'https',
      })}
    />
  );
}

function Loaded({ initial, onClose, onCloned, onBusy, ...first }: ContentProps & { draft: CloneDraft }) {
  const [draft, setDraft] = useState(first.draft);
  // The account that answers when none was chosen: by rule or address.
  const [preselected, setPreselected] = useState('');
  const { run, start, cancel, reset } = useCloneRun(onCloned);
  const isRunning = run.state === 'running';
  useEffect(() => onBusy(isRunning), [isRunning, onBusy]);
  const { hosted } = initial ?? {};

  const begin = () => {
    const input = inputOf(draft, chosenAccount(draft, preselected), hosted);
    // The choice between HTTPS and SSH holds for the next clone; losing it must not stop this one.
    if (hosted?.sshUrl)
      void client.preferences
        .set({ cloneProtocol: draft.url === hosted.sshUrl ? 'ssh' : 'https' })
        .catch(() => undefined);
    start(input);
  };
  if (run.state !== 'idle')
    return (
      <CloneProgress
        run={run}
        url={draft.url}
        accountId={chosenAccount(draft, preselected)}
        target={`${draft.parent.replace(/[\\/]+$/, '')}/${draft.name}`}
        onCancel={cancel}
        onAgain={begin}
        onBack={reset}
      />
    );
  return (
    <CloneForm
      draft={draft}
      onDraft={(change) => setDraft((before) => ({ ...before, ...change }))}
      hosted={hosted}
      onChosen={setPreselected}
      onClose={onClose}
      onSubmit={begin}
    />
  );
}
