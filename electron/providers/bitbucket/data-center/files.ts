import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import type { ChangedFile, FileDiff } from '../../../../shared/contract/pull-requests';
import type { Session } from '../../provider';
import { asking, dataCenter, read, readAll } from './client';
import { pathOf } from './pull-requests';
import { webUrl } from './repositories';
import * as wire from './wire';

const base = '/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}';
const mostFiles = 3000;

const statuses: Record<string, ChangedFile['status']> = {
  ADD: 'added',
  DELETE: 'deleted',
  MODIFY: 'modified',
  MOVE: 'renamed',
  COPY: 'copied',
};

export async function changedFiles(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<{ files: ChangedFile[]; partial: string | null }> {
  const { items, cut } = await readAll(
    (start) =>
      dataCenter(session).GET(`${base}/changes`, {
        params: {
          path: { ...pathOf(repository.id), pullRequestId: String(number) },
          query: { start, limit: 1000 },
        },
        ...asking,
      }),
    wire.change,
    mostFiles,
  );
  const files = items.map((found): ChangedFile => {
    const path = found.path.toString;
    const previous = found.srcPath?.toString ?? null;
    return {
      path,
      previousPath: previous !== path ? previous : null,
      status: statuses[found.type] ?? 'modified',
      // The list of changes does not count lines.
      additions: null,
      deletions: null,
    };
  });
  return { files, partial: cut ? `Only the first ${mostFiles} files are listed.` : null };
}

export async function fileDiff(
  session: Session,
  repository: RepositoryRef,
  number: number,
  file: { path: string; previousPath: string | null },
): Promise<FileDiff> {
  const url = `${webUrl(session.account.url, repository.id)}/pull-requests/${number}/diff#${encodeURIComponent(file.path)}`;
  const answer = await read(
    dataCenter(session).GET(`${base}/diff/{path}`, {
      params: {
        path: { ...pathOf(repository.id), pullRequestId: String(number), path: file.path },
        query: {
          withComments: 'false',
          ...(file.previousPath === null ? {} : { srcPath: file.previousPath }),
        },
      },
      ...asking,
    }),
    wire.diff,
  );
  return toFileDiff(answer, url);
}

const marks: Record<string, string> = { CONTEXT: ' ', ADDED: '+', REMOVED: '-' };

/** The server answers a diff as JSON; the page shows unified text. */
export function toFileDiff(answer: wire.Diff, url: string): FileDiff {
  const diff = answer.diffs?.[0];
  if (!diff) return { kind: 'too-large', url };
  if (diff.binary) return { kind: 'binary' };
  const hunks = diff.hunks ?? [];
  const cut =
    answer.truncated ||
    diff.truncated ||
    hunks.some((hunk) => hunk.truncated || hunk.segments.some(withheld));
  if (cut) return { kind: 'too-large', url };
  const before = diff.source?.toString ?? null;
  const after = diff.destination?.toString ?? null;
  const lines = [
    `--- ${before === null ? '/dev/null' : `a/${before}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${after}`}`,
    ...hunks.flatMap((hunk) => [
      `@@ -${hunk.sourceLine},${hunk.sourceSpan} +${hunk.destinationLine},${hunk.destinationSpan} @@`,
      ...hunk.segments.flatMap((segment) =>
        segment.lines.map(({ line }) => `${marks[segment.type] ?? ' '}${line}`),
      ),
    ]),
  ];
  return { kind: 'patch', patch: `${lines.join('\n')}\n` };
}

function withheld(segment: { truncated?: boolean | null; lines: { truncated?: boolean | null }[] }): boolean {
  return segment.truncated === true || segment.lines.some((line) => line.truncated === true);
}
