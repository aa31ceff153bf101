import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import type { Thread } from '../../../../shared/contract/pull-requests';
import type { Session } from '../../provider';
import { asking, dataCenter, readAll } from './client';
import { pathOf, toPerson } from './pull-requests';
import { moment } from './repositories';
import * as wire from './wire';

/** What happened besides talk, as a sentence whose subject is the person. */
const events: Record<string, string> = {
  APPROVED: 'approved this pull request.',
  REVIEWED: 'marked this pull request as needs work.',
  UNAPPROVED: 'withdrew the vote.',
  MERGED: 'merged this pull request.',
  DECLINED: 'declined this pull request.',
  REOPENED: 'reopened this pull request.',
  RESCOPED: 'changed the commits of this pull request.',
};

export async function threads(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<Thread[]> {
  const { items } = await readAll(
    (start) =>
      dataCenter(session).GET(
        '/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/activities',
        {
          params: {
            path: { ...pathOf(repository.id), pullRequestId: String(number) },
            query: { start, limit: 100 },
          },
          ...asking,
        },
      ),
    wire.activity,
  );
  return toThreads(items);
}

/** The server answers newest first, and names a thread once per comment in it. */
export function toThreads(activities: wire.Activity[]): Thread[] {
  const found = new Map<string, Thread>();
  for (const activity of activities.toReversed()) {
    const thread = activity.comment ? commentThread(activity, activity.comment) : eventThread(activity);
    if (!thread) continue;
    const known = found.get(thread.id);
    if (!known || thread.comments.length > known.comments.length) found.set(thread.id, thread);
  }
  return [...found.values()];
}

function commentThread(activity: wire.Activity, root: wire.Comment): Thread | null {
  // An answer is told again as an activity of its own; it already stands below its first comment.
  if (activity.action !== 'COMMENTED' || (activity.commentAction ?? 'ADDED') !== 'ADDED') return null;
  const anchor = activity.commentAnchor;
  const path = typeof anchor?.path === 'object' ? anchor.path?.toString : anchor?.path;
  return {
    id: String(root.id),
    position:
      anchor && path
        ? {
            path,
            line: anchor.line ?? null,
            side: anchor.fileType === 'FROM' || anchor.lineType === 'REMOVED' ? 'old' : 'new',
            outdated: anchor.orphaned ?? false,
          }
        : null,
    resolved: root.threadResolved ?? (root.state ? root.state === 'RESOLVED' : null),
    comments: flat(root, 0),
  };
}

/** Answers to answers are shown in one line of talk; a server nests them a few levels deep at most. */
function flat(comment: wire.Comment, depth: number): Thread['comments'] {
  const own = {
    id: String(comment.id),
    author: toPerson(comment.author),
    body: comment.text ?? '',
    createdAt: moment(comment.createdDate) ?? 0,
    system: false,
  };
  const answers = depth > 50 ? [] : (comment.comments ?? []).flatMap((answer) => flat(answer, depth + 1));
  return [own, ...answers.sort((a, b) => a.createdAt - b.createdAt)];
}

function eventThread(activity: wire.Activity): Thread | null {
  const sentence = events[activity.action];
  if (!sentence) return null;
  const author = toPerson(activity.user);
  return {
    id: `activity-${activity.id}`,
    position: null,
    resolved: null,
    comments: [
      {
        id: `activity-${activity.id}`,
        author,
        body: `${author.name} ${sentence}`,
        createdAt: moment(activity.createdDate) ?? 0,
        system: true,
      },
    ],
  };
}
