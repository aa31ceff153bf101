import { Loader } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Account } from '../../../shared/contract/accounts';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { ErrorNotice } from '../../errors/ErrorNotice';
import { query, toAppError } from '../../rpc/client';
import { placeOf } from './status';

/** More names than this do not help the decision. */
const named = 6;

/** Asks, and says what stops working. */
export function RemoveDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const impact = useQuery(
    query.accounts.removalImpact.queryOptions({ input: { accountId: account.id }, staleTime: 0 }),
  );
  const rules = useQuery(query.bindings.rules.queryOptions());
  const ruled = (rules.data ?? []).filter((rule) => rule.accountId === account.id);
  const remove = useMutation(query.accounts.remove.mutationOptions({ onSuccess: onClose }));
  const repositories = impact.data?.repositories ?? [];
  return (
    <ConfirmDialog
      opened
      danger
      title={`Remove “${account.alias}”?`}
      confirm="Remove account"
      busy={remove.isPending}
      onCancel={onClose}
      onConfirm={() => remove.mutate({ accountId: account.id })}
    >
      <p style={{ marginTop: 0 }}>
        Its stored {account.authenticationType === 'app' ? 'private key' : 'token'} is deleted from this
        machine, and what this account showed of <strong>{placeOf(account)}</strong> leaves the lists of
        repositories and pull requests. Nothing changes on the server, where it stays valid until you revoke
        it.
      </p>
      {impact.isPending && <Loader size="xs" aria-label="Looking for repositories that use it" />}
      {impact.error && <ErrorNotice error={toAppError(impact.error)} onRetry={() => void impact.refetch()} />}
      {impact.data &&
        (repositories.length === 0 ? (
          <p>No repository on this machine uses it.</p>
        ) : (
          <>
            <p style={{ marginBottom: 4 }}>
              {repositories.length === 1
                ? 'One repository on this machine uses it and stays where it is; Git will ask for a user name and password there:'
                : `${repositories.length} repositories on this machine use it and stay where they are; Git will ask for a user name and password there:`}
            </p>
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {repositories.slice(0, named).map((repository) => (
                <li key={repository.id} title={repository.path}>
                  {repository.name}
                </li>
              ))}
              {repositories.length > named && <li>and {repositories.length - named} more</li>}
            </ul>
          </>
        ))}
      {ruled.length > 0 && (
        <p>
          {ruled.length === 1 ? 'One account rule names it' : `${ruled.length} account rules name it`}; under
          Preferences, Account Rules, you can give {ruled.length === 1 ? 'it' : 'them'} to another account.
        </p>
      )}
      {remove.error && <ErrorNotice error={toAppError(remove.error)} />}
    </ConfirmDialog>
  );
}
