import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import type { ChangedFile, FileDiff } from '../../../shared/contract/pull-requests';
import { fail } from '../../../shared/errors';
import type { Session } from '../provider';
import { all, createClient, naming, optional } from './client';
import { at } from './pull-request';
import { type Diff, diffsSchema, mergeRequestSchema } from './wire';

export async function changedFiles(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<{ files: ChangedFile[]; partial: string | null }> {
  const client = createClient(session);
  const path = at(repository, number);
  const [diffs, wire] = await Promise.all([
    naming(`${repository.fullName}!${number}`, all(client.pages(`${path}/diffs`, {}, diffsSchema))),
    optional(client.get(path, {}, mergeRequestSchema)),
  ]);
  return {
    files: diffs.map((diff) => ({
      path: diff.new_path,
      previousPath: diff.renamed_file ? diff.old_path : null,
      status: statusOf(diff),
      ...counts(diff),
    })),
    partial: wire?.changes_count?.endsWith('+')
      ? `GitLab lists only the first ${diffs.length} changed files.`
      : null,
  };
}

function statusOf(diff: Diff): ChangedFile['status'] {
  if (diff.new_file) return 'added';
  if (diff.deleted_file) return 'deleted';
  if (diff.renamed_file) return 'renamed';
  // The first three digits of a mode are the type: file, link, submodule.
  return diff.a_mode?.slice(0, 3) === diff.b_mode?.slice(0, 3) ? 'modified' : 'type-changed';
}

const binary = /^Binary files .* differ/;

/** GitLab gives no counts; the diff it gives does, unless it was withheld. */
function counts({
  diff,
  collapsed,
  too_large: tooLarge,
}: Diff): Pick<ChangedFile, 'additions' | 'deletions'> {
  if (collapsed || tooLarge || diff == null || binary.test(diff)) return { additions: null, deletions: null };
  let additions = 0;
  let deletions = 0;
  let inside = false;
  for (const line of diff.split('\n')) {
    if (line.startsWith('@@')) inside = true;
    else if (inside && line.startsWith('+')) additions += 1;
    else if (inside && line.startsWith('-')) deletions += 1;
  }
  return { additions, deletions };
}

export async function fileDiff(
  session: Session,
  repository: RepositoryRef,
  number: number,
  file: { path: string; previousPath: string | null },
): Promise<FileDiff> {
  const list = createClient(session).pages(`${at(repository, number)}/diffs`, {}, diffsSchema);
  for await (const page of list) {
    const diff = page.find((one) => one.new_path === file.path);
    if (diff)
      return render(diff, `${session.account.url}/${repository.fullName}/-/merge_requests/${number}/diffs`);
  }
  return fail({ kind: 'not-found', host: new URL(session.account.url).host, what: file.path });
}

function render(wire: Diff, url: string): FileDiff {
  const diff = wire.diff ?? '';
  if (diff === '' && (wire.too_large || wire.collapsed)) return { kind: 'too-large', url };
  if (binary.test(diff)) return { kind: 'binary' };
  // Newer servers start at the first hunk, older ones with the header of a unified diff.
  const headed = /^--- .*\n\+\+\+ /.test(diff);
  const before = wire.new_file ? '/dev/null' : `a/${wire.old_path}`;
  const after = wire.deleted_file ? '/dev/null' : `b/${wire.new_path}`;
  const header = headed ? '' : `--- ${before}\n+++ ${after}\n`;
  return { kind: 'patch', patch: `${header}${diff}${diff === '' || diff.endsWith('\n') ? '' : '\n'}` };
}
