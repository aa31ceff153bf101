import { fail } from '../../../shared/errors';
import { read } from './local';
import type { LocalGit } from './repository-environment';

/** What git says of a name; what it says of the whole repository is a failure. */
const ofTheName =
  /^(?![\s\S]*(?:not a git repository|unknown repository extension|Expected git repo version|dubious ownership|bad config))/i;

async function verified(git: LocalGit, directory: string, expression: string): Promise<string | null> {
  const found = await read(
    git,
    directory,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', expression],
    { allowed: [1], accept: ofTheName },
  );
  const oid = found.stdout.toString('latin1').trim();
  return found.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(oid) ? oid : null;
}

/** Id of the commit a name stands for; null: it stands for none. */
export async function commitOf(git: LocalGit, directory: string, name: string): Promise<string | null> {
  // A line feed or NUL ends an argument of git's own making; no name holds one.
  if (name === '' || name.startsWith('-') || /[\0\n]/.test(name)) return null;
  return verified(git, directory, `${name}^{commit}`);
}

export async function requireCommit(git: LocalGit, directory: string, name: string): Promise<string> {
  return (await commitOf(git, directory, name)) ?? fail({ kind: 'revision-not-found', name });
}

/** What a whole ref (`refs/heads/main`) points at; null: it is not there. */
export function refTarget(git: LocalGit, directory: string, ref: string): Promise<string | null> {
  return verified(git, directory, ref);
}

/** Null: unborn. */
export function headCommit(git: LocalGit, directory: string): Promise<string | null> {
  return verified(git, directory, 'HEAD^{commit}');
}

/** Id of the tree without entries, in the repository's own hash. */
export async function emptyTree(git: LocalGit, directory: string): Promise<string> {
  const made = await read(git, directory, ['hash-object', '-t', 'tree', '--stdin'], { input: '' });
  return made.stdout.toString('latin1').trim();
}
