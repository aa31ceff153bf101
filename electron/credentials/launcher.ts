import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Start } from '../data/agent-file';

const windows = process.platform === 'win32';

function inBin(dataDirectory: string, name: string): string {
  return path.join(dataDirectory, 'bin', windows ? `${name}.cmd` : name);
}

/**
 * The program that git's configuration names as its helper; absolute. The path
 * stays when Polyforge is moved or updated. git hands what `credential.helper`
 * holds to a shell: whoever writes it there quotes it.
 */
export function helperLauncher(dataDirectory: string): string {
  return inBin(dataDirectory, 'git-credential-polyforge');
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** cmd.exe expands percent signs also between quotes; a quote cannot stand in a file name. */
function commandQuoted(text: string): string {
  return `"${text.replaceAll('%', '%%')}"`;
}

function scriptFor({ program, args, env }: Start): string {
  if (windows) {
    const variables = Object.entries(env).map(([name, value]) => `@set ${commandQuoted(`${name}=${value}`)}`);
    return ['@setlocal', ...variables, `@${[program, ...args].map(commandQuoted).join(' ')} %*`, ''].join(
      '\r\n',
    );
  }
  const variables = Object.entries(env).map(
    ([name, value]) => `${name}=${shellQuoted(value)}; export ${name}`,
  );
  const needed = [program, args.at(-1) ?? program].filter((file) => path.isAbsolute(file)).map(shellQuoted);
  const check = [
    `for needed in ${needed.join(' ')}; do`,
    '  [ -e "$needed" ] && continue',
    `  echo "polyforge: $needed is not there any more. Start Polyforge once, and git finds it again." >&2`,
    '  exit 1',
    'done',
  ];
  const command = `exec ${[program, ...args].map(shellQuoted).join(' ')} "$@"`;
  return [
    '#!/bin/sh',
    '# Written anew by each start of Polyforge.',
    ...variables,
    ...check,
    command,
    '',
  ].join('\n');
}

/** Written beside and renamed: git may be starting the old one right now. */
function replace(file: string, make: (draft: string) => void): void {
  const draft = `${file}.${process.pid}.tmp`;
  make(draft);
  chmodSync(draft, 0o700);
  renameSync(draft, file);
}

function write(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) {
      chmodSync(file, 0o700);
      return;
    }
  } catch {
    // Absent or unreadable: it is written.
  }
  replace(file, (draft) => writeFileSync(draft, text, { mode: 0o700 }));
}

/**
 * Puts the launcher into the data directory. `helper`: how the helper's
 * bundle, its last argument, is run. `lasting`: the program to run it with
 * where our own and the bundle are gone when we are (a mounted image); a copy
 * of the bundle is then kept beside it. Throws the system's error.
 */
export function writeLauncher(dataDirectory: string, helper: Start, lasting?: string): void {
  mkdirSync(path.join(dataDirectory, 'bin'), { recursive: true, mode: 0o700 });
  const args = [...helper.args];
  const bundle = args.pop() ?? '';
  const kept = path.join(dataDirectory, 'bin', 'git-credential-polyforge.cjs');
  if (lasting !== undefined) replace(kept, (draft) => copyFileSync(bundle, draft));
  const start: Start = {
    program: lasting ?? helper.program,
    args: [...args, lasting === undefined ? bundle : kept],
    env: { ...helper.env, POLYFORGE_DATA: dataDirectory },
  };
  write(helperLauncher(dataDirectory), scriptFor(start));
}
