import { Menu, UnstyledButton } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { IconExternalLink } from '@tabler/icons-react';
import type { Account } from '../../../shared/contract/accounts';
import { useOpenExternal } from '../../components/ExternalLink';
import { ProviderIcon } from '../../components/ProviderIcon';
import { visibleText } from '../../components/visible-text';
import { query } from '../../rpc/client';
import styles from './RepositoryBrowser.module.css';

/** For who misses a repository: the page of the provider where an account is given more. */
export function MoreAccess({ accounts }: { accounts: Account[] }) {
  const open = useOpenExternal();
  const pages = useQueries({
    queries: accounts.map(({ id }) =>
      query.hostedRepositories.accessPage.queryOptions({ input: { accountId: id } }),
    ),
  });
  const offered = accounts.flatMap((account, index) => {
    const url = pages[index]?.data?.url;
    return url ? [{ account, url }] : [];
  });
  if (offered.length === 0) return null;
  return (
    <Menu position="top-end" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={styles.missing}>Missing a repository?</UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Grant access to more repositories, then refresh</Menu.Label>
        {offered.map(({ account, url }) => (
          <Menu.Item
            key={account.id}
            leftSection={<ProviderIcon provider={account.provider} label={false} />}
            rightSection={<IconExternalLink size={13} aria-label="(opens in your browser)" />}
            onClick={() => open(url)}
          >
            {visibleText(account.alias)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
