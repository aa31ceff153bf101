import { readFile } from 'node:fs/promises';
import type { ConfigurationEdit } from '../../../shared/configuration-edit';
import { changeKeys, editOf, readConfiguration, realFile } from '../configuration';
import type { ReadIdentity, UserGit } from '../engine';
import {
  type Entry,
  entriesOf,
  globalFile,
  onCopy,
  ownFile,
  patience,
  runApart,
} from './configuration-reading';
import { asked, helpers, planOwn, shownHelper } from './credential-helpers';
import { neutralDirectory } from './environment';
import { conditionFor } from './folder-condition';
import { read } from './local';
import type { LocalGit } from './repository-environment';

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

/** The last value of a key is the one git takes; author.* goes before user.*, git-config(1). */
export async function identity(git: LocalGit, directory: string): Promise<ReadIdentity> {
  const found = await read(
    git,
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
    source: email ? await sourceOf(email, await ownFile(git, directory)) : null,
    complete: true,
  };
}

/** git's own edit of a text. */
async function editWith(program: string, text: string, key: string, value: string): Promise<string> {
  return onCopy(program, text, ['--replace-all', key, value], (_outcome, copy) => readFile(copy, 'latin1'));
}

export async function configure(
  git: LocalGit,
  directory: string,
  values: readonly (readonly [key: string, value: string])[],
  record: (edits: ConfigurationEdit[]) => void,
): Promise<void> {
  const file = await ownFile(git, directory);
  return changeKeys(file, values, (text, key, value) => editWith(git.program, text, key, value), record);
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
    helpers: (place) => helpers(program, place),
    asked: (entries, url) => asked(program, entries, url),
    shownHelper,
    conditionFor,
    planSections: (target, sections, earlier, isLast = false) =>
      planOwn(program, target, sections, earlier, isLast),
  };
}
