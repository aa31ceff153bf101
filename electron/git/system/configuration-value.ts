import { fail } from '../../../shared/errors';
import type { ConfigurationValue } from '../operations/refs';
import { read } from './local';
import type { LocalGit } from './repository-environment';

const scopes: readonly string[] = ['system', 'global', 'local', 'worktree'];

function isScope(text: string): text is ConfigurationValue['scope'] {
  return scopes.includes(text);
}

/** Section and variable know no case, the subsection between them does: git-config(1), SYNTAX. */
function normalized(key: string): string | null {
  const match = /^([a-z0-9-]+)\.(?:([^\0\n]*)\.)?([a-z][a-z0-9-]*)$/is.exec(key);
  if (!match) return null;
  const [, section = '', subsection, variable = ''] = match;
  const middle = subsection === undefined ? '' : `${subsection}.`;
  return `${section.toLowerCase()}.${middle}${variable.toLowerCase()}`;
}

/** Every value there is, in git's order. What is set for our own calls is no value of the user's. */
export async function everyValue(
  git: LocalGit,
  directory: string,
): Promise<(ConfigurationValue & { key: string })[]> {
  // The whole list: alone `--get-all` does not tell a key without a value (true) from an empty one.
  const outcome = await read(git, directory, ['config', '--list', '-z', '--show-scope', '--includes']);
  const parts = outcome.stdout.toString('utf8').split('\0');
  const values: (ConfigurationValue & { key: string })[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const scope = parts[at] ?? '';
    const pair = parts[at + 1] ?? '';
    const end = pair.indexOf('\n');
    const key = end < 0 ? pair : pair.slice(0, end);
    if (isScope(scope)) values.push({ key, value: end < 0 ? 'true' : pair.slice(end + 1), scope });
  }
  return values;
}

/** Every value of a key, from all of git's files. */
export async function configuration(
  git: LocalGit,
  directory: string,
  key: string,
): Promise<ConfigurationValue[]> {
  const wanted = normalized(key);
  if (wanted === null)
    return fail({ kind: 'invalid-input', field: 'key', reason: 'This is no key of a configuration.' });
  const values = await everyValue(git, directory);
  return values.filter((one) => one.key === wanted).map(({ value, scope }) => ({ value, scope }));
}
