import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { Thread } from '../../../shared/contract/pull-requests';
import type { Session } from '../provider';
import { all, createClient, naming, optional } from './client';
import { at } from './pull-request';
import { type Discussion, discussionsSchema, mergeRequestSchema, person, time } from './wire';

/** Discussions in GitLab's order (oldest first); what GitLab itself notes about events is marked as such. */
export async function threads(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<Thread[]> {
  const client = createClient(session);
  const path = at(repository, number);
  const [discussions, wire] = await Promise.all([
    naming(
      `${repository.fullName}!${number}`,
      all(client.pages(`${path}/discussions`, {}, discussionsSchema)),
    ),
    optional(client.get(path, {}, mergeRequestSchema)),
  ]);
  const head = wire?.diff_refs?.head_sha ?? null;
  return discussions.filter(({ notes }) => notes.length > 0).map((one) => thread(one, head));
}

function thread({ id, notes }: Discussion, head: string | null): Thread {
  const resolvable = notes.filter((note) => note.resolvable);
  return {
    id,
    position: position(notes[0]?.position, head),
    resolved: resolvable.length ? resolvable.every((note) => note.resolved) : null,
    comments: notes.map((note) => ({
      id: String(note.id),
      author: person(note.author),
      body: note.body,
      createdAt: time(note.created_at) ?? 0,
      system: note.system ?? false,
    })),
  };
}

function position(at: Discussion['notes'][number]['position'], head: string | null): Thread['position'] {
  const path = at?.new_path ?? at?.old_path;
  if (!at || !path) return null;
  const old = at.new_line == null && at.old_line != null;
  return {
    path: old ? (at.old_path ?? path) : path,
    line: at.new_line ?? at.old_line ?? null,
    side: old ? 'old' : 'new',
    // GitLab moves positions along with new versions as long as their lines exist.
    outdated: head !== null && at.head_sha != null && at.head_sha !== head,
  };
}
