import { Button, Loader, Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconChevronDown,
  IconFingerprint,
  IconPencil,
  IconRoute,
  IconTerminal2,
  IconUserCheck,
} from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account } from '../../../shared/contract/accounts';
import type { IdentityState, RepositoryChoice } from '../../../shared/contract/bindings';
import { Note } from '../../components/Note';
import { ProviderIcon } from '../../components/ProviderIcon';
import { visibleText } from '../../components/visible-text';
import { usePerformErrorAction } from '../../errors/actions';
import { choiceWords, identityWords, warningWords } from '../../errors/describe-choice';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { client, query, toAppError } from '../../rpc/client';
import styles from './AccountBar.module.css';
import { BindingDialog } from './BindingDialog';
import { RepositoryKeyDialog } from './RepositoryKeyDialog';

const icon = { size: 15, 'aria-hidden': true } as const;

/** Where the effective e-mail comes from, in words. */
function sourceWords({ source, complete }: IdentityState): string {
  if (source === null) return complete ? 'Git has no e-mail set' : 'not set in this repository';
  if (source === 'local') return 'set in this repository';
  if (source === 'global') return 'from your Git configuration';
  if (source === 'system') return 'from the Git of this machine';
  return `from ${source}`;
}

/** Which account answers for this repository and who commits here: why, what is wrong, and how to change it. */
export function AccountBar({ repositoryId }: { repositoryId: string }) {
  const accounts = useQuery(query.accounts.list.queryOptions());
  const choice = useQuery(query.bindings.choice.queryOptions({ input: { repositoryId } }));
  const identity = useQuery(query.bindings.identity.queryOptions({ input: { repositoryId }, staleTime: 0 }));
  const [isOpen, setOpen] = useState(false);
  const [isKeyOpen, setKeyOpen] = useState(false);
  const apply = useMutation(query.bindings.applyIdentity.mutationOptions());
  const restore = useMutation(query.bindings.restoreIdentity.mutationOptions());
  const failed = choice.error ?? identity.error;
  if (failed)
    return (
      <ErrorNotice
        shape="line"
        error={toAppError(failed)}
        onRetry={() => {
          void choice.refetch();
          void identity.refetch();
        }}
      />
    );
  if (!choice.data || accounts.isPending)
    return (
      <span className={styles.fact}>
        <Loader size={14} aria-label="Looking for the account" />
      </span>
    );
  const list = accounts.data ?? [];
  const state = identity.data;
  const undone = apply.error ?? restore.error;
  return (
    <>
      <AccountMenu
        repositoryId={repositoryId}
        choice={choice.data}
        accounts={list}
        identity={state}
        onChange={() => setOpen(true)}
        onKey={() => setKeyOpen(true)}
        onApply={() => apply.mutate({ repositoryId })}
        onRestore={() => restore.mutate({ repositoryId })}
      />
      {state && <CommitsAs state={state} />}
      <Warnings
        choice={choice.data}
        identity={state}
        isPending={apply.isPending}
        onApply={() => apply.mutate({ repositoryId })}
        onChange={() => setOpen(true)}
      />
      {undone && <ErrorNotice shape="line" error={toAppError(undone)} />}
      {isKeyOpen && <RepositoryKeyDialog repositoryId={repositoryId} onClose={() => setKeyOpen(false)} />}
      {isOpen && state && (
        <BindingDialog
          repositoryId={repositoryId}
          choice={choice.data}
          identity={state}
          accounts={list}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function CommitsAs({ state }: { state: IdentityState }) {
  const words = identityWords({ ...state.effective, signingKey: '' });
  return (
    <span className={styles.fact} title={`${words || 'Nobody'}, ${sourceWords(state)}`}>
      Commits as <span className={styles.strong}>{words === '' ? 'nobody yet' : visibleText(words)}</span>
    </span>
  );
}

interface AccountMenuProps {
  repositoryId: string;
  choice: RepositoryChoice;
  accounts: readonly Account[];
  identity: IdentityState | undefined;
  onChange: () => void;
  onKey: () => void;
  onApply: () => void;
  onRestore: () => void;
}

/** The accounts that may answer here: those of the remote's host; all of them where there is no remote. */
function fittingAccounts(choice: RepositoryChoice, accounts: readonly Account[]): Account[] {
  const { place } = choice;
  return accounts.filter((account) => !place || account.origins.git.includes(place.origin));
}

function AccountMenu({ repositoryId, choice, accounts, identity, ...on }: AccountMenuProps) {
  const perform = usePerformErrorAction();
  const bind = useMutation({
    mutationFn: (accountId: string | null) =>
      client.bindings.bindRepository({ repositoryId, accountId, identity: choice.bound.identity }),
  });
  const account = accounts.find((one) => one.id === choice.accountId);
  const fitting = fittingAccounts(choice, accounts);
  const why = choiceWords(choice);
  return (
    <span className={styles.fact}>
      Account
      <Menu position="bottom-start" shadow="md" width={320}>
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            className={styles.button}
            loading={bind.isPending}
            aria-label={`Account of this repository: ${account ? account.alias : 'none'}, ${why}`}
            leftSection={account && <ProviderIcon provider={account.provider} size={15} label={false} />}
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            <span className={styles.cut}>
              {account ? visibleText(account.alias) : choice.candidates.length > 0 ? 'Choose…' : 'None'}
            </span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {fitting.length > 0 && <Menu.Label>Use for this repository</Menu.Label>}
          {fitting.slice(0, 8).map((one) => (
            <Menu.Item
              key={one.id}
              leftSection={<ProviderIcon provider={one.provider} size={15} label={false} />}
              rightSection={choice.bound.accountId === one.id ? 'bound' : undefined}
              onClick={() => bind.mutate(one.id)}
            >
              {visibleText(one.alias)}
            </Menu.Item>
          ))}
          {choice.bound.accountId !== null && (
            <Menu.Item onClick={() => bind.mutate(null)}>By rule or address</Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPencil {...icon} />} onClick={on.onChange}>
            Change account or identity…
          </Menu.Item>
          <Menu.Item leftSection={<IconFingerprint {...icon} />} onClick={on.onKey}>
            SSH key…
          </Menu.Item>
          {identity?.mismatch && (
            <Menu.Item leftSection={<IconUserCheck {...icon} />} onClick={on.onApply}>
              Write the identity into this repository
            </Menu.Item>
          )}
          {identity?.written === 'yes' && (
            <Menu.Item leftSection={<IconArrowBackUp {...icon} />} onClick={on.onRestore}>
              Put back the identity that was there
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconRoute {...icon} />}
            onClick={() =>
              perform({ kind: 'open-preferences', label: 'Account rules', section: 'account-rules' })
            }
          >
            Manage rules…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTerminal2 {...icon} />}
            onClick={() => perform({ kind: 'terminal-git', label: 'Terminal Git', repositoryId })}
          >
            Use in terminal Git…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <span className={styles.why} title={why}>
        {visibleText(why)}
      </span>
      {bind.error !== null && <ErrorNotice shape="line" error={toAppError(bind.error)} />}
    </span>
  );
}

function Warnings({
  choice,
  identity,
  isPending,
  onApply,
  onChange,
}: {
  choice: RepositoryChoice;
  identity: IdentityState | undefined;
  isPending: boolean;
  onApply: () => void;
  onChange: () => void;
}) {
  const isWrong = identity?.mismatch === true && identity.wanted !== null;
  if (choice.warnings.length === 0 && !isWrong) return null;
  return (
    <div className={styles.warnings}>
      {choice.warnings.map((warning) => (
        <Note key={warning.kind} tone="warn">
          <div className={styles.warning}>
            <span>{visibleText(warningWords(warning))}</span>
            <Button size="compact-sm" variant="default" onClick={onChange}>
              Change…
            </Button>
          </div>
        </Note>
      ))}
      {isWrong && identity.wanted && (
        <Note tone="warn">
          <div className={styles.warning}>
            <span>
              Commits here would be by{' '}
              <strong>
                {visibleText(identityWords({ ...identity.effective, signingKey: '' }) || 'nobody')}
              </strong>
              {identity.complete ? '' : ', as far as the built-in engine can see'}, but this binding wants{' '}
              <strong>{visibleText(identityWords(identity.wanted))}</strong>.
            </span>
            <Button size="compact-sm" variant="default" loading={isPending} onClick={onApply}>
              Write it into this repository
            </Button>
          </div>
        </Note>
      )}
    </div>
  );
}
