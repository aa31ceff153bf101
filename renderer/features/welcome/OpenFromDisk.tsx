import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Repository } from '../../../shared/contract/repositories';
import { DirectoryField } from '../../components/DirectoryField';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';
import { completeDirectory, pickDirectory, useHasPicker } from '../../rpc/directories';
import styles from './WelcomeView.module.css';

/** Opens a folder: with the system's picker, or typed with completion where there is none. */
export function OpenFromDisk({ onOpened }: { onOpened: (repository: Repository) => void }) {
  const [path, setPath] = useState('');
  const hasPicker = useHasPicker();
  const open = useMutation({
    mutationFn: (from: string) => client.repositories.open({ path: from.trim() }),
    onSuccess: onOpened,
  });
  const pick = async (start: string) => {
    const picked = (await pickDirectory('Open a repository', start)) ?? null;
    if (picked !== null) open.mutate(picked);
    return picked;
  };
  return (
    <section aria-label="Open from disk">
      <form
        className={styles.disk}
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '') open.mutate(path);
        }}
      >
        <div className={styles.field}>
          <DirectoryField
            label="Open a repository of this machine"
            value={path}
            onChange={(typed) => {
              setPath(typed);
              open.reset();
            }}
            complete={completeDirectory}
            placeholder="Full path of its folder"
            pick={hasPicker ? pick : undefined}
          />
        </div>
        <Button type="submit" variant="default" disabled={path.trim() === ''} loading={open.isPending}>
          Open
        </Button>
      </form>
      {open.error !== null && <ErrorNotice error={toAppError(open.error)} />}
    </section>
  );
}
