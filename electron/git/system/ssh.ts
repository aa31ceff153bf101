import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { isUsableKeyPath } from '../../../shared/ssh-key-path';
import { environment, neutralDirectory } from './environment';
import { atLeast } from './program';
import { run } from './run';

/** How ssh is started for one operation. */
export interface SshStart {
  /** Absolute path. */
  program: string;
  /** Absolute path of the program ssh asks with; null: it may not ask (BatchMode). */
  askpass: string | null;
  /** Absolute path of the private key; null: ssh chooses. */
  key: string | null;
  /** What the server asks carries ssh's own mark, so that it cannot pass for ssh's own question (OpenSSH 8.5). */
  marksQuestions: boolean;
}

/** Quotes for the shell git starts ssh with (sh everywhere, also in Git for Windows). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * The words that make ssh use this key and, of the agent, no other. `-i` takes
 * a path as it is, but ssh reads %-signs and `${}` in it later
 * (ssh_config(5), TOKENS); `-o` wants them doubled and quoted. Rejects
 * `ssh-key-refused` for names that cannot be said.
 */
function keyWords(key: string, failing: { host: string; path: string }): string[] {
  const only = ['-o', 'IdentitiesOnly=yes'];
  if (!isUsableKeyPath(key))
    fail({
      kind: 'ssh-key-refused',
      ...failing,
      keyPath: key,
      detail: 'ssh cannot be given a file of this name.',
    });
  if (!key.includes('%')) return ['-i', key, ...only];
  return ['-o', `IdentityFile="${key.replaceAll('%', '%%')}"`, ...only];
}

/** The value of GIT_SSH_COMMAND. No secret stands in it: the shell's arguments are visible to everybody. */
export function sshCommand(start: SshStart, failing: { host: string; path: string }): string {
  const words = [start.program, '-x'];
  if (start.askpass === null) words.push('-o', 'BatchMode=yes');
  if (!start.marksQuestions) words.push('-o', 'KbdInteractiveAuthentication=no');
  if (start.key !== null) words.push(...keyWords(start.key, failing));
  return askingCommand(words.map(quoted).join(' '), start.askpass);
}

/** A command of ssh that asks with this program; null: it may not ask. */
export function askingCommand(command: string, askpass: string | null): string {
  if (askpass === null) return command;
  // Before 8.4 ssh asks with a program only where there is a display.
  const display = process.env['DISPLAY'] || ':0';
  return `SSH_ASKPASS=${quoted(askpass)} SSH_ASKPASS_REQUIRE=force DISPLAY=${quoted(display)} ${command}`;
}

/**
 * A program for SSH_ASKPASS that asks one operation's lease. It holds the
 * lease's token, so that the token is in no environment but its own; the
 * folder is open to this user only.
 */
export async function writeAskpass(
  folder: string,
  helper: { program: string; args: string[]; env: Record<string, string> },
  lease: { env: Readonly<Record<string, string>> },
): Promise<{ file: string; remove(): Promise<void> }> {
  const file = path.join(folder, `ask-${randomBytes(8).toString('hex')}`);
  const variables = Object.entries({ ...helper.env, ...lease.env }).map(
    ([name, value]) => `${name}=${quoted(value)}; export ${name}`,
  );
  const start = [helper.program, ...helper.args, 'askpass'].map(quoted).join(' ');
  // Standard input is git's line to the server.
  const text = ['#!/bin/sh', ...variables, `exec ${start} "$1" </dev/null`, ''].join('\n');
  await writeFile(file, text, { mode: 0o700, flag: 'wx' });
  return { file, remove: () => rm(file, { force: true }) };
}

/** Windows' own ssh starts no script, and a batch file would read the server's words as commands. */
function startsScripts(program: string): boolean {
  return process.platform !== 'win32' || !/\\System32\\OpenSSH\\/i.test(program);
}

export interface SshAbility {
  /** Of OpenSSH, `9.2`; null: it is another program, or does not start. */
  version: string | null;
  asks: boolean;
  marksQuestions: boolean;
}

const abilities = new Map<string, Promise<SshAbility>>();

/** What this ssh can do; it is asked for its version once. */
export function sshAbility(program: string): Promise<SshAbility> {
  const known = abilities.get(program);
  if (known) return known;
  const looked = run({
    program,
    args: ['-V'],
    cwd: neutralDirectory(),
    env: environment([], {}),
    signal: AbortSignal.timeout(10_000),
    maximumOutput: 65_536,
  }).then(
    ({ stderr, stdout }) => {
      const version = /OpenSSH_(?:for_Windows_)?(\d+\.\d+)/.exec(`${stderr}${stdout.toString('utf8')}`)?.[1];
      return {
        version: version ?? null,
        asks: startsScripts(program),
        marksQuestions: version !== undefined && atLeast(version, '8.5'),
      };
    },
    () => ({ version: null, asks: startsScripts(program), marksQuestions: false }),
  );
  abilities.set(program, looked);
  return looked;
}
