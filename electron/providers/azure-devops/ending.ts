import type { Account } from '../../../shared/contract/accounts';
import type { Finding } from '../../../shared/contract/doctor';

/** From this day tokens for all organizations are refused. Microsoft's announcement "Retirement of Global Personal Access Tokens". */
export const allOrganizationsEnd = '2026-12-01';

/** Dates of the retired Azure DevOps OAuth: no new apps, the last day old ones worked. Secrets of its apps lasted 60 days. */
export const oauthClosed = '2025-04';
export const oauthEnd = '2026-07-24';

const day = 24 * 60 * 60 * 1000;

/** Whole days until tokens for all organizations end; 0 or less: they have. */
export function daysLeft(now: number): number {
  return Math.ceil((Date.parse(`${allOrganizationsEnd}T00:00:00Z`) - now) / day);
}

/** The last day such a token works. */
export const allOrganizationsLastDay = new Date(Date.parse(allOrganizationsEnd) - day)
  .toISOString()
  .slice(0, 10);

/** A personal access token that was not made for one organization. */
export function isForAllOrganizations(account: Account): boolean {
  return (
    account.kind === 'azure-devops-services' &&
    account.authenticationType === 'personal' &&
    account.organization === ''
  );
}

export function allOrganizationsEnding(now: number): Finding {
  return {
    cause: 'all-organizations-token-ending',
    remedy: { kind: 'move-organizations' },
    facts: { date: allOrganizationsEnd, daysLeft: String(Math.max(daysLeft(now), 0)) },
  };
}
