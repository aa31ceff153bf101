import { copyFile, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { GitEngine } from '../../electron/git/engine';
import { type AppError, AppFailure } from '../../shared/errors';
import { gitEnvironment } from '../fakes/repositories';

/** Makes one engine for a suite of an area; `directory` is its own scratch folder. */
export interface AreaFactory<Area> {
  name: GitEngine['id'];
  /** Which git it runs, if it runs one. */
  program?: string;
  create(directory: string): Promise<{ engine: Area; close(): Promise<void> }>;
}

export function titleOf(factory: AreaFactory<unknown>, area: string): string {
  return `${area} of the ${factory.name} engine${factory.program ? ` with ${factory.program}` : ''}`;
}

export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppFailure) return error.error;
    throw error;
  }
  throw new Error('it succeeded');
}

/** A signal nobody fires. */
export const running = () => ({ signal: new AbortController().signal });

/** Engines read the user's own configuration: in the suites there is none. Returns what puts the environment back. */
export function withoutOwnConfiguration(directory: string): () => void {
  const set: Record<string, string> = {
    HOME: directory,
    XDG_CONFIG_HOME: path.join(directory, '.config'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: gitEnvironment['GIT_CONFIG_GLOBAL'] ?? '/dev/null',
  };
  const before = Object.fromEntries(Object.keys(set).map((name) => [name, process.env[name]]));
  Object.assign(process.env, set);
  return () => {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
}

/** Git as the oracle: its outcome, whatever it is, its output as bytes. */
export async function oracle(
  cwd: string,
  args: string[],
  options: { input?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<{ exitCode: number; stdout: Buffer; stderr: string }> {
  const result = await execa('git', args, {
    cwd,
    env: { ...gitEnvironment, ...options.env },
    extendEnv: false,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    input: options.input ?? '',
  });
  return {
    exitCode: result.exitCode ?? -1,
    stdout: Buffer.from(result.stdout),
    stderr: Buffer.from(result.stderr).toString('utf8'),
  };
}

/** The author of every engine's commits in the suites, where git takes it from without an environment. */
export async function setIdentity(directory: string): Promise<void> {
  await oracle(directory, ['config', 'user.name', 'Ada Example']);
  await oracle(directory, ['config', 'user.email', 'ada@example.test']);
}

/** Another copy of a repository, for git to do the same in. */
export async function twinOf(directory: string): Promise<string> {
  const twin = `${directory}-by-git`;
  await copyTree(Buffer.from(directory), Buffer.from(twin));
  return twin;
}

/** By bytes: node:fs copies no names that are not UTF-8. */
async function copyTree(from: Buffer, to: Buffer): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { encoding: 'buffer', withFileTypes: true })) {
    const [source, target] = [from, to].map((folder) =>
      Buffer.concat([folder, Buffer.from('/'), entry.name]),
    );
    if (!source || !target) continue;
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source, 'buffer'), target);
    else await copyFile(source, target);
  }
}

/** Path -> kind, mode and content of everything below a folder, `.git` left out. Names as latin1. */
async function workingTree(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = async (folder: Buffer, prefix: string) => {
    for (const name of await readdir(folder, { encoding: 'buffer' })) {
      const shown = `${prefix}${name.toString('latin1')}`;
      if (shown === '.git') continue;
      const file = Buffer.concat([folder, Buffer.from('/'), name]);
      const stats = await lstat(file);
      if (stats.isDirectory()) await walk(file, `${shown}/`);
      else if (stats.isSymbolicLink()) found[shown] = `-> ${await readlink(file, 'latin1')}`;
      else found[shown] = `${stats.mode & 0o100 ? 'x' : '-'} ${await readFile(file, 'latin1')}`;
    }
  };
  await walk(Buffer.from(directory), '');
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Everything about a repository that a user could lose, without ids and times of new commits. */
export async function snapshot(directory: string): Promise<Record<string, unknown>> {
  const text = async (...args: string[]) => (await oracle(directory, args)).stdout.toString('latin1');
  const commit = '%T%n%an <%ae>%n%cn <%ce>%n%B';
  const state = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'MERGE_MSG'];
  const files = await Promise.all(
    state.map((name) => readFile(path.join(directory, '.git', name), 'latin1').catch(() => null)),
  );
  // First of all: it brings the index up to date, as the user's next look does.
  const status = await text('status', '--porcelain=v2', '-z', '--untracked-files=all');
  const [head, refs, history, reflog, index, tree] = await Promise.all([
    text('symbolic-ref', '--quiet', 'HEAD'),
    text(
      'for-each-ref',
      '--format=%(refname) %(objecttype) %(tree)%(*tree) %(numparent) %(contents:subject) %(upstream)',
      // What an engine keeps is its own affair.
      'refs/heads',
      'refs/tags',
      'refs/remotes',
      'refs/stash',
    ),
    text('log', '--max-count=20', '--topo-order', `--format=${commit}`, 'HEAD', '--'),
    text('log', '--walk-reflogs', '--format=%gs', 'HEAD', '--'),
    text('ls-files', '--stage', '-z'),
    workingTree(directory),
  ]);
  return {
    head,
    // Before the first commit of a line of `status` stand ids that are compared as the index.
    status: status.replace(/# branch\.oid \S+/, ''),
    refs,
    history,
    reflog: reflog.replaceAll(/[0-9a-f]{40}/g, '(id)'),
    index,
    tree,
    state: Object.fromEntries(state.map((name, at) => [name, files[at]])),
  };
}

/** Holds what the engine made against what git made. `but`: parts that may differ. */
export async function expectAlike(ours: string, gits: string, but: readonly string[] = []): Promise<void> {
  const [mine, other] = await Promise.all([snapshot(ours), snapshot(gits)]);
  for (const part of but) {
    delete mine[part];
    delete other[part];
  }
  expect(mine).toEqual(other);
}

export async function put(directory: string, file: string | Buffer, content: string | Buffer): Promise<void> {
  await writeFile(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(file as string)]), content);
}
