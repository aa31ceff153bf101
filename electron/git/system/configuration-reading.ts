import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { type Configuration, environment, neutralDirectory } from './environment';
import { read } from './local';
import type { LocalGit } from './repository-environment';
import { type Outcome, run } from './run';

/** Milliseconds; reading a configuration takes none to speak of. */
export const patience = 20_000;

export interface Entry {
  scope: string;
  /** Absolute; empty for what is no file. */
  file: string;
  key: string;
  value: string;
}

/** `git config -z --show-scope --show-origin --get-regexp`: scope, NUL, origin, NUL, key, line feed, value, NUL. */
export function entriesOf(output: Buffer, directory: string): Entry[] {
  const parts = output.toString('utf8').split('\0');
  const entries: Entry[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [scope = '', origin = '', pair = ''] = parts.slice(at, at + 3);
    const end = pair.indexOf('\n');
    entries.push({
      scope,
      file: origin.startsWith('file:') ? path.resolve(directory, origin.slice('file:'.length)) : '',
      // A key without a value reads as true.
      key: end < 0 ? pair : pair.slice(0, end),
      value: end < 0 ? 'true' : pair.slice(end + 1),
    });
  }
  return entries;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** The file `git config --global` writes, or null: git-config(1), FILES. */
export async function globalFile(env: NodeJS.ProcessEnv): Promise<string | null> {
  const named = env['GIT_CONFIG_GLOBAL'];
  if (named !== undefined)
    return named === '' || named === '/dev/null' || named === 'NUL' ? null : path.resolve(named);
  const drive = `${env['HOMEDRIVE'] ?? ''}${env['HOMEPATH'] ?? ''}`;
  const home = env['HOME'] || drive || env['USERPROFILE'] || os.homedir();
  const usual = path.join(home, '.gitconfig');
  if (await exists(usual)) return usual;
  const other = path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'git', 'config');
  return (await exists(other)) ? other : usual;
}

/** The file of one repository: of all its working trees, and of a submodule its own. */
export async function ownFile(git: LocalGit, directory: string): Promise<string> {
  const found = await read(git, directory, ['rev-parse', '--git-path', 'config']);
  return path.resolve(directory, found.stdout.toString('utf8').replace(/\n$/, ''));
}

/** Runs git away from every repository, with the user's own configuration. */
export function runApart(
  program: string,
  args: string[],
  more: { configuration?: Configuration; input?: string } = {},
): Promise<Outcome> {
  return run({
    program,
    args,
    cwd: neutralDirectory(),
    env: environment(more.configuration ?? [], {}),
    input: more.input,
    signal: AbortSignal.timeout(patience),
    maximumOutput: 1024 * 1024,
  });
}

/** Runs `git config --file <a private copy of the text>`: the file itself is written by `rewrite`, synced and under its lock. */
export async function onCopy<T>(
  program: string,
  text: string,
  args: string[],
  result: (outcome: Outcome, copy: string) => Promise<T> | T,
): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'polyforge-config-'));
  try {
    const copy = path.join(folder, 'config');
    await writeFile(copy, text, { encoding: 'latin1', mode: 0o600 });
    const outcome = await runApart(program, ['config', '--file', copy, ...args]);
    if (outcome.exitCode !== 0)
      fail({
        kind: 'git-failed',
        command: 'config',
        exitCode: outcome.exitCode,
        detail: outcome.stderr.trim().replaceAll(copy, 'the configuration'),
      });
    return await result(outcome, copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
