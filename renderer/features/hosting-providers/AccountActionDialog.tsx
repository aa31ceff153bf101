import { useQuery } from '@tanstack/react-query';
import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import { query } from '../../rpc/client';
import { AccountDialog } from './AccountDialog';
import type { AccountAction } from './AccountRow';
import type { Correction } from './correct';
import { MoveOrganizationsDialog } from './MoveOrganizationsDialog';
import { RemoveDialog } from './RemoveDialog';
import { RenameDialog } from './RenameDialog';
import { ReplaceTokenDialog } from './ReplaceTokenDialog';
import { SignInAgainDialog } from './SignInAgainDialog';
import { SetExpiryDialog } from './SetExpiryDialog';
import { SshKeyDialog } from './SshKeyDialog';

/** The dialog of one action on one account; nothing once the account is gone. */
export function AccountActionDialog({
  account,
  action,
  kinds,
  correction,
  ensureSecretStore,
  onClose,
  onDone,
}: {
  account: Account | undefined;
  action: AccountAction;
  kinds: readonly KindDescriptor[];
  /** Of the action `edit`. */
  correction?: Correction;
  ensureSecretStore: () => Promise<boolean>;
  onClose: () => void;
  onDone: (account: Account, what: string) => void;
}) {
  const kind = account && kinds.find((each) => each.kind === account.kind);
  const ending = useQuery(query.organizationMove.ending.queryOptions());
  if (!account || !kind) return null;
  // No other token for all organizations can be made: what replaces it is one for each.
  const isMoving =
    action === 'replace-token' && ending.data?.some(({ accountId }) => accountId === account.id) === true;
  const wanted = isMoving ? 'move-organizations' : action;
  switch (wanted) {
    case 'edit':
      return (
        <AccountDialog
          kind={kind}
          account={account}
          correction={correction}
          ensureSecretStore={ensureSecretStore}
          onClose={onClose}
          onSaved={(saved) => onDone(saved, 'saved')}
        />
      );
    case 'rename':
      return <RenameDialog account={account} onClose={onClose} />;
    case 'replace-token':
      return account.authenticationType === 'oauth' ? (
        <SignInAgainDialog
          account={account}
          kind={kind}
          ensureSecretStore={ensureSecretStore}
          onClose={onClose}
          onSignedIn={(saved) => onDone(saved, 'signed in again')}
        />
      ) : (
        <ReplaceTokenDialog
          account={account}
          kind={kind}
          ensureSecretStore={ensureSecretStore}
          onClose={onClose}
          onReplaced={(saved) => onDone(saved, 'given its new token')}
        />
      );
    case 'set-expiry':
      return (
        <SetExpiryDialog
          account={account}
          kind={kind}
          onClose={onClose}
          onSaved={(saved) => onDone(saved, 'given its expiry date')}
        />
      );
    case 'move-organizations':
      return (
        <MoveOrganizationsDialog
          account={account}
          kind={kind}
          ensureSecretStore={ensureSecretStore}
          onClose={onClose}
        />
      );
    case 'ssh-key':
      return <SshKeyDialog account={account} onClose={onClose} />;
    case 'remove':
      return <RemoveDialog account={account} onClose={onClose} />;
    default:
      return wanted satisfies never;
  }
}
