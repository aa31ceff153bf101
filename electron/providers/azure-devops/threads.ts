import { z } from 'zod';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { Thread } from '../../../shared/contract/pull-requests';
import type { Session } from '../provider';
import { checked, gitApi } from './client';
import { placeOf } from './location';
import { moment, toPerson } from './pull-requests';
import * as wire from './wire';

export async function threads(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<Thread[]> {
  const place = placeOf(repository.id);
  const asked = gitApi(session, place.organization).getThreads(place.repository, number, place.project);
  return toThreads(await checked(session, asked, z.array(wire.thread)));
}

const system = 3; // GitInterfaces.CommentType

export function toThreads(found: wire.Thread[]): Thread[] {
  return found.flatMap((thread) => {
    const comments = (thread.comments ?? []).filter((comment) => !comment.isDeleted);
    if (thread.isDeleted || comments.length === 0) return [];
    return [
      {
        id: String(thread.id),
        position: positionOf(thread),
        resolved: resolvedOf(thread.status),
        comments: comments.map((comment) => ({
          id: String(comment.id),
          author: toPerson(comment.author),
          body: comment.commentType === system ? inWords(comment.content ?? '') : (comment.content ?? ''),
          createdAt: moment(comment.publishedDate) ?? 0,
          system: comment.commentType === system,
        })),
      },
    ];
  });
}

const votes: Record<string, string> = {
  '10': 'approved this pull request',
  '5': 'approved this pull request with suggestions',
  '0': 'reset their vote',
  '-5': 'waits for the author',
  '-10': 'rejected this pull request',
};

/** Azure DevOps notes a vote as its number; its own page shows words. */
function inWords(note: string): string {
  const [, who, vote] = /^(.+) voted (-?\d+)$/.exec(note) ?? [];
  return who && vote && votes[vote] ? `${who} ${votes[vote]}` : note;
}

function positionOf(thread: wire.Thread): Thread['position'] {
  const context = thread.threadContext;
  if (!context?.filePath) return null;
  const side = context.rightFileStart || !context.leftFileStart ? 'new' : 'old';
  const line = (side === 'new' ? context.rightFileStart : context.leftFileStart)?.line ?? null;
  return { path: context.filePath.replace(/^\//, ''), line, side, outdated: false };
}

/** GitInterfaces.CommentThreadStatus: 1 active and 6 pending are open; fixed, won't fix, closed and by design are not. */
function resolvedOf(status: number | null | undefined): boolean | null {
  if (!status) return null;
  return status !== 1 && status !== 6;
}
