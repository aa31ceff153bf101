import { Button, Group, Stack, TextInput } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import { knownEnd } from '../../../shared/expiry';
import { Dialog } from '../../components/Dialog';
import { useOpenExternal } from '../../components/ExternalLink';
import { Note } from '../../components/Note';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { draftOf } from './draft';
import { shownDate } from './expiry-rows';

export interface SetExpiryDialogProps {
  account: Account;
  kind: KindDescriptor;
  onClose: () => void;
  onSaved: (account: Account) => void;
}

/** The token's last day as the user knows it; the token itself stays as it is. */
export function SetExpiryDialog({ account, kind, onClose, onSaved }: SetExpiryDialogProps) {
  const stored = account.expirySource === 'user' ? (account.expiresOn ?? '').slice(0, 10) : '';
  const [expiresOn, setExpiresOn] = useState(stored);
  const save = useMutation(query.accounts.setExpiry.mutationOptions({ onSuccess: onSaved }));
  const page = useQuery(query.accounts.tokenPage.queryOptions({ input: draftOf(account) }));
  const openExternal = useOpenExternal();
  const pageUrl = page.data?.url;
  const end = knownEnd(account);
  return (
    <Dialog opened onClose={onClose} title={`Expiry date of “${account.alias}”`} size={440}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isPending) save.mutate({ accountId: account.id, expiresOn });
        }}
      >
        <Stack gap={12}>
          <TextInput
            data-autofocus
            type="date"
            label="Expires on"
            description={`The last day the token works. ${kind.label} shows it where your tokens are listed; empty: it does not expire.`}
            styles={{ input: { width: 190 } }}
            value={expiresOn}
            onChange={(event) => setExpiresOn(event.currentTarget.value)}
          />
          {end?.source === 'policy' && (
            <Note tone="warn">
              {kind.label} ends tokens of this kind on {shownDate(end.on)} at the latest, whatever date they
              carry.
            </Note>
          )}
          {pageUrl && (
            <div>
              <Button
                size="compact-sm"
                variant="default"
                rightSection={<IconExternalLink size={13} aria-hidden />}
                onClick={() => openExternal(pageUrl)}
              >
                Open token page
              </Button>
            </div>
          )}
          {save.error && <ErrorNotice error={toAppError(save.error)} form />}
        </Stack>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={expiresOn === stored}>
            {expiresOn === '' && stored !== '' ? 'Forget date' : 'Save'}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
