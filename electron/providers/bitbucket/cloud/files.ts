import type { RepositoryRef } from '../../../../shared/contract/hosted-repositories';
import type { ChangedFile, FileDiff } from '../../../../shared/contract/pull-requests';
import { fail } from '../../../../shared/errors';
import type { Session } from '../../provider';
import { fileDiffOf } from '../patch';
import { asking, cloud, readAll } from './client';
import { pathOf } from './pull-requests';
import * as wire from './wire';

const base = '/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}';
const mostFiles = 3000;

export async function changedFiles(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<{ files: ChangedFile[]; partial: string | null }> {
  const params = { path: { ...pathOf(repository.id), pull_request_id: number } };
  const asked = cloud(session).GET(`${base}/diffstat`, { params, ...asking({ pagelen: '100' }) });
  const { items, cut } = await readAll(session, asked, wire.diffstat, mostFiles);
  return { files: items.map(toFile), partial: cut ? `Only the first ${mostFiles} files are listed.` : null };
}

/** Bitbucket's words, with the conflicts it finds against the target ("merge conflict", "local deleted"). */
const statuses: Record<string, ChangedFile['status']> = {
  added: 'added',
  removed: 'deleted',
  modified: 'modified',
  renamed: 'renamed',
  'local deleted': 'deleted',
  'remote deleted': 'deleted',
};

function toFile(found: wire.Diffstat): ChangedFile {
  const path = found.new?.path ?? found.old?.path ?? '';
  const previous = found.old?.path ?? null;
  return {
    path,
    previousPath: found.new && previous !== null && previous !== path ? previous : null,
    status: statuses[found.status] ?? 'modified',
    additions: found.lines_added ?? null,
    deletions: found.lines_removed ?? null,
  };
}

export async function fileDiff(
  session: Session,
  repository: RepositoryRef,
  number: number,
  file: { path: string; previousPath: string | null },
): Promise<FileDiff> {
  const params = { path: { ...pathOf(repository.id), pull_request_id: number } };
  // Bitbucket redirects to the diff of the two commits and keeps the query.
  const path = [file.path, ...(file.previousPath === null ? [] : [file.previousPath])];
  const { response } = await cloud(session).GET(`${base}/diff`, {
    params,
    headers: { Accept: 'text/plain' },
    ...asking({ path }),
  });
  const text = await response.text();
  const { host } = new URL(response.url);
  if (/html/i.test(response.headers.get('content-type') ?? ''))
    fail({ kind: 'sign-in-page', host, status: response.status });
  if (!/^diff --git /m.test(text))
    fail({ kind: 'unexpected-answer', host, status: response.status, detail: 'the answer is no diff' });
  return fileDiffOf(text, file, `${session.account.url}/${repository.fullName}/pull-requests/${number}/diff`);
}
