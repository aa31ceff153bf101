import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { query } from '../../rpc/client';
import { accountsInOrder } from './draft';

export interface AccountFieldProps {
  /** Account id; empty: none, ask. */
  value: string;
  matching: string[];
  ssh: boolean;
  onChange: (accountId: string) => void;
}

export function AccountField({ value, matching, ssh, onChange }: AccountFieldProps) {
  const accounts = useQuery(query.accounts.list.queryOptions());
  const ordered = accountsInOrder(accounts.data ?? [], matching);
  const option = (account: (typeof ordered)[number]) => ({
    value: account.id,
    label: `${account.alias} (${account.url.replace(/^https?:\/\//, '')})`,
  });
  const fits = ordered.filter((account) => matching.includes(account.id)).map(option);
  const others = ordered.filter((account) => !matching.includes(account.id)).map(option);
  return (
    <Select
      label="Account"
      value={value}
      allowDeselect={false}
      maxDropdownHeight={260}
      description={ssh ? 'SSH signs in with your own key' : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={[
        ...(fits.length > 0 ? [{ group: 'Fit this address', items: fits }] : []),
        { group: 'Without an account', items: [{ value: '', label: 'No account: ask me' }] },
        ...(others.length > 0 ? [{ group: 'Other hosts', items: others }] : []),
      ]}
      onChange={(id) => onChange(id ?? '')}
    />
  );
}
