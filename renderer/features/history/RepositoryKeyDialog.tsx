import { Button, Group, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SshChoice, SshKey } from '../../../shared/contract/ssh';
import { Dialog } from '../../components/Dialog';
import { KeyChoice } from '../../components/KeyChoice';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { describeError } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';

/** Which SSH key is used for one repository. */
export function RepositoryKeyDialog({
  repositoryId,
  onClose,
}: {
  repositoryId: string;
  onClose: () => void;
}) {
  const keys = useQuery(query.ssh.keys.queryOptions({ staleTime: 0 }));
  const choice = useQuery(query.ssh.choice.queryOptions({ input: { repositoryId }, staleTime: 0 }));
  const failed = keys.error ?? choice.error;
  return (
    <Dialog opened onClose={onClose} title="SSH key of this repository" size={520}>
      {failed ? (
        <ErrorNotice
          error={toAppError(failed)}
          onRetry={() => {
            void keys.refetch();
            void choice.refetch();
          }}
        />
      ) : !keys.data || !choice.data ? (
        <Loader aria-label="Looking for SSH keys" />
      ) : (
        <RepositoryKeyForm
          repositoryId={repositoryId}
          keys={keys.data}
          choice={choice.data}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

function RepositoryKeyForm({
  repositoryId,
  keys,
  choice,
  onClose,
}: {
  repositoryId: string;
  keys: readonly SshKey[];
  choice: SshChoice;
  onClose: () => void;
}) {
  const before = choice.source === 'repository' ? choice.path : null;
  const [path, setPath] = useState(before);
  const save = useMutation(query.ssh.setRepositoryKey.mutationOptions({ onSuccess: onClose }));
  const failure = save.error ? toAppError(save.error) : null;
  const isField = failure?.kind === 'invalid-input' && failure.field === 'path';
  const ofAccount = choice.source === 'account' ? choice.path : null;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (path !== '' && !save.isPending) save.mutate({ repositoryId, path });
      }}
    >
      <Stack gap="sm">
        <div>
          Used where this repository’s remote is reached over ssh (git@…), before the key of its account.
        </div>
        {choice.missing && (
          <Note tone="warn">
            The key {visibleText(choice.path ?? '')} is not there any more. Choose another one.
          </Note>
        )}
        {keys.length === 0 && (
          <Note>
            No keys were found in your .ssh folder. “ssh-keygen -t ed25519” makes one, or name another file.
          </Note>
        )}
        <KeyChoice
          label="Key"
          keys={keys}
          value={path}
          none={
            ofAccount === null
              ? {
                  label: 'As its account',
                  description: 'The key of the account that answers here; without one, ssh chooses.',
                }
              : { label: 'As its account', description: `Now ${visibleText(ofAccount)}` }
          }
          error={isField ? describeError(failure)?.text : undefined}
          onChange={(next) => {
            save.reset();
            setPath(next);
          }}
        />
        {!isField && <ErrorNotice error={failure} form />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={path === '' || path === before}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
