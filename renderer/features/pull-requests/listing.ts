import type { PullRequest, PullRequestListPart } from '../../../shared/contract/pull-requests';
import type { AppError } from '../../../shared/errors';

/** What one account answered so far. */
export interface AccountAnswer {
  items: PullRequest[];
  /** Rows of the run under way; they replace `items` when the account is done. */
  fresh: PullRequest[];
  running: boolean;
  /** What the list leaves out, one sentence. */
  partial: string | null;
  error: AppError | null;
}

export type Answers = Record<string, AccountAnswer>;

export const noAnswers: Answers = {};

const unknown: AccountAnswer = { items: [], fresh: [], running: true, partial: null, error: null };

/** A new run: shown rows stay until the account has answered anew. */
export function beginAnswers(answers: Answers): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([id, answer]) => [
      id,
      { ...answer, fresh: [], running: true, partial: null, error: null },
    ]),
  );
}

function united(before: PullRequest[], after: PullRequest[]): PullRequest[] {
  const keys = new Set(after.map((item) => item.key));
  return [...before.filter((item) => !keys.has(item.key)), ...after];
}

export function addAnswer(answers: Answers, part: PullRequestListPart): Answers {
  const before = answers[part.accountId] ?? unknown;
  return { ...answers, [part.accountId]: answerAfter(before, part) };
}

function answerAfter(before: AccountAnswer, part: PullRequestListPart): AccountAnswer {
  switch (part.kind) {
    case 'items':
      return {
        ...before,
        fresh: united(before.fresh, part.items),
        items: united(before.items, part.items),
        running: true,
      };
    case 'done':
      return { items: before.fresh, fresh: [], running: false, partial: part.partial, error: null };
    case 'failed':
      return { ...before, fresh: [], running: false, error: part.error };
    default:
      return part satisfies never;
  }
}

/** Every row once, latest change first. Two accounts may reach one pull request: each shows it as its own. */
export function answeredPullRequests(answers: Answers): PullRequest[] {
  return Object.values(answers)
    .flatMap((answer) => answer.items)
    .sort((left, right) => right.updatedAt - left.updatedAt || left.key.localeCompare(right.key));
}

/** Every word must occur in title, number, repository, author, branches or account. */
export function searchPullRequests(
  items: readonly PullRequest[],
  search: string,
  aliases: ReadonlyMap<string, string>,
): readonly PullRequest[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  return items.filter((item) => {
    const haystack = [
      item.title,
      `#${item.number} !${item.number}`,
      item.repository.fullName,
      item.author.name,
      item.author.login,
      item.source.branch,
      item.target.branch,
      aliases.get(item.accountId) ?? '',
    ]
      .join('\n')
      .toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}
