import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppFailure, fail, isCancelled } from '../../../shared/errors';
import { neutralDirectory } from './environment';
import { recognize } from './errors';
import { environmentOf, type LocalGit } from './repository-environment';
import { type Outcome, run } from './run';

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Whether a folder itself looks like a bare repository, as git's setup.c decides it. */
async function looksBare(directory: string): Promise<boolean> {
  const parts = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => exists(path.join(directory, name))),
  );
  return parts.every(Boolean) && path.basename(directory) !== '.git';
}

/**
 * A bare repository is used only when it was chosen itself: one inside a
 * working tree could be part of somebody's files, with a configuration of its
 * own. git checks the owner of what it finds, but not of what it is told.
 */
async function requireOwn(directory: string): Promise<void> {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  const owner = (await stat(directory)).uid;
  if (owner !== uid)
    fail({
      kind: 'unsupported',
      what: 'Opening this repository',
      reason: `The folder ${directory} belongs to another user of this computer, and Git does not trust it.`,
    });
}

/** Milliseconds a reading command may take, also in a large repository on a slow disk. */
const patience = 120_000;

/** Runs a reading command in a repository. Exit codes listed in `allowed` are the caller's business. */
export async function read(
  git: LocalGit,
  directory: string,
  args: string[],
  options: { allowed?: number[]; accept?: RegExp; patience?: number } = {},
): Promise<Outcome> {
  const isDirectory = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) fail({ kind: 'path-not-found', path: directory });
  const bare = !(await exists(path.join(directory, '.git'))) && (await looksBare(directory));
  if (bare) await requireOwn(directory);
  // A pipe in the place of a file, or a network folder that is gone, would keep git waiting for ever.
  const deadline = AbortSignal.timeout(options.patience ?? patience);
  const outcome = await run({
    program: git.program,
    args: ['--no-pager', ...args],
    cwd: directory,
    signal: deadline,
    env: await environmentOf(git, directory, {
      more: {
        // Only this folder: a repository further up is another one.
        GIT_CEILING_DIRECTORIES: path.dirname(directory),
        ...(bare ? { GIT_DIR: directory } : {}),
      },
    }),
    maximumOutput: 256 * 1024 * 1024,
  }).catch((error: unknown) => {
    if (!isCancelled(error)) throw error;
    const detail = 'Git did not finish reading; a file of the repository may not be readable.';
    return fail({ kind: 'git-failed', command: args[0] ?? '', exitCode: null, detail }, error);
  });
  if (outcome.exitCode === 0 || options.allowed?.includes(outcome.exitCode ?? -1)) return outcome;
  if (options.accept?.test(outcome.stderr)) return outcome;
  throw new AppFailure(
    recognize(outcome.stderr, outcome.exitCode, {
      command: args[0] ?? '',
      host: '',
      path: '',
      directory,
      branch: null,
    }),
  );
}

/** Top folder of the repository that holds `start`, looked for as git does: upwards, first `.git` wins. */
export async function discover(git: LocalGit, start: string): Promise<string> {
  if (!(await exists(start))) fail({ kind: 'path-not-found', path: start });
  if (path.basename(start) === '.git' && (await looksBare(path.join(start, '.')).catch(() => false)))
    return discover(git, path.dirname(start));
  if (await looksBare(start)) {
    await read(git, start, ['rev-parse', '--git-dir']);
    return start;
  }
  for (let at = start; ; at = path.dirname(at)) {
    if (await exists(path.join(at, '.git'))) {
      // Damaged, foreign or of a newer format: git says so.
      await read(git, at, ['rev-parse', '--git-dir']);
      return at;
    }
    if (path.dirname(at) === at || at === neutralDirectory()) fail({ kind: 'not-a-repository', path: start });
  }
}
