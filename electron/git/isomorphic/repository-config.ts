import os from 'node:os';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { bytesOf } from '../configuration';
import { type ConfigEntry, parseConfig } from './config-text';
import { readIfFile } from './disk-path';
import type { LogRefs } from './reflog';
import type { RefLogging } from './refs-transaction';

/** The repository's own configuration. The user's and the system's are git's, and includes are not followed. */
export interface RepositoryConfig {
  /** The last value, as text; null: not set. A key without a value is `true`. */
  get(key: ConfigKey): string | null;
  all(key: ConfigKey): string[];
  /** As git reads a truth value; null: not set, or none. */
  flag(key: ConfigKey): boolean | null;
  entries: readonly ConfigEntry[];
}

/** Section, subsection (null: none), key; section and key in lower case. */
export type ConfigKey = readonly [section: string, subsection: string | null, key: string];

/** Text, as the user reads it, of what a file holds. */
export function textOf(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

export function readRepositoryConfig(gitdir: string): RepositoryConfig {
  const read = (name: string): readonly ConfigEntry[] => {
    const file = path.join(gitdir, name);
    const parsed = parseConfig(readIfFile(file)?.toString('latin1') ?? '');
    if (parsed) return parsed.entries;
    return fail({ kind: 'repository-damaged', path: file, detail: 'The configuration cannot be read.' });
  };
  let entries = read('config');
  const all = ([section, subsection, key]: ConfigKey): string[] => {
    const wanted = subsection === null ? null : bytesOf(subsection);
    return entries
      .filter((one) => one.section === section && one.subsection === wanted && one.key === key)
      .map((one) => (one.value === null ? 'true' : textOf(one.value)));
  };
  const get = (key: ConfigKey) => all(key).at(-1) ?? null;
  const flag = (key: ConfigKey) => {
    const value = get(key)?.toLowerCase() ?? null;
    if (value === null) return null;
    if (/^(?:true|yes|on)$/.test(value)) return true;
    if (/^(?:false|no|off|)$/.test(value)) return false;
    return /^-?\d+[kmg]?$/.test(value) ? !/^-?0+[kmg]?$/.test(value) : null;
  };
  // What is for one working tree only stands beside it, git-worktree(1): where a sparse checkout is told, for one.
  if (flag(['extensions', null, 'worktreeconfig']) === true)
    entries = [...entries, ...read('config.worktree')];
  return { get, all, flag, entries };
}

export interface Person {
  name: string;
  email: string;
}

/** Who authors or commits here, git-config(1) `user.*`; null: name or e-mail is missing. */
export function personOf(config: RepositoryConfig, role: 'author' | 'committer'): Person | null {
  const part = (key: string) => clean(config.get([role, null, key]) ?? config.get(['user', null, key]) ?? '');
  const person = { name: part('name'), email: part('email') };
  return person.name === '' || person.email === '' ? null : person;
}

/** Rejects `identity-missing`. */
export function committerOf(config: RepositoryConfig): Person {
  return personOf(config, 'committer') ?? fail({ kind: 'identity-missing' });
}

/** Without what would end the field, and without git's crud around it: ident.c. */
function clean(text: string): string {
  return text
    .replaceAll(/[\0\n<>]/g, '')
    .replaceAll(/^[\u0001-\u0020.,:;<>"\\']+|[\u0001-\u0020.,:;<>"\\']+$/g, '');
}

/** `Name <e-mail> seconds +0000`, now, at this computer's place. */
export function personLine({ name, email }: Person, now = new Date()): string {
  const minutes = -now.getTimezoneOffset();
  const size = Math.abs(minutes);
  const zone = `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`;
  return `${name} <${email}> ${Math.floor(now.getTime() / 1000)} ${zone}`;
}

/** What goes into reflogs: without a configured identity the computer's own, as git does. */
export function refLogging(config: RepositoryConfig, message: string, bare = false): RefLogging {
  const user = os.userInfo().username;
  const person = personOf(config, 'committer') ?? {
    name: clean(config.get(['user', null, 'name']) ?? '') || user,
    email: clean(config.get(['user', null, 'email']) ?? '') || `${user}@${os.hostname()}`,
  };
  const value = config.get(['core', null, 'logallrefupdates'])?.toLowerCase() ?? null;
  const log: LogRefs =
    value === 'always'
      ? 'always'
      : (config.flag(['core', null, 'logallrefupdates']) ?? !bare)
        ? 'usual'
        : 'no';
  return { by: personLine(person), message, log };
}
