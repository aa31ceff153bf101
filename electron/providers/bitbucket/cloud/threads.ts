import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import type { Thread } from '../../../../shared/contract/pull-requests';
import type { Session } from '../../provider';
import { asking, cloud, readAll } from './client';
import { pathOf, toPerson } from './pull-requests';
import { moment } from './repositories';
import * as wire from './wire';

export async function threads(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<Thread[]> {
  const asked = cloud(session).GET(
    '/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/comments',
    {
      params: { path: { ...pathOf(repository.id), pull_request_id: number } },
      ...asking({ pagelen: '100' }),
    },
  );
  return toThreads((await readAll(session, asked, wire.comment)).items);
}

/** Bitbucket answers a flat list in which an answer names its parent; a thread is the chain to the first. */
export function toThreads(comments: wire.Comment[]): Thread[] {
  const byId = new Map(comments.map((comment) => [comment.id, comment]));
  const rootOf = (comment: wire.Comment): wire.Comment => {
    const seen = new Set<number>();
    let at = comment;
    for (;;) {
      seen.add(at.id);
      const parent = at.parent ? byId.get(at.parent.id) : undefined;
      if (!parent || seen.has(parent.id)) return at;
      at = parent;
    }
  };
  const chains = new Map<number, wire.Comment[]>();
  for (const comment of comments) {
    const root = rootOf(comment);
    chains.set(root.id, [...(chains.get(root.id) ?? []), comment]);
  }
  return [...chains.entries()].flatMap(([id, chain]) => {
    const root = byId.get(id);
    // A deleted comment keeps its place only while someone answered it.
    const shown = chain.filter((comment) => !comment.deleted || (comment.id === id && chain.length > 1));
    if (!root || shown.every((comment) => comment.deleted)) return [];
    return [
      {
        id: String(id),
        position: root.inline
          ? {
              path: root.inline.path,
              line: root.inline.to ?? root.inline.from ?? null,
              side:
                (root.inline.to ?? null) === null && (root.inline.from ?? null) !== null
                  ? ('old' as const)
                  : ('new' as const),
              outdated: root.inline.outdated ?? false,
            }
          : null,
        resolved: root.resolution !== undefined && root.resolution !== null,
        comments: shown
          .map((comment) => ({
            id: String(comment.id),
            author: toPerson(comment.user),
            body: comment.deleted ? '_This comment was deleted._' : (comment.content?.raw ?? ''),
            createdAt: moment(comment.created_on) ?? 0,
            system: false,
          }))
          .sort((a, b) => a.createdAt - b.createdAt),
      },
    ];
  });
}
