import { Button, Checkbox, Group, Radio, Select, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type {
  CommitIdentity,
  IdentityState,
  RepositoryChoice,
  RuleScope,
} from '../../../shared/contract/bindings';
import { Dialog } from '../../components/Dialog';
import { DirectoryField } from '../../components/DirectoryField';
import { IdentityFields } from '../../components/IdentityFields';
import { Note } from '../../components/Note';
import { visibleText } from '../../components/visible-text';
import { hostWords, identityWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, toAppError } from '../../rpc/client';
import { completeDirectory } from '../../rpc/directories';

type Scope = 'repository' | RuleScope['kind'];

export interface BindingDialogProps {
  repositoryId: string;
  choice: RepositoryChoice;
  identity: IdentityState;
  accounts: readonly Account[];
  onClose: () => void;
}

function parentOf(folder: string): string {
  return folder.replace(/[\\/]+[^\\/]+[\\/]*$/, '') || '/';
}

function prefilled(account: Account | undefined, effective: CommitIdentity): CommitIdentity {
  return {
    name: account?.user?.name || account?.user?.login || effective.name,
    email: account?.email || effective.email,
    signingKey: '',
  };
}

/** Account and identity of a repository, and how far the choice reaches. */
export function BindingDialog({ repositoryId, choice, identity, accounts, onClose }: BindingDialogProps) {
  const { place } = choice;
  const [accountId, setAccountId] = useState(choice.accountId ?? choice.candidates[0] ?? '');
  const [scope, setScope] = useState<Scope>('repository');
  const [folder, setFolder] = useState(parentOf(choice.folder));
  const [wanted, setWanted] = useState<CommitIdentity | null>(choice.identity);
  const [isWritten, setWritten] = useState(true);
  const account = accounts.find((one) => one.id === accountId);
  const fits = (one: Account) => !place || one.origins.git.includes(place.origin);
  const option = (one: Account) => ({
    value: one.id,
    label: [one.alias, one.user?.login ?? ''].filter((part) => part !== '').join(', '),
  });
  const others = accounts.filter((one) => !fits(one));
  const isElsewhere = account !== undefined && !fits(account);

  const save = useMutation({
    async mutationFn() {
      if (scope === 'repository')
        await client.bindings.bindRepository({
          repositoryId,
          accountId: accountId || null,
          identity: wanted,
        });
      else {
        const where: RuleScope | null =
          scope === 'folder'
            ? { kind: 'folder', folder: folder.trim() }
            : place && scope === 'host'
              ? { kind: 'host', origin: place.origin }
              : place?.organization
                ? { kind: 'path', origin: place.origin, path: place.organization }
                : null;
        if (!where) return;
        await client.bindings.putRule({ id: null, scope: where, accountId, identity: wanted });
        // Its own binding would go before the rule.
        if (choice.bound.accountId !== null || choice.bound.identity !== null)
          await client.bindings.bindRepository({ repositoryId, accountId: null, identity: null });
      }
      if (wanted && isWritten) await client.bindings.applyIdentity({ repositoryId });
    },
    onSuccess: onClose,
  });
  const scopes: { value: Scope; label: string; shown: boolean }[] = [
    { value: 'repository', label: 'This repository', shown: true },
    {
      value: 'path',
      label: `Everything below ${place ? `${hostWords(place.origin)}/${place.organization ?? ''}` : ''}`,
      shown: place?.organization != null,
    },
    { value: 'host', label: `Everything on ${place ? hostWords(place.origin) : ''}`, shown: place !== null },
    { value: 'folder', label: 'Every repository in a folder', shown: true },
  ];
  const isReady =
    (scope === 'repository' || (account !== undefined && !isElsewhere)) &&
    (scope !== 'folder' || folder.trim() !== '') &&
    (wanted === null || wanted.name + wanted.email + wanted.signingKey !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !save.isPending) save.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title="Account and identity" size={520}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Select
            label="Account"
            data-autofocus
            allowDeselect={false}
            maxDropdownHeight={260}
            value={accountId}
            data={[
              { group: 'Without a binding', items: [{ value: '', label: 'By rule or address' }] },
              ...(accounts.some(fits)
                ? [
                    {
                      group: place ? `On ${place.host}` : 'Accounts',
                      items: accounts.filter(fits).map(option),
                    },
                  ]
                : []),
              ...(others.length > 0 ? [{ group: 'Other hosts', items: others.map(option) }] : []),
            ]}
            onChange={(id) => {
              setAccountId(id ?? '');
              if (id === '' || id === null) setScope('repository');
            }}
          />
          {isElsewhere && place && (
            <Note tone="warn">
              This account is not on {place.host}: its token is not used for the remote.
            </Note>
          )}
          <Radio.Group
            label="Use it for"
            value={scope}
            onChange={(value) => {
              const chosen = scopes.find((each) => each.value === value);
              if (chosen) setScope(chosen.value);
            }}
          >
            <Stack gap={6} mt={4}>
              {scopes
                .filter((each) => each.shown)
                .map((each) => (
                  <Radio
                    key={each.value}
                    value={each.value}
                    label={visibleText(each.label)}
                    disabled={each.value !== 'repository' && (account === undefined || isElsewhere)}
                    styles={{ label: { overflowWrap: 'anywhere' } }}
                  />
                ))}
            </Stack>
          </Radio.Group>
          {scope === 'folder' && (
            <DirectoryField label="Folder" value={folder} onChange={setFolder} complete={completeDirectory} />
          )}
          <Radio.Group
            label="Commits"
            value={wanted === null ? 'git' : 'own'}
            onChange={(value) =>
              setWanted(value === 'own' ? (choice.identity ?? prefilled(account, identity.effective)) : null)
            }
          >
            <Stack gap={6} mt={4}>
              <Radio
                value="git"
                label={`As Git is configured${identity.complete ? `: ${visibleText(identityWords(identity.effective) || 'nobody yet')}` : ''}`}
                styles={{ label: { overflowWrap: 'anywhere' } }}
              />
              <Radio value="own" label="As this person" />
            </Stack>
          </Radio.Group>
          {wanted !== null && (
            <>
              <IdentityFields value={wanted} onChange={setWanted} />
              <Checkbox
                label="Write it into this repository’s own configuration now"
                description="What was there is kept and can be put back. Without it you are only warned."
                checked={isWritten}
                onChange={(event) => setWritten(event.currentTarget.checked)}
              />
            </>
          )}
          {save.error && <ErrorNotice error={toAppError(save.error)} form />}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isReady} loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
