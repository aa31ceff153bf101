import { Button, Group, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import { Dialog } from '../../components/Dialog';
import { KeyChoice } from '../../components/KeyChoice';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { describeError } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';

/** Which SSH key stands for an account. */
export function SshKeyDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const keys = useQuery(query.ssh.keys.queryOptions({ staleTime: 0 }));
  const chosen = useQuery(query.ssh.accountKeys.queryOptions());
  const failed = keys.error ?? chosen.error;
  const before = chosen.data?.find((each) => each.accountId === account.id)?.path ?? null;
  return (
    <Dialog opened onClose={onClose} title={`SSH key of “${visibleText(account.alias)}”`} size={520}>
      {failed ? (
        <ErrorNotice
          error={toAppError(failed)}
          onRetry={() => {
            void keys.refetch();
            void chosen.refetch();
          }}
        />
      ) : !keys.data || !chosen.data ? (
        <Loader aria-label="Looking for SSH keys" />
      ) : (
        <SshKeyForm account={account} keys={keys.data} before={before} onClose={onClose} />
      )}
    </Dialog>
  );
}

function SshKeyForm({
  account,
  keys,
  before,
  onClose,
}: {
  account: Account;
  keys: Parameters<typeof KeyChoice>[0]['keys'];
  before: string | null;
  onClose: () => void;
}) {
  const [path, setPath] = useState(before);
  const save = useMutation(query.ssh.setAccountKey.mutationOptions({ onSuccess: onClose }));
  const failure = save.error ? toAppError(save.error) : null;
  const isField = failure?.kind === 'invalid-input' && failure.field === 'path';
  const host = new URL(account.url).host;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (path !== '' && !save.isPending) save.mutate({ accountId: account.id, path });
      }}
    >
      <Stack gap="sm">
        <div>
          For repositories on {visibleText(host)} that are reached over ssh (git@…) and belong to this
          account. Its public half has to be added to the account there.
        </div>
        {keys.length === 0 && (
          <Note>
            No keys were found in your .ssh folder. “ssh-keygen -t ed25519” makes one, or name another file.
          </Note>
        )}
        <KeyChoice
          label="Key"
          keys={keys}
          value={path}
          none={{
            label: 'Let ssh choose',
            description: 'By your ssh settings and agent, as in a terminal.',
          }}
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
