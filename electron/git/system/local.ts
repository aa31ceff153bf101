import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { type AppError, AppFailure, fail, isCancelled } from '../../../shared/errors';
import type { Running } from '../engine';
import { trustNothing } from '../trust';
import { type Configuration, neutralDirectory } from './environment';
import { recognize } from './errors';
import { localPhases, progressReader } from './progress';
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
async function requireOwn(git: LocalGit, directory: string): Promise<void> {
  const uid = process.getuid?.();
  if (uid === undefined || (await git.trust?.(directory))?.state === 'trusted') return;
  const owner = (await stat(directory)).uid;
  if (owner !== uid)
    fail({
      kind: 'unsupported',
      what: 'Opening this repository',
      reason: `The folder ${directory} belongs to another user of this computer, and Git does not trust it.`,
    });
}

/**
 * Variables that hold git to the repository in this very folder. Rejects
 * `path-not-found`, and `unsupported` for a bare one of another user.
 */
export async function placeOf(git: LocalGit, directory: string): Promise<Record<string, string>> {
  const isDirectory = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) fail({ kind: 'path-not-found', path: directory });
  const bare = !(await exists(path.join(directory, '.git'))) && (await looksBare(directory));
  if (bare) await requireOwn(git, directory);
  // A repository further up is another one.
  return { GIT_CEILING_DIRECTORIES: path.dirname(directory), ...(bare ? { GIT_DIR: directory } : {}) };
}

/** Milliseconds a command without a `Running` may take, also in a large repository on a slow disk. */
const patience = 120_000;

export interface ReadOptions {
  /** Exit codes that are the caller's business. */
  allowed?: number[];
  /** What git says when its failure is the caller's business. */
  accept?: RegExp;
  patience?: number;
  input?: string | Uint8Array;
  configuration?: Configuration;
  env?: Record<string, string>;
  /** Ends the command; without it `patience` does. */
  signal?: AbortSignal;
  onOutput?: (piece: Buffer) => void | Promise<void>;
}

export interface ChangeOptions extends Omit<ReadOptions, 'signal'> {
  /** Long work: ended by its signal alone, its progress told. */
  running?: Running;
}

/** Of what is held; a stream has no end. */
const maximumOutput = 256 * 1024 * 1024;

/** Runs a reading command in a repository. It writes nothing, the index's refreshed times included. */
export function read(
  git: LocalGit,
  directory: string,
  args: string[],
  options: ReadOptions = {},
): Promise<Outcome> {
  return runIn(git, directory, args, options, undefined, {});
}

/**
 * Runs a command that changes a repository. git works under its own locks,
 * old-or-new; ended early it takes its locks back (tempfile.c). A commit has
 * an author only where the configuration names one.
 */
export function change(
  git: LocalGit,
  directory: string,
  args: string[],
  options: ChangeOptions = {},
): Promise<Outcome> {
  const { running } = options;
  return runIn(
    git,
    directory,
    args,
    {
      ...options,
      signal: running?.signal,
      // Else git makes an address up from the names of the user and the machine (ident.c).
      configuration: [['user.useConfigOnly', 'true'], ...(options.configuration ?? [])],
    },
    running?.progress && progressReader(running.progress, undefined, localPhases),
    { GIT_OPTIONAL_LOCKS: '1' },
  );
}

async function runIn(
  git: LocalGit,
  directory: string,
  args: string[],
  options: ReadOptions,
  onLine: ((line: string) => void) | undefined,
  more: Record<string, string>,
): Promise<Outcome> {
  const command = args[0] ?? '';
  const place = await placeOf(git, directory);
  const outcome = await run({
    program: git.program,
    args: ['--no-pager', ...args],
    cwd: directory,
    // A pipe in the place of a file, or a network folder that is gone, would keep git waiting for ever.
    signal: options.signal ?? AbortSignal.timeout(options.patience ?? patience),
    input: options.input,
    onOutput: options.onOutput,
    onLine,
    env: await environmentOf(git, directory, {
      configuration: options.configuration,
      more: {
        ...place,
        ...more,
        ...options.env,
      },
    }),
    maximumOutput: options.onOutput ? Number.POSITIVE_INFINITY : maximumOutput,
  }).catch((error: unknown) => {
    if (!isCancelled(error) || options.signal?.aborted) throw error;
    const detail = 'Git did not come to an end; a file of the repository may not be readable.';
    return fail({ kind: 'git-failed', command, exitCode: null, detail }, error);
  });
  if (outcome.overflow)
    fail({ kind: 'git-failed', command, exitCode: null, detail: 'Git printed more than can be read.' });
  if (outcome.exitCode === 0 || options.allowed?.includes(outcome.exitCode ?? -1)) return outcome;
  if (options.accept?.test(outcome.stderr)) return outcome;
  if (!/detected dubious ownership/.test(outcome.stderr))
    throw new AppFailure(failureOf(command, directory, outcome));
  const { findings } = await (git.trust ?? trustNothing)(directory);
  throw new AppFailure(
    failureOf(command, directory, outcome, findings.find(({ kind }) => kind === 'owner')?.value),
  );
}

/** What a failed command of a repository means. */
export function failureOf(command: string, directory: string, outcome: Outcome, owner?: string): AppError {
  const context = { command, host: '', path: '', directory, branch: null, ...(owner ? { owner } : {}) };
  return recognize(outcome.stderr, outcome.exitCode, context);
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
