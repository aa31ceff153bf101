import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { Thread } from '../../../shared/contract/pull-requests';
import type { Session } from '../provider';
import { all, createClient, naming } from './client';
import { at } from './pull-request';
import { path } from './pull-requests';
import {
  issueCommentsSchema,
  person,
  type ReviewComment,
  reviewCommentsSchema,
  reviewsSchema,
  time,
} from './wire';

type Comment = Thread['comments'][number];
type Writer = ReviewComment['user'];

function comment(id: string, user: Writer, body: string, createdAt: string | null | undefined): Comment {
  return { id, author: person(user), body, createdAt: time(createdAt) ?? 0, system: user?.type === 'Bot' };
}

/** Talk on the pull request, words of reviews, and review comments at their lines; oldest first. */
export async function threads(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<Thread[]> {
  const client = createClient(session);
  const where = at(repository, number);
  const pull = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  const [atLines, talk, reviews] = await naming(
    `${repository.fullName}#${number}`,
    Promise.all([
      all(client.pages(`${pull}/comments`, where, reviewCommentsSchema)),
      all(
        client.pages(
          'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
          { ...path(repository), issue_number: number },
          issueCommentsSchema,
        ),
      ),
      all(client.pages(`${pull}/reviews`, where, reviewsSchema)),
    ]),
  );
  const alone = (id: string, one: Comment): Thread => ({
    id,
    position: null,
    resolved: null,
    comments: [one],
  });
  return [
    ...talk.map((one) =>
      alone(`comment-${one.id}`, comment(String(one.id), one.user, one.body ?? '', one.created_at)),
    ),
    ...reviews
      .filter((one) => one.body && one.state !== 'PENDING')
      .map((one) =>
        alone(`review-${one.id}`, comment(String(one.id), one.user, one.body ?? '', one.submitted_at)),
      ),
    ...conversations(atLines),
  ].sort((a, b) => (a.comments[0]?.createdAt ?? 0) - (b.comments[0]?.createdAt ?? 0));
}

/** Replies name the first comment of their conversation, even when that one was deleted. */
function conversations(comments: readonly ReviewComment[]): Thread[] {
  const found = new Map<number, ReviewComment[]>();
  for (const one of comments) {
    const first = one.in_reply_to_id ?? one.id;
    found.set(first, [...(found.get(first) ?? []), one]);
  }
  return [...found].map(([first, list]) => {
    const ordered = [...list].sort((a, b) => (time(a.created_at) ?? 0) - (time(b.created_at) ?? 0));
    const head = ordered.find(({ id }) => id === first) ?? ordered[0];
    return {
      id: `line-${first}`,
      position: head ? position(head) : null,
      // REST does not tell; only GraphQL knows resolved conversations.
      resolved: null,
      comments: ordered.map((one) => comment(String(one.id), one.user, one.body, one.created_at)),
    };
  });
}

function position(head: ReviewComment): Thread['position'] {
  const onFile = head.subject_type === 'file';
  return {
    path: head.path,
    line: onFile ? null : (head.line ?? head.original_line ?? null),
    side: head.side === 'LEFT' ? 'old' : 'new',
    // The line is gone from the current diff when GitHub gives only the original one.
    outdated: !onFile && head.line == null,
  };
}
