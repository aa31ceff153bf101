import os from 'node:os';
import path from 'node:path';
import { fromLatin1, readPatternFile } from './patterns/pattern-file';
import type { LineEndSettings } from './patterns/conversion';
import { parseConfig } from './config-text';
import type { RepositoryConfig } from './repository-config';

/** What git's configuration says about files of the working tree, git-config(1) `core.*`. */
export interface FileSettings extends LineEndSettings {
  fileMode: boolean;
  links: boolean;
  ignoreCase: boolean;
  /** Absolute; null: there is none. */
  excludesFile: string | null;
  attributesFile: string | null;
}

/**
 * The repository's own configuration first, the user's after it: what is
 * ignored and how lines end is often set there. Nothing it names is run, and
 * files it includes are not read.
 */
export function fileSettings(config: RepositoryConfig): FileSettings {
  const users = userConfiguration();
  const get = (key: string) => config.get(['core', null, key]) ?? users.get(key) ?? null;
  const flag = (key: string, usual: boolean) => {
    const value = get(key)?.toLowerCase() ?? null;
    return value === null ? usual : /^(?:true|yes|on|[1-9]\d*)$/.test(value);
  };
  const autocrlf = get('autocrlf')?.toLowerCase() ?? 'false';
  const eol = get('eol')?.toLowerCase() ?? 'native';
  return {
    fileMode: flag('filemode', process.platform !== 'win32'),
    links: flag('symlinks', process.platform !== 'win32'),
    ignoreCase: flag('ignorecase', false),
    autocrlf: autocrlf === 'input' ? 'input' : flag('autocrlf', false) ? 'true' : 'false',
    eol: eol === 'lf' || eol === 'crlf' ? eol : 'native',
    excludesFile: expanded(get('excludesfile')) ?? path.join(userFolder(), 'ignore'),
    attributesFile: expanded(get('attributesfile')) ?? path.join(userFolder(), 'attributes'),
  };
}

const home = () => process.env['HOME'] ?? os.homedir();
const userFolder = () => path.join(process.env['XDG_CONFIG_HOME'] || path.join(home(), '.config'), 'git');

function expanded(file: string | null): string | null {
  if (file === null || file === '') return null;
  const full = file.startsWith('~/') ? path.join(home(), file.slice(2)) : file;
  return path.isAbsolute(full) ? full : null;
}

/** `core.*` of the user's own files; keys in lower case. */
function userConfiguration(): Map<string, string> {
  const named = process.env['GIT_CONFIG_GLOBAL'];
  const files =
    named === undefined ? [path.join(userFolder(), 'config'), path.join(home(), '.gitconfig')] : [named];
  const found = new Map<string, string>();
  for (const file of files)
    for (const { section, subsection, key, value } of parseConfig(readPatternFile(file, true) ?? '')
      ?.entries ?? [])
      if (section === 'core' && subsection === null)
        found.set(key, value === null ? 'true' : fromLatin1(value));
  return found;
}
