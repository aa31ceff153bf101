import { Loader } from '@mantine/core';
import { memo } from 'react';
import { IconAlertCircle, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { Account } from '../../../shared/contract/accounts';
import { MiddleEllipsis } from '../../components/MiddleEllipsis';
import { ProviderIcon } from '../../components/ProviderIcon';
import { RelativeTime } from '../../components/RelativeTime';
import { visibleText } from '../../components/visible-text';
import type { AccountListing } from './listing';
import styles from './RepositoryBrowser.module.css';

function Fold({ collapsed }: { collapsed: boolean }) {
  const Icon = collapsed ? IconChevronRight : IconChevronDown;
  return <Icon size={15} aria-hidden className={styles.fold} />;
}

/** "updated 5 minutes ago", progress, or that it failed. */
function AccountState({ listing }: { listing: AccountListing | undefined }) {
  if (
    listing === undefined ||
    (listing.running && listing.source !== 'provider' && listing.items.length === 0)
  )
    return (
      <>
        <Loader size={12} aria-hidden /> loading
      </>
    );
  return (
    <>
      {listing.running && <Loader size={12} aria-hidden />}
      {listing.running && listing.source === 'provider' && `${listing.fresh.length} so far`}
      {listing.running && listing.source !== 'provider' && 'refreshing'}
      {listing.error !== null && (
        <span className={styles.failed}>
          <IconAlertCircle size={13} aria-hidden /> not refreshed
        </span>
      )}
      {!listing.running && listing.fetchedAt !== null && (
        <span>
          updated <RelativeTime time={listing.fetchedAt} />
        </span>
      )}
    </>
  );
}

export function AccountLine(props: {
  account: Account;
  listing: AccountListing | undefined;
  count: number;
  collapsed: boolean;
}) {
  const { account } = props;
  return (
    <div role="gridcell" className={styles.accountLine}>
      <Fold collapsed={props.collapsed} />
      <ProviderIcon provider={account.provider} />
      <strong className={styles.alias}>{visibleText(account.alias)}</strong>
      <span className={styles.host}>{account.url.replace(/^https?:\/\//, '')}</span>
      <span className={styles.count}>{props.count.toLocaleString()}</span>
      <span className={styles.accountState}>
        <AccountState listing={props.listing} />
      </span>
    </div>
  );
}

export const NamespaceLine = memo(function NamespaceLine(props: {
  namespace: string;
  count: number;
  collapsed: boolean;
}) {
  return (
    <div role="gridcell" className={styles.namespaceLine}>
      <Fold collapsed={props.collapsed} />
      <MiddleEllipsis text={visibleText(props.namespace)} tail={20} />
      <span className={styles.count}>{props.count.toLocaleString()}</span>
    </div>
  );
});
