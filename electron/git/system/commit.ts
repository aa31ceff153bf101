import { AppFailure, fail } from '../../../shared/errors';
import type { Running } from '../engine';
import type { CommitRequest } from '../operations/working-tree';
import { change, failureOf } from './local';
import type { LocalGit } from './repository-environment';
import { headCommit } from './revision';
import { ownSigning } from './signing';

const signing: Record<CommitRequest['sign'], string[]> = {
  configured: [],
  yes: ['--gpg-sign'],
  no: ['--no-gpg-sign'],
};

/** `git commit` with a message from its input. */
export async function commit(git: LocalGit, request: CommitRequest, running: Running): Promise<string> {
  const { directory, message } = request;
  if (message.trim() === '')
    fail({ kind: 'invalid-input', field: 'message', reason: 'The message is empty.' });
  if (request.amend && (await headCommit(git, directory)) === null)
    fail({ kind: 'revision-not-found', name: 'HEAD' });
  const outcome = await change(
    git,
    directory,
    [
      'commit',
      '--quiet',
      '--file=-',
      '--cleanup=whitespace',
      '--no-status',
      ...(request.amend ? ['--amend'] : []),
      ...(request.signOff ? ['--signoff'] : []),
      ...(request.allowEmpty ? ['--allow-empty'] : []),
      ...signing[request.sign],
    ],
    {
      input: message,
      running,
      allowed: [1],
      configuration: request.sign === 'no' ? [] : await ownSigning(git, directory),
    },
  );
  if (outcome.exitCode !== 0) {
    const error = failureOf('commit', directory, outcome);
    // That there is nothing to commit git says on standard output, in the words of its status.
    const isSilent = outcome.stderr.trim() === '';
    throw new AppFailure(isSilent ? { kind: 'nothing-to-do', what: 'commit' } : error);
  }
  return (
    (await headCommit(git, directory)) ??
    fail({ kind: 'git-failed', command: 'commit', exitCode: 0, detail: 'The new commit is not there.' })
  );
}
