import { Button, Group, Loader, Stack, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import type { MoveEntry, MovePlan } from '../../../shared/contract/organization-move';
import { Dialog } from '../../components/Dialog';
import { Note } from '../../components/Note';
import { useNow } from '../../components/RelativeTime';
import { describeInOneLine } from '../../errors/describe';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { authenticationOf } from './draft';
import { endText } from './ending';
import { MoveOrganization } from './MoveOrganization';
import classes from './MoveOrganizationsDialog.module.css';
import { RemoveDialog } from './RemoveDialog';

export interface MoveOrganizationsDialogProps {
  account: Account;
  kind: KindDescriptor;
  ensureSecretStore: () => Promise<boolean>;
  onClose: () => void;
}

/** Nothing is left to do for this organization. */
const isDone = (entry: MoveEntry): boolean =>
  entry.account !== null && entry.account.working && entry.repositories.length === 0;

/**
 * From one token for all organizations to one account each. Every step is kept
 * as soon as it is made, so the dialog may be left and opened again.
 */
export function MoveOrganizationsDialog(props: MoveOrganizationsDialogProps) {
  const { account, kind } = props;
  const [also, setAlso] = useState<string[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const plan = useQuery(
    query.organizationMove.plan.queryOptions({
      input: { accountId: account.id, also },
      placeholderData: keepPreviousData,
      staleTime: 0,
    }),
  );
  const entries = plan.data?.entries ?? [];
  const open = chosen ?? entries.find((entry) => !isDone(entry))?.organization ?? null;
  const left = entries.filter((entry) => !isDone(entry));
  const needed = left.filter((entry) => entry.repositories.length > 0);
  return (
    <Dialog
      opened
      onClose={props.onClose}
      title={`Move “${account.alias}” to one token per organization`}
      size={580}
    >
      <Stack gap={12}>
        <Why plan={plan.data} label={kind.label} />
        {plan.isPending && <Loader size="sm" aria-label="Looking for your organizations" />}
        {plan.error && <ErrorNotice error={toAppError(plan.error)} onRetry={() => void plan.refetch()} />}
        {plan.data?.listFailure && (
          <Note>
            The old token does not tell its organizations: {describeInOneLine(plan.data.listFailure)} Below
            are those found on this machine; add others by their name.
          </Note>
        )}
        {entries.length > 0 && (
          <div className={classes.entries}>
            {entries.map((entry) => (
              <MoveOrganization
                key={entry.organization}
                accountId={account.id}
                entry={entry}
                authentication={authenticationOf(kind, 'personal')}
                done={isDone(entry)}
                opened={open === entry.organization}
                ensureSecretStore={props.ensureSecretStore}
                onOpen={() => setChosen(entry.organization)}
                onDone={() => setChosen(null)}
              />
            ))}
          </div>
        )}
        {plan.data && (
          <AddOrganization
            known={entries.map((entry) => entry.organization)}
            none={entries.length === 0}
            onAdd={(name) => {
              setAlso((names) => [...names, name]);
              setChosen(name);
            }}
          />
        )}
        {plan.data && plan.data.others.length > 0 && (
          <div>
            {plan.data.others.length === 1
              ? 'One repository stays with the old account, because its organization could not be read:'
              : `${plan.data.others.length} repositories stay with the old account, because their organization could not be read:`}
            <ul className={classes.list}>
              {plan.data.others.map((repository) => (
                <li key={repository.id} title={repository.path}>
                  {repository.name}
                </li>
              ))}
            </ul>
          </div>
        )}
        <div role="status">
          {plan.data && entries.length > 0 && left.length === 0 && (
            <Note tone="good">Every organization has its own account. The old one can be removed now.</Note>
          )}
        </div>
      </Stack>
      <Group justify="space-between" mt="lg" gap="xs">
        <Button
          variant={entries.length > 0 && left.length === 0 ? 'filled' : 'default'}
          disabled={needed.length > 0}
          title={
            needed.length > 0
              ? 'Repositories still use the old account. Give their organizations a token first.'
              : undefined
          }
          onClick={() => setRemoving(true)}
        >
          Remove old account…
        </Button>
        <Button variant="default" onClick={props.onClose}>
          {left.length > 0 ? 'Continue later' : 'Close'}
        </Button>
      </Group>
      {isRemoving && <RemoveDialog account={account} onClose={() => setRemoving(false)} />}
    </Dialog>
  );
}

function Why({ plan, label }: { plan: MovePlan | undefined; label: string }) {
  const now = useNow();
  if (!plan) return null;
  return (
    <Note tone="warn">
      {label} refuses tokens for all organizations {endText(plan.until, now)}. Make one token in each
      organization you use; your repositories on this machine then go on with it.
    </Note>
  );
}

function AddOrganization({
  known,
  none,
  onAdd,
}: {
  known: string[];
  none: boolean;
  onAdd: (name: string) => void;
}) {
  const [name, setName] = useState('');
  const typed = name.trim().replace(/\/+$/, '').split('/').at(-1) ?? '';
  const isKnown = known.some((each) => each.toLowerCase() === typed.toLowerCase());
  const problem =
    typed === ''
      ? undefined
      : isKnown
        ? 'It is in the list already.'
        : /^[a-z0-9][\w-]*$/i.test(typed)
          ? undefined
          : 'An organization has only letters, digits and hyphens.';
  return (
    <form
      className={classes.add}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === '' || problem) return;
        onAdd(typed);
        setName('');
      }}
    >
      <TextInput
        label={none ? 'Name of an organization' : 'Another organization'}
        placeholder="fabrikam"
        flex={1}
        value={name}
        error={problem}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={typed === '' || problem !== undefined}>
        Add
      </Button>
    </form>
  );
}
