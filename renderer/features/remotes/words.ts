import type { FetchResult, PullResult, PushResult, RefUpdate } from '../../../shared/contract/remotes';
import { shownPath } from '../../../shared/git-path';
import { visibleName, visibleText } from '../../components/visible-text';

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString()} ${many}`;
}

/** What a fetch brought, in one sentence. */
export function fetchWords({ updated }: Pick<FetchResult, 'updated'>): string {
  if (updated.length === 0) return 'Nothing new on the server.';
  const parts: string[] = [];
  const of = (fits: (update: RefUpdate) => boolean, one: string, many: string) => {
    const count = updated.filter(fits).length;
    if (count > 0) parts.push(counted(count, one, many));
  };
  const isBranch = ({ kind }: RefUpdate) => kind === 'branch';
  of(
    (update) => isBranch(update) && update.from === null && update.to !== null,
    'new branch',
    'new branches',
  );
  of(
    (update) => isBranch(update) && update.from !== null && update.to !== null && !update.forced,
    'branch updated',
    'branches updated',
  );
  of(
    (update) => isBranch(update) && update.forced && update.to !== null,
    'branch rewritten',
    'branches rewritten',
  );
  of((update) => update.to === null, 'branch gone', 'branches gone');
  of((update) => !isBranch(update) && update.to !== null, 'tag', 'tags');
  return `Fetched: ${parts.join(', ')}.`;
}

/** How a pull ended. `upstream`: what was joined. */
export function pullWords({ outcome }: PullResult, upstream: string): string {
  const from = visibleName(upstream);
  switch (outcome.kind) {
    case 'up-to-date':
      return `Already has everything of ${from}.`;
    case 'fast-forward':
      return `Moved forward to ${from} (${outcome.oid.slice(0, 8)}).`;
    case 'merged':
      return `Merged ${from}.`;
    default:
      return `Merging ${from} stopped at conflicts in ${outcome.paths.slice(0, 3).map(shownPath).map(visibleText).join(', ')}${
        outcome.paths.length > 3 ? ` and ${outcome.paths.length - 3} more files` : ''
      }. Resolve them and commit.`;
  }
}

/** How a push ended where it was accepted. */
export function pushWords(result: Exclude<PushResult, { result: 'rejected' }>, target: string): string {
  if (result.result === 'up-to-date') return `${target} has everything already.`;
  return result.from === null ? `Pushed: ${target} is new there.` : `Pushed to ${target}.`;
}

type Reason = Extract<PushResult, { result: 'rejected' }>['reason'];

/** Why the server kept its branch, and what that means. */
export const rejections: Record<Reason, { title: string; text: string }> = {
  behind: {
    title: 'The server has commits you do not have',
    text: 'Somebody pushed before you, or this branch was rewritten here. Nothing was pushed.',
  },
  'stale-lease': {
    title: 'The branch on the server moved meanwhile',
    text: 'It is not what you last saw, so it was not overwritten. Fetch, look at what is new, then decide again.',
  },
  protected: {
    title: 'The server protects this branch',
    text: 'It takes no pushes from you here. Push to a branch of your own and open a pull request.',
  },
  hook: {
    title: 'A rule of the server refused the push',
    text: 'What it said is below. Change the commits accordingly, or ask whoever runs the server.',
  },
  'no-permission': {
    title: 'You may not push here',
    text: 'The account that answers for this repository can read it only. Choose another account, or ask for access.',
  },
  shallow: {
    title: 'The server takes no push from a partial history',
    text: 'Get the whole history of this repository first, then push again.',
  },
  other: {
    title: 'The server refused the push',
    text: 'What it said is below. Nothing was changed there.',
  },
};
