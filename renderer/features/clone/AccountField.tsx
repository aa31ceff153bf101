import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../rpc/client';
import { accountsInOrder } from './draft';

const undecided = '?';

export interface AccountFieldProps {
  /** Account id; empty: none, ask for a password; null: not decided. */
  value: string | null;
  matching: string[];
  ssh: boolean;
  /** Why this account was preselected; undefined once the user chose. */
  why?: string;
  onChange: (accountId: string) => void;
}

export function AccountField({ value, matching, ssh, why, onChange }: AccountFieldProps) {
  const accounts = useQuery(query.accounts.list.queryOptions());
  const ordered = accountsInOrder(accounts.data ?? [], matching);
  /** Nothing decides yet, and nobody has chosen: git may not even want to know. */
  const open = value === null ? [{ value: undecided, label: 'Ask me when it is needed' }] : [];
  const option = (account: (typeof ordered)[number]) => ({
    value: account.id,
    label: `${account.alias} (${account.url.replace(/^https?:\/\//, '')})`,
  });
  const fits = ordered.filter((account) => matching.includes(account.id)).map(option);
  const others = ordered.filter((account) => !matching.includes(account.id)).map(option);
  return (
    <Select
      label="Account"
      value={value ?? undecided}
      allowDeselect={false}
      maxDropdownHeight={260}
      description={ssh ? 'SSH signs in with your own key' : why}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={[
        ...open,
        ...(fits.length > 0 ? [{ group: 'Fit this address', items: fits }] : []),
        { group: 'Without an account', items: [{ value: '', label: 'No account: ask me' }] },
        ...(others.length > 0 ? [{ group: 'Other hosts', items: others }] : []),
      ]}
      onChange={(id) => {
        if (id !== undecided) onChange(id ?? '');
      }}
    />
  );
}
