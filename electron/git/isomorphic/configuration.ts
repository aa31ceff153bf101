import path from 'node:path';
import * as git from 'isomorphic-git';
import type { ConfigurationEdit } from '../../../shared/configuration-edit';
import { fail } from '../../../shared/errors';
import { bytesOf, changeKeys, readConfiguration } from '../configuration';
import type { ReadIdentity } from '../engine';
import { openRepository } from './repository';

/** Gives isomorphic-git one text in the place of a file: the file itself is written by `rewrite`, under git's lock. */
function textAsFile(text: string) {
  const state = { text };
  const missing = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('there is only the configuration'), { code: 'ENOENT' }));
  const fs = {
    promises: {
      readFile: async () => state.text,
      writeFile: async (_file: string, data: string) => {
        state.text = data;
      },
      unlink: missing,
      readdir: missing,
      mkdir: async () => undefined,
      rmdir: missing,
      stat: missing,
      lstat: missing,
      readlink: missing,
      symlink: missing,
    },
  };
  return { fs, state };
}

/** Only the repository's own file: the user's and the system's are git's, and includes are not followed. */
export async function identity(directory: string): Promise<ReadIdentity> {
  const { gitdir } = await openRepository(directory);
  const { fs } = textAsFile((await readConfiguration(path.join(gitdir, 'config'))) ?? '');
  const get = async (...keys: string[]): Promise<string> => {
    for (const key of keys) {
      const value: unknown = await git.getConfig({ fs, gitdir, path: key });
      if (typeof value === 'string') return Buffer.from(value, 'latin1').toString('utf8');
    }
    return '';
  };
  const email = await get('author.email', 'user.email');
  return {
    effective: {
      name: await get('author.name', 'user.name'),
      email,
      signingKey: await get('user.signingkey'),
    },
    source: email === '' ? null : 'local',
    complete: false,
  };
}

export async function configure(
  directory: string,
  values: readonly (readonly [key: string, value: string])[],
  record: (edits: ConfigurationEdit[]) => void,
): Promise<void> {
  const { gitdir } = await openRepository(directory);
  const edit = async (text: string, key: string, value: string): Promise<string> => {
    // isomorphic-git overlooks a key beside its section's name, and git would take that one.
    if (/^[ \t]*\[[^\]\n]*\][ \t]*[a-z]/im.test(text))
      fail({
        kind: 'unsupported',
        what: 'writing this configuration',
        reason: 'It has keys and sections on one line, which the built-in engine cannot read. Install Git.',
      });
    const { fs, state } = textAsFile(text);
    await git.setConfig({ fs, gitdir, path: key, value: bytesOf(value) });
    return state.text;
  };
  return changeKeys(path.join(gitdir, 'config'), values, edit, record);
}
