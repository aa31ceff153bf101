import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import { Dialog } from '../../components/Dialog';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';

/** Changes the alias alone; nothing is asked of the provider. */
export function RenameDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const [alias, setAlias] = useState(account.alias);
  const rename = useMutation(query.accounts.rename.mutationOptions({ onSuccess: onClose }));
  const isEmpty = alias.trim() === '';
  return (
    <Dialog opened onClose={onClose} title="Rename account" size={400}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isEmpty && !rename.isPending) rename.mutate({ accountId: account.id, alias: alias.trim() });
        }}
      >
        <TextInput
          data-autofocus
          label="Alias"
          maxLength={200}
          value={alias}
          error={isEmpty ? 'Give it a name.' : undefined}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setAlias(event.currentTarget.value)}
        />
        {rename.error && (
          <Group mt="sm">
            <ErrorNotice error={toAppError(rename.error)} form />
          </Group>
        )}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={isEmpty} loading={rename.isPending}>
            Rename
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
