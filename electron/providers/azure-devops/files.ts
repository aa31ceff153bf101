import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { ChangedFile, FileDiff } from '../../../shared/contract/pull-requests';
import { z } from 'zod';
import { fail } from '../../../shared/errors';
import type { Session } from '../provider';
import { baseOf } from './address';
import { checked, gitApi, versionOf } from './client';
import { type Place, placeOf } from './location';
import { webUrlOf } from './repositories';
import * as wire from './wire';

const mostFiles = 3000;
const page = 1000;
/** Largest side of a comparison the page is given, bytes. */
const mostBytes = 2_000_000;

export async function changedFiles(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<{ files: ChangedFile[]; partial: string | null }> {
  const { changes, cut } = await changesOf(session, placeOf(repository.id), number);
  return {
    files: changes.map(toFile),
    partial: cut ? `Only the first ${mostFiles} files are listed.` : null,
  };
}

/** What the newest push changes against the common base. */
async function changesOf(
  session: Session,
  place: Place,
  number: number,
): Promise<{ changes: wire.Change[]; cut: boolean }> {
  const git = gitApi(session, place.organization);
  const iterations = await checked(
    session,
    git.getPullRequestIterations(place.repository, number, place.project),
    z.array(wire.iteration),
  );
  const last = Math.max(0, ...iterations.map((one) => one.id));
  if (last === 0) return { changes: [], cut: false };
  const changes: wire.Change[] = [];
  let skip = 0;
  while (changes.length < mostFiles) {
    const { changeEntries, nextSkip } = await checked(
      session,
      git.getPullRequestIterationChanges(place.repository, number, last, place.project, page, skip, 0),
      wire.iterationChanges,
    );
    changes.push(...changeEntries.filter(isFile));
    if (!nextSkip || nextSkip <= skip) return { changes, cut: false };
    skip = nextSkip;
  }
  return { changes: changes.slice(0, mostFiles), cut: true };
}

function isFile(change: wire.Change): boolean {
  const type = change.item?.gitObjectType;
  return (
    Boolean(change.item?.path ?? change.originalPath) &&
    !change.item?.isFolder &&
    type !== 2 &&
    type !== 'tree'
  );
}

const plain = (path: string | null | undefined): string => (path ?? '').replace(/^\//, '');

/** GitInterfaces.VersionControlChangeType, a set of flags. */
const flags = { add: 1, rename: 8, delete: 16, undelete: 32 };

function toFile(change: wire.Change): ChangedFile {
  const type = change.changeType ?? 0;
  const path = plain(change.item?.path ?? change.originalPath);
  const previous = plain(change.originalPath ?? change.sourceServerItem);
  return {
    path,
    previousPath: type & flags.rename && previous !== '' && previous !== path ? previous : null,
    status:
      type & flags.rename
        ? 'renamed'
        : type & flags.delete
          ? 'deleted'
          : type & (flags.add | flags.undelete)
            ? 'added'
            : 'modified',
    // Azure DevOps counts no lines.
    additions: null,
    deletions: null,
  };
}

/** Azure DevOps makes no diffs: the page compares the two versions. */
export async function fileDiff(
  session: Session,
  repository: RepositoryRef,
  number: number,
  file: { path: string; previousPath: string | null },
): Promise<FileDiff> {
  const place = placeOf(repository.id);
  const { changes } = await changesOf(session, place, number);
  const change = changes.find((one) => toFile(one).path === file.path);
  const { host } = new URL(session.account.url);
  if (!change) return fail({ kind: 'not-found', host, what: file.path });
  const { status } = toFile(change);
  const url = `${webUrlOf(session, place.organization, place.project, place.repository)}/pullrequest/${number}?_a=files&path=${encodeURIComponent(`/${file.path}`)}`;
  const before = status === 'added' ? null : (change.item?.originalObjectId ?? null);
  const after = status === 'deleted' ? null : (change.item?.objectId ?? null);
  const sides = await Promise.all([before, after].map((id) => blob(session, place, id)));
  if (sides.some((side) => side !== null && side.byteLength > mostBytes)) return { kind: 'too-large', url };
  if (sides.some((side) => side !== null && isBinary(side))) return { kind: 'binary' };
  const [old, fresh] = sides.map((side) => (side === null ? null : new TextDecoder().decode(side)));
  return { kind: 'contents', before: old ?? null, after: fresh ?? null };
}

/** The package hands a blob over as a stream of its own transport; the bytes are read directly. */
export async function blob(session: Session, place: Place, id: string | null): Promise<Uint8Array | null> {
  if (id === null) return null;
  const base = baseOf(session.account, place.organization);
  const [project, repository] = [place.project, place.repository].map(encodeURIComponent);
  const query = `$format=octetstream&api-version=${versionOf(session)}`;
  const answer = await session.fetch(
    `${base}/${project}/_apis/git/repositories/${repository}/blobs/${encodeURIComponent(id)}?${query}`,
    { headers: { Accept: 'application/octet-stream' } },
  );
  // A sign-in page instead of the file comes as HTML; a file never does, since bytes were asked for.
  if (/^text\/html/i.test(answer.headers.get('content-type') ?? ''))
    return fail({ kind: 'sign-in-page', host: new URL(answer.url).host, status: answer.status });
  return new Uint8Array(await answer.arrayBuffer());
}

/** As git decides it: a zero byte near the start. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}
