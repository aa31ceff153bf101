import os from 'node:os';
import path from 'node:path';
import type { ConfigurationEdit } from '../../../shared/configuration-edit';
import { fail } from '../../../shared/errors';
import { realFile } from '../configuration';
import type {
  ConfigurationSection,
  ConfigurationTarget,
  GitPlace,
  HelperEntry,
  PlannedText,
} from '../engine';
import {
  type Entry,
  entriesOf,
  globalFile,
  onCopy,
  ownFile,
  patience,
  runApart,
} from './configuration-reading';
import { neutralDirectory } from './environment';
import { masked } from './errors';
import { holdsBelow } from './folder-condition';
import { read } from './local';
import { planSections } from './own-lines';

const listing = ['config', '-z', '--show-scope', '--show-origin', '--includes', '--list'];
/** As deep as git follows includes, config.c MAX_INCLUDE_DEPTH. */
const deepest = 10;

/** Outside a repository git follows no condition on where it is: these are followed here, in their place. */
async function followed(
  program: string,
  entries: readonly Entry[],
  folder: string,
  depth = 0,
): Promise<Entry[]> {
  const all: Entry[] = [];
  for (const entry of entries) {
    all.push(entry);
    const condition = /^includeif\.(.*)\.path$/is.exec(entry.key)?.[1];
    if (condition === undefined || depth >= deepest || !holdsBelow(condition, entry.file, folder)) continue;
    const named = /^~(?=\/|$)/.test(entry.value) ? os.homedir() + entry.value.slice(1) : entry.value;
    const file = path.resolve(path.dirname(entry.file), named);
    const found = await runApart(program, [
      'config',
      '--file',
      file,
      '-z',
      '--show-scope',
      '--show-origin',
      '--includes',
      '--list',
    ]);
    // A file that is not there is no mistake: git goes on as well.
    if (found.exitCode !== 0) continue;
    const included = entriesOf(found.stdout, neutralDirectory()).map((one) => ({
      ...one,
      scope: entry.scope,
    }));
    all.push(...(await followed(program, included, folder, depth + 1)));
  }
  return all;
}

async function entriesAt(program: string, place: GitPlace): Promise<Entry[]> {
  if (place.kind === 'repository') {
    const found = await read({ program }, place.directory, listing, { patience });
    return entriesOf(found.stdout, place.directory);
  }
  const found = await runApart(program, listing);
  if (found.exitCode !== 0)
    fail({
      kind: 'git-failed',
      command: 'config',
      exitCode: found.exitCode,
      detail: masked(found.stderr.trim()),
    });
  const entries = entriesOf(found.stdout, neutralDirectory());
  return place.kind === 'below' ? followed(program, entries, await realFile(place.folder)) : entries;
}

const scopes = ['system', 'global', 'local', 'worktree'] as const;

export async function helpers(program: string, place: GitPlace): Promise<HelperEntry[]> {
  const entries = await entriesAt(program, place);
  return entries.flatMap(({ key, value, file, scope }) => {
    const known = scopes.find((one) => one === scope);
    return known && /^credential\.(.*\.)?helper$/is.test(key) ? [{ key, value, file, scope: known }] : [];
  });
}

const mark = 'polyforge-asked-';

/**
 * git is asked for a credential, with a program of ours in the place of each
 * helper: it says that it was asked, and has no answer, so that git asks the
 * next one. The empty entry before them drops those of the user.
 */
export async function asked(
  program: string,
  entries: readonly HelperEntry[],
  url: string,
): Promise<HelperEntry[]> {
  const outcome = await runApart(program, ['credential', 'fill'], {
    configuration: [
      ['credential.helper', ''],
      ...entries.map(({ key, value }, index): [string, string] => [
        key,
        value === '' ? '' : `!f() { test "$1" != get || echo ${mark}${index} >&2; }; f`,
      ]),
    ],
    input: `url=${url}\n\n`,
  });
  return outcome.stderr.split('\n').flatMap((line) => {
    const entry = line.startsWith(mark) ? entries[Number(line.slice(mark.length))] : undefined;
    return entry ? [entry] : [];
  });
}

/** Programs people have, by the name of their file. */
const known: Record<string, string> = {
  'git-credential-polyforge': 'polyforge',
  'git-credential-manager': 'manager',
  'git-credential-manager-core': 'manager',
  'git-credential-store': 'store',
  'git-credential-cache': 'cache',
  'git-credential-libsecret': 'libsecret',
  'git-credential-osxkeychain': 'osxkeychain',
  'git-credential-wincred': 'wincred',
  'git-credential-oauth': 'oauth',
  gh: 'gh',
  glab: 'glab',
};

/** The words of a command, quotes and backslashes of the shell taken away. */
function words(command: string): string[] {
  return (command.match(/(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"\\])+/gs) ?? []).map((word) =>
    word.replace(
      /\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"/gs,
      (_all, escape, single, double: string | undefined) =>
        String(escape ?? single ?? double?.replace(/\\(.)/gs, '$1') ?? ''),
    ),
  );
}

/** gitcredentials(7), CUSTOM HELPERS: `!` is a command for the shell, a path stands for itself, a name for `git credential-<name>`. */
function programOf(value: string): string {
  const isCommand = value.startsWith('!');
  const [first = '', second = ''] = words(isCommand ? value.slice(1) : value);
  const name = (first.split(/[\\/]/).at(-1) ?? '').replace(/\.(?:exe|cmd|bat|sh)$/i, '').toLowerCase();
  if (isCommand && name === 'git' && second.startsWith('credential-')) return `git-${second.toLowerCase()}`;
  return isCommand || path.isAbsolute(first) || /^[A-Za-z]:[\\/]/.test(first)
    ? name
    : `git-credential-${name}`;
}

/** Of a program nobody knows, only what names it: the rest may be a secret in any spelling. */
function shortened(value: string): string {
  const start = /^!?(?:'[^']*'|"[^"]*"|(?:\\.|[^\s'"\\])+)/s.exec(value)?.[0] ?? '';
  const isName = !/[=()$`;&|<>{}]/.test(start);
  if (isName && start === value) return value;
  return isName ? `${start} …` : '!…';
}

export function shownHelper(value: string): { name: string; value: string } {
  const name = known[programOf(value)] ?? 'other';
  return { name, value: masked(name === 'other' ? shortened(value) : value) };
}

/** See `UserGit.planSections`. */
export async function planOwn(
  program: string,
  target: ConfigurationTarget,
  sections: readonly ConfigurationSection[],
  earlier: ConfigurationEdit | null,
  isLast: boolean,
): Promise<PlannedText | 'no-file' | 'nothing'> {
  const named =
    target.kind === 'global'
      ? await globalFile(process.env)
      : target.kind === 'repository'
        ? await ownFile({ program }, target.directory)
        : target.file;
  if (named === null) return 'no-file';
  const file = await realFile(named);
  return planSections({
    file,
    sections,
    earlier: earlier?.file === file ? earlier : null,
    isLast,
    read: (text) =>
      onCopy(program, text, ['-z', '--list'], (outcome) => {
        const parts = outcome.stdout.toString('latin1').split('\0');
        return parts.slice(0, -1);
      }),
  });
}
