import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { DialogLayer } from '../../components/Dialog';
import { query } from '../../rpc/client';
import { AccountActionDialog } from './AccountActionDialog';
import type { AccountAction } from './AccountRow';
import type { Correction } from './correct';

export interface AccountWindowProps {
  accountId: string;
  action: AccountAction;
  correction?: Correction;
  ensureSecretStore: () => Promise<boolean>;
  onClose: () => void;
}

/**
 * One action on one account over whatever is open: the notice, the failure or
 * the question that led here stays as it is below and goes on afterwards.
 */
export function AccountWindow(props: AccountWindowProps) {
  const { accountId, action, ensureSecretStore, onClose } = props;
  const kinds = useQuery(query.accounts.kinds.queryOptions());
  const accounts = useQuery(query.accounts.list.queryOptions());
  return (
    <DialogLayer value={400}>
      <AccountActionDialog
        key={accountId + action}
        account={accounts.data?.find((account) => account.id === accountId)}
        action={action}
        correction={props.correction}
        kinds={kinds.data ?? []}
        ensureSecretStore={ensureSecretStore}
        onClose={onClose}
        onDone={(account, what) => {
          onClose();
          notifications.show({
            message: `“${account.alias}” was ${what}.`,
            color: account.state.status === 'working' ? 'green' : 'yellow',
          });
        }}
      />
    </DialogLayer>
  );
}
