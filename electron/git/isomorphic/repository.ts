import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as git from 'isomorphic-git';
import { fail } from '../../../shared/errors';
import { createGitFs, type GitFs } from './fs';
import { readRepositoryConfig } from './repository-config';

/** A repository on disk, opened for reading. Nothing it names is run. */
export interface OpenRepository {
  fs: GitFs;
  gitdir: string;
  bare: boolean;
  /** isomorphic-git's own, shared over one operation. */
  cache: object;
}

async function isGitDirectory(directory: string): Promise<boolean> {
  const present = (name: string) =>
    stat(path.join(directory, name)).then(
      () => true,
      () => false,
    );
  const head = await stat(path.join(directory, 'HEAD')).catch(() => null);
  return head?.isFile() === true && (await present('objects')) && (await present('refs'));
}

/** `.git` is a folder, or a file that names one: gitrepository-layout(5). */
async function gitDirectoryOf(directory: string): Promise<string | null> {
  const entry = path.join(directory, '.git');
  const found = await stat(entry).catch(() => null);
  if (found?.isDirectory()) return (await isGitDirectory(entry)) ? entry : null;
  if (!found?.isFile()) return null;
  const text = await readFile(entry, 'utf8');
  const named = /^gitdir: (.+?)\r?\n?$/.exec(text)?.[1];
  if (named === undefined) return null;
  const target = path.resolve(directory, named);
  const linked = await stat(path.join(target, 'commondir')).then(
    () => true,
    () => false,
  );
  if (linked) return target;
  return (await isGitDirectory(target)) ? target : null;
}

/** Top directory of the repository that holds `start`. */
export async function discover(start: string): Promise<string> {
  const found = await stat(start).catch(() => fail({ kind: 'path-not-found', path: start }));
  const first = path.resolve(found.isDirectory() ? start : path.dirname(start));
  for (let directory = first; ; directory = path.dirname(directory)) {
    // Inside .git itself the repository is the folder around it.
    if (path.basename(directory) !== '.git') {
      if ((await gitDirectoryOf(directory)) !== null) return directory;
      // Only the named folder itself may be bare: git calls what is found further up an embedded bare repository.
      if (directory === first && (await isGitDirectory(directory))) return directory;
    }
    if (path.dirname(directory) === directory) return fail({ kind: 'not-a-repository', path: start });
  }
}

export async function openRepository(directory: string): Promise<OpenRepository> {
  await stat(directory).catch(() => fail({ kind: 'path-not-found', path: directory }));
  const inTree = await gitDirectoryOf(directory);
  const gitdir = inTree ?? ((await isGitDirectory(directory)) ? directory : null);
  if (gitdir === null) return fail({ kind: 'not-a-repository', path: directory });
  const linked = await stat(path.join(gitdir, 'commondir')).catch(() => null);
  if (linked) return needsGit('a linked working tree');
  const fs = createGitFs(directory, gitdir);
  const setting = async (name: string): Promise<string | undefined> => {
    const value: unknown = await git.getConfig({ fs, gitdir, path: name });
    return typeof value === 'string' ? value : undefined;
  };
  const format = await setting('extensions.objectformat');
  if (format !== undefined && format.toLowerCase() !== 'sha1')
    return needsGit(`a repository with ids of the kind ${format}`);
  const storage = await setting('extensions.refstorage');
  if (storage !== undefined && storage.toLowerCase() !== 'files')
    return needsGit(`a repository with its refs as ${storage}`, ' 2.45 or later');
  requireKnownFormat(gitdir);
  return { fs, gitdir, bare: inTree === null, cache: {} };
}

function needsGit(what: string, version = ''): never {
  return fail({
    kind: 'unsupported',
    what: `opening ${what}`,
    reason: `The built-in engine cannot read it, Git can. Install Git${version}, or choose it in the preferences.`,
    needs: 'git',
  });
}

/** Of version 1, technical/repository-version.txt; those that say how objects and refs are kept are looked at apart. */
const extensions = ['noop', 'noop-v1', 'partialclone', 'preciousobjects', 'worktreeconfig'];
const lookedAt = ['objectformat', 'refstorage'];

/** A format nobody knows yet must not be read as if it were the usual one. */
function requireKnownFormat(gitdir: string): void {
  const config = readRepositoryConfig(gitdir);
  const version = config.get(['core', null, 'repositoryformatversion']) ?? '0';
  if (!/^[01]$/.test(version.trim())) needsGit(`a repository of the format ${version}`);
  if (version.trim() === '0') return;
  const unknown = config.entries.find(
    ({ section, subsection, key }) =>
      section === 'extensions' && subsection === null && ![...extensions, ...lookedAt].includes(key),
  );
  if (unknown) needsGit(`a repository with the extension ${unknown.key}`);
}
