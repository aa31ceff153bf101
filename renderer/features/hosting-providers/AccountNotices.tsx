import { Button, CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconCalendarTime } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { Account, AccountNotice } from '../../../shared/contract/accounts';
import { expiryText, knownEnd } from '../../../shared/expiry';
import { useNow } from '../../components/RelativeTime';
import { usePerformErrorAction } from '../../errors/actions';
import { describeError } from '../../errors/describe';
import { query } from '../../rpc/client';
import classes from './AccountNotices.module.css';
import { secretWords, shownDate } from './expiry-rows';

export interface AccountNoticesProps {
  onReplace: (accountId: string) => void;
  onEnterDate: (accountId: string) => void;
  /** Shows all accounts by their end. */
  onShow: () => void;
}

type Told = AccountNotice & { account: Account };

function toneOf(stage: AccountNotice['stage']): 'bad' | 'warn' | 'info' {
  if (stage === 'refused' || stage === 'expired') return 'bad';
  return stage === 'in-30' ? 'info' : 'warn';
}

/** "expires in 5 days (26 Nov 2026)" */
function endWords(account: Account, now: number): string {
  const end = knownEnd(account);
  const told = end && expiryText(end.on, now);
  return told ? `${told.text.toLowerCase()} (${shownDate(end.on)})` : '';
}

function sentenceOf({ account, stage }: Told, now: number): string {
  if (stage === 'refused' && account.state.status === 'refused')
    return `${describeError(account.state.error, { account })?.title ?? 'It was refused'}. ${
      knownEnd(account) && expiryText(knownEnd(account)?.on ?? null, now)?.expired
        ? `Its token ${endWords(account, now)}.`
        : ''
    }`.trim();
  if (account.endsAtLatest && knownEnd(account)?.source === 'policy')
    return `Its token is for all organizations; such tokens ${(knownEnd(account)?.at ?? 0) > now ? 'work' : 'worked'} until ${shownDate(account.endsAtLatest)}. Make one for each organization.`;
  return `Its token ${endWords(account, now)}.`;
}

/** What the user should know of the accounts: stays until it is put right or dismissed. One bar, however many. */
export function AccountNotices({ onReplace, onEnterDate, onShow }: AccountNoticesProps) {
  const now = useNow();
  // A threshold is passed at midnight without anything happening in the core.
  const today = new Date(now).toDateString();
  const notices = useQuery({
    ...query.accounts.notices.queryOptions({ queryKey: [...query.accounts.notices.queryKey(), today] }),
    placeholderData: keepPreviousData,
  });
  const accounts = useQuery(query.accounts.list.queryOptions());
  const dismiss = useMutation(query.accounts.dismissNotices.mutationOptions());
  const perform = usePerformErrorAction();

  const told: Told[] = (notices.data ?? []).flatMap((notice) => {
    const account = accounts.data?.find((each) => each.id === notice.accountId);
    return account ? [{ ...notice, account }] : [];
  });
  const [first] = told;
  if (!first) return null;
  const tone = toneOf(first.stage);
  const Icon = tone === 'bad' ? IconAlertTriangle : IconCalendarTime;
  const close = (
    <CloseButton
      size="sm"
      aria-label={told.length === 1 ? `Dismiss: ${first.account.alias}` : 'Dismiss these notices of accounts'}
      onClick={() => dismiss.mutate({ accountIds: told.map(({ accountId }) => accountId) })}
    />
  );
  if (told.length > 1)
    return (
      <div className={classes.notice} data-tone={tone} role="note" aria-label="Accounts that need you">
        <Icon size={16} aria-hidden />
        <span className={classes.text}>
          <strong>{told.length} accounts need you</strong>{' '}
          {told.slice(0, 3).map((each, index) => (
            <span key={each.accountId}>
              {index > 0 && ', '}
              <bdi className={classes.alias}>{each.account.alias}</bdi> (
              {each.stage === 'refused' ? 'refused' : endWords(each.account, now).replace(/ \(.*/, '')})
            </span>
          ))}
          {told.length > 3 && ` and ${told.length - 3} more`}
        </span>
        <span className={classes.actions}>
          <Button size="compact-xs" variant="default" onClick={onShow}>
            Show accounts
          </Button>
        </span>
        {close}
      </div>
    );
  const { account } = first;
  const failure = account.state.status === 'refused' ? account.state.error : null;
  /** A new token of the same kind would end at the same time. */
  const isRetired = !failure && knownEnd(account)?.source === 'policy';
  const remedy = failure ? describeError(failure, { account })?.action : undefined;
  return (
    <div className={classes.notice} data-tone={tone} role="note" aria-label={`Account ${account.alias}`}>
      <Icon size={16} aria-hidden />
      <span className={classes.text}>
        <strong>
          <bdi className={classes.alias}>{account.alias}</bdi>
        </strong>{' '}
        {sentenceOf(first, now)}
      </span>
      <span className={classes.actions}>
        {remedy?.kind === 'open-url' && (
          <Button size="compact-xs" variant="default" onClick={() => perform(remedy)}>
            {remedy.label}
          </Button>
        )}
        {isRetired ? (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => perform({ kind: 'move-organizations', label: '', accountId: account.id })}
          >
            Move to new tokens
          </Button>
        ) : (
          <Button size="compact-xs" variant="default" onClick={() => onReplace(account.id)}>
            {secretWords(account).replace}
          </Button>
        )}
        {!failure && !isRetired && account.expirySource === 'user' && (
          <Button size="compact-xs" variant="default" onClick={() => onEnterDate(account.id)}>
            Change date
          </Button>
        )}
        {failure && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() =>
              perform({ kind: 'diagnose', label: '', subject: { accountId: account.id, error: failure } })
            }
          >
            Find out why
          </Button>
        )}
      </span>
      {close}
    </div>
  );
}
