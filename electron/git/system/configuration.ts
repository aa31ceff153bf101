import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ConfigurationEdit } from '../../../shared/configuration-edit';
import { fail } from '../../../shared/errors';
import { changeKeys, editOf, readConfiguration, realFile } from '../configuration';
import type { ReadIdentity, UserGit } from '../engine';
import { type Configuration, environment, neutralDirectory } from './environment';
import { read } from './local';
import { type Outcome, run } from './run';

/** Milliseconds; reading a configuration takes none to speak of. */
const patience = 20_000;

interface Entry {
  scope: string;
  /** Absolute; empty for what is no file. */
  file: string;
  key: string;
  value: string;
}

/** `git config -z --show-scope --show-origin --get-regexp`: scope, NUL, origin, NUL, key, line feed, value, NUL. */
function entriesOf(output: Buffer, directory: string): Entry[] {
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
async function globalFile(env: NodeJS.ProcessEnv): Promise<string | null> {
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

/** Where a value is set, in the words of `ReadIdentity.source`. */
async function sourceOf(entry: Entry, own: string): Promise<string | null> {
  const real = entry.file === '' ? '' : await realFile(entry.file);
  if (entry.scope === 'local' || entry.scope === 'worktree')
    return entry.scope === 'worktree' || real === (await realFile(own)) ? 'local' : entry.file;
  if (entry.scope === 'global') {
    const main = await globalFile(process.env);
    return main !== null && real === (await realFile(main)) ? 'global' : entry.file;
  }
  return entry.scope === 'system' ? 'system' : entry.file || entry.scope;
}

async function ownFile(program: string, directory: string): Promise<string> {
  const found = await read(program, directory, ['rev-parse', '--git-path', 'config']);
  return path.resolve(directory, found.stdout.toString('utf8').replace(/\n$/, ''));
}

/** The last value of a key is the one git takes; author.* goes before user.*, git-config(1). */
export async function identity(program: string, directory: string): Promise<ReadIdentity> {
  const found = await read(
    program,
    directory,
    [
      'config',
      '-z',
      '--show-scope',
      '--show-origin',
      '--get-regexp',
      '^(user|author)\\.(name|email|signingkey)$',
    ],
    { allowed: [1], patience },
  );
  const entries = entriesOf(found.stdout, directory);
  const last = (...keys: string[]) => {
    for (const key of keys) {
      const entry = entries.findLast((one) => one.key === key);
      if (entry) return entry;
    }
    return undefined;
  };
  const email = last('author.email', 'user.email');
  return {
    effective: {
      name: last('author.name', 'user.name')?.value ?? '',
      email: email?.value ?? '',
      signingKey: last('user.signingkey')?.value ?? '',
    },
    source: email ? await sourceOf(email, await ownFile(program, directory)) : null,
    complete: true,
  };
}

/** Runs git away from every repository, with the user's own configuration. */
function runApart(
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

/** git's own edit of a text, in a private copy: the file itself is written by `rewrite`, synced and under its lock. */
async function editWith(program: string, text: string, key: string, value: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'polyforge-config-'));
  try {
    const copy = path.join(folder, 'config');
    await writeFile(copy, text, { encoding: 'latin1', mode: 0o600 });
    const outcome = await runApart(program, ['config', '--file', copy, '--replace-all', key, value]);
    if (outcome.exitCode !== 0)
      fail({
        kind: 'git-failed',
        command: 'config',
        exitCode: outcome.exitCode,
        detail: outcome.stderr.trim().replaceAll(copy, 'the configuration'),
      });
    return await readFile(copy, 'latin1');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function configure(
  program: string,
  directory: string,
  values: readonly (readonly [key: string, value: string])[],
  record: (edits: ConfigurationEdit[]) => void,
): Promise<void> {
  const file = await ownFile(program, directory);
  return changeKeys(file, values, (text, key, value) => editWith(program, text, key, value), record);
}

/**
 * A helper that gives back the path it was asked with as the password. It
 * stands alone: the empty entry before it drops the user's own helpers.
 */
const recording = [
  ['credential.helper', ''],
  [
    'credential.helper',
    '!f() { test "$1" = get || exit 0; p=; while IFS= read -r l; do case "$l" in path=*) p="${l#path=}";; esac; done; echo username=x; echo "password=path:$p"; }; f',
  ],
] as const;

export function createUserGit(program: string): UserGit {
  return {
    async httpPath(url) {
      const [matched, all] = await Promise.all([
        runApart(program, ['config', '--type=bool', '--get-urlmatch', 'credential.useHttpPath', url]),
        runApart(program, [
          'config',
          '-z',
          '--show-scope',
          '--show-origin',
          '--get-regexp',
          '^credential\\.(.*\\.)?usehttppath$',
        ]),
      ]);
      const { origin } = new URL(url);
      const about = entriesOf(all.stdout, neutralDirectory()).filter(({ key }) => {
        const named = /^credential\.(.*)\.usehttppath$/i.exec(key)?.[1];
        if (named === undefined) return true;
        return URL.canParse(named) && new URL(named).origin === origin;
      });
      return {
        effective: matched.exitCode === 0 && matched.stdout.toString('utf8').trim() === 'true',
        file: about.at(-1)?.file || null,
      };
    },
    async asksWithPath(url) {
      const outcome = await runApart(program, ['credential', 'fill'], {
        configuration: recording.map(([key, value]) => [key, value]),
        input: `url=${url}\n\n`,
      });
      const wanted = new URL(url).pathname.slice(1);
      const told = /^password=path:(.*)$/m.exec(outcome.stdout.toString('utf8'))?.[1];
      return told !== undefined && told !== '' && decodeURI(wanted) === told;
    },
    async plan(key, value) {
      const named = await globalFile(process.env);
      if (named === null) return 'no-file';
      const file = await realFile(named);
      const before = await readConfiguration(file);
      const edit = editOf(file, before, await editWith(program, before ?? '', key, value));
      return edit ? { edit, before } : 'nothing';
    },
  };
}
