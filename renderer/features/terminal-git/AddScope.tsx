import { Button, Group, Select, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { TerminalScope } from '../../../shared/contract/terminal-git';
import { Dialog } from '../../components/Dialog';
import { DirectoryField } from '../../components/DirectoryField';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import { completeDirectory, pickDirectory, useHasPicker } from '../../rpc/directories';

interface AddProps {
  onChosen: (scope: TerminalScope) => void;
  onClose: () => void;
}

/** Which folder; what would be written is shown next. */
export function AddFolder({ onChosen, onClose }: AddProps) {
  const info = useQuery(query.application.info.queryOptions());
  const hasPicker = useHasPicker();
  const [typed, setTyped] = useState<string | null>(null);
  const home = info.data?.homeDirectory;
  const folder = typed ?? (home ? home + (home.includes('\\') ? '\\' : '/') : '');
  const look = useMutation({
    mutationFn: (path: string) => client.terminalGit.scope({ scope: { kind: 'folder', folder: path } }),
    onSuccess: ({ scope, obstacle }) => {
      if (obstacle !== 'folder-missing') onChosen(scope);
    },
  });
  const error = look.error ? toAppError(look.error) : null;
  const isMissing = look.data?.obstacle === 'folder-missing';
  const isRelative = error?.kind === 'invalid-input' && error.reason === 'absolute-path';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (folder.trim() !== '' && !look.isPending) look.mutate(folder.trim());
  };
  return (
    <Dialog opened onClose={onClose} title="Use Polyforge in a folder" size={520}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <DirectoryField
            autoFocus
            label="Folder"
            description="Every repository in it, and everything cloned into it later, submodules included."
            value={folder}
            error={
              isRelative
                ? 'Enter the complete path of a folder.'
                : isMissing
                  ? 'There is no such folder.'
                  : undefined
            }
            onChange={(next) => {
              setTyped(next);
              look.reset();
            }}
            complete={completeDirectory}
            pick={
              hasPicker ? async (from) => (await pickDirectory('Choose a folder', from)) ?? null : undefined
            }
          />
          {error && !isRelative && <ErrorNotice error={error} form />}
          <Buttons isReady={folder.trim() !== ''} isPending={look.isPending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

/** Which of the known repositories. */
export function AddRepository({ onChosen, onClose }: AddProps) {
  const repositories = useQuery(query.repositories.list.queryOptions());
  const [id, setId] = useState<string | null>(null);
  const list = repositories.data ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (id !== null) onChosen({ kind: 'repository', repositoryId: id });
  };
  return (
    <Dialog opened onClose={onClose} title="Use Polyforge in one repository" size={520}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          {repositories.error && (
            <ErrorNotice error={toAppError(repositories.error)} onRetry={() => void repositories.refetch()} />
          )}
          {repositories.data && list.length === 0 && (
            <Note>Polyforge knows no repository yet. Clone or open one first.</Note>
          )}
          {list.length > 0 && (
            <Select
              label="Repository"
              data-autofocus
              searchable
              maxDropdownHeight={260}
              nothingFoundMessage="No repository of that name"
              value={id}
              data={list.map((one) => ({
                value: one.id,
                label: visibleText(`${one.name}, ${one.path}`),
              }))}
              onChange={setId}
            />
          )}
          <Buttons isReady={id !== null} isPending={false} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

function Buttons({
  isReady,
  isPending,
  onClose,
}: {
  isReady: boolean;
  isPending: boolean;
  onClose: () => void;
}) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" disabled={!isReady} loading={isPending}>
        Show the lines
      </Button>
    </Group>
  );
}
