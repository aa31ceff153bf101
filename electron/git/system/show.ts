import type { Commit } from '../../../shared/contract/history';
import { fail } from '../../../shared/errors';
import { read } from './local';
import { commitFormat, commitsOf } from './log';
import type { LocalGit } from './repository-environment';
import { requireCommit } from './revision';

/** One commit, as `log` has it. */
export async function show(git: LocalGit, directory: string, ref: string): Promise<Commit> {
  const oid = await requireCommit(git, directory, ref);
  const outcome = await read(git, directory, ['log', ...commitFormat, '--no-walk', oid, '--']);
  return commitsOf(outcome.stdout)[0] ?? fail({ kind: 'revision-not-found', name: ref });
}
