import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Repository } from '../../../shared/contract/repositories';
import { Dialog } from '../../components/Dialog';
import { DirectoryField } from '../../components/DirectoryField';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { completeDirectory, pickDirectory } from '../../rpc/directories';

export interface OpenRepositoryDialogProps {
  onClose: () => void;
  onOpened: (repository: Repository) => void;
  /** What the system's picker gave, where it was asked first. */
  start?: string;
}

/** Opens a repository from a folder of this machine. */
export function OpenRepositoryDialog({ onClose, onOpened, start }: OpenRepositoryDialogProps) {
  const info = useQuery(query.application.info.queryOptions());
  const [typed, setPath] = useState<string | null>(start ?? null);
  const home = info.data?.homeDirectory;
  const separator = home?.includes('\\') ? '\\' : '/';
  const path = typed ?? (home ? home + separator : '');
  const open = useMutation(query.repositories.open.mutationOptions({ onSuccess: onOpened }));
  return (
    <Dialog opened onClose={onClose} title="Open a repository" size={520}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '' && !open.isPending) open.mutate({ path: path.trim() });
        }}
      >
        <Stack gap={12}>
          <DirectoryField
            autoFocus
            label="Folder"
            description="The folder of the repository, or any folder inside it."
            value={path}
            onChange={(next) => {
              setPath(next);
              open.reset();
            }}
            complete={completeDirectory}
            pick={
              info.data?.shell === 'desktop'
                ? async (from) => (await pickDirectory('Open a repository', from)) ?? null
                : undefined
            }
          />
          {open.error && <ErrorNotice error={toAppError(open.error)} form />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={path.trim() === ''} loading={open.isPending}>
              Open
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
