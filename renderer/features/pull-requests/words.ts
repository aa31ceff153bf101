import type { Account, KindDescriptor } from '../../../shared/contract/accounts';
import type { PullRequest } from '../../../shared/contract/pull-requests';
import type { Tone } from '../../components/StatusBadge';

export type Words = KindDescriptor['words'];

/** Used until the provider's own words are known. */
export const plainWords: Words = {
  pullRequest: 'pull request',
  pullRequests: 'pull requests',
  pullRequestPrefix: '#',
  namespace: 'owner',
  open: 'open',
  merged: 'merged',
  closed: 'closed',
  approve: 'approve',
};

export function wordsOf(account: Account | undefined, kinds: readonly KindDescriptor[] | undefined): Words {
  return kinds?.find((kind) => kind.kind === account?.kind)?.words ?? plainWords;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

/** The state as the provider calls it. */
export function stateWords(item: PullRequest, words: Words): { text: string; tone: Tone } {
  if (item.state === 'merged') return { text: capital(words.merged), tone: 'info' };
  if (item.state === 'closed') return { text: capital(words.closed), tone: 'bad' };
  return item.draft ? { text: 'Draft', tone: 'neutral' } : { text: capital(words.open), tone: 'good' };
}

/**
 * The state filter as the accounts' providers call the states: "Completed" and
 * "Abandoned" where every account agrees on the word, the general one elsewhere.
 */
export function stateLabels(
  accounts: readonly Account[],
  kinds: readonly KindDescriptor[] | undefined,
): { value: PullRequest['state']; label: string }[] {
  const agreed = (state: PullRequest['state']) => {
    const used = new Set(accounts.map((account) => wordsOf(account, kinds)[state]));
    return capital((used.size === 1 ? [...used][0] : undefined) ?? plainWords[state]);
  };
  return [
    { value: 'open', label: agreed('open') },
    { value: 'merged', label: agreed('merged') },
    { value: 'closed', label: agreed('closed') },
  ];
}

/** What a heading over several accounts calls them: the providers' one word, or all of their words. */
export function titleWords(
  accounts: readonly Account[],
  kinds: readonly KindDescriptor[] | undefined,
): string {
  const used = new Set(accounts.map((account) => wordsOf(account, kinds).pullRequests.toLowerCase()));
  if (used.size === 0) return 'Pull requests';
  const ordered = [...used].sort((left, right) => right.localeCompare(left));
  return capital(ordered.join(' and '));
}

export const reviewWords: Record<'pending' | 'approved' | 'changes-requested', { text: string; tone: Tone }> =
  {
    pending: { text: 'Review pending', tone: 'neutral' },
    approved: { text: 'Approved', tone: 'good' },
    'changes-requested': { text: 'Changes requested', tone: 'bad' },
  };

export const voteWords: Record<string, { text: string; tone: Tone }> = {
  none: { text: 'No vote yet', tone: 'neutral' },
  approved: { text: 'Approved', tone: 'good' },
  'approved-with-suggestions': { text: 'Approved with suggestions', tone: 'good' },
  waiting: { text: 'Waiting for the author', tone: 'warn' },
  'changes-requested': { text: 'Changes requested', tone: 'bad' },
  commented: { text: 'Commented', tone: 'neutral' },
};

export const checkWords: Record<string, { text: string; tone: Tone }> = {
  pending: { text: 'Running', tone: 'warn' },
  passed: { text: 'Passed', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
  skipped: { text: 'Skipped', tone: 'neutral' },
  neutral: { text: 'Neutral', tone: 'neutral' },
  unknown: { text: 'Unknown', tone: 'neutral' },
};
