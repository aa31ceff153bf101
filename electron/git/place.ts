import fs from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as git from 'isomorphic-git';
import { parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';

/** The repository git works in, as far as its files tell without running anything. */
export interface Place {
  /** Top folder of its working tree; the repository itself where there is none. Of a submodule: of the repository it is part of. */
  directory: string;
  /** Addresses its remotes fetch from and push to, without those that are none of a server. */
  remotes: RemoteUrl[];
  /** There is one of a server in a form that is refused (shared/remote-url.ts): git may still find somebody behind it. */
  unread: boolean;
}

/** git looks no further up either when it comes to a folder without end. */
const deepest = 200;

async function isGitDirectory(directory: string): Promise<boolean> {
  const [head, objects] = await Promise.all(
    ['HEAD', 'objects'].map((name) => stat(path.join(directory, name)).catch(() => null)),
  );
  return head?.isFile() === true && objects?.isDirectory() === true;
}

/** What a small file names, relative to its own folder; null: there is none. */
async function namedIn(file: string, pattern: RegExp): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size > 65_536) return null;
  const name = pattern.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
  return name === undefined ? null : path.resolve(path.dirname(file), name);
}

interface Found {
  gitDirectory: string;
  top: string;
}

/** gitrepository-layout(5): upwards, `.git` is the repository or a file that names it; or we are inside of it. */
async function findFrom(folder: string): Promise<Found | null> {
  let at = folder;
  for (let depth = 0; depth < deepest; depth += 1) {
    const entry = path.join(at, '.git');
    if (await isGitDirectory(entry)) return { gitDirectory: entry, top: at };
    const named = await namedIn(entry, /^gitdir: (.+?)\r?\n?$/);
    if (named !== null) return { gitDirectory: named, top: at };
    if (await isGitDirectory(at)) return await ofGitDirectory(at);
    if (path.dirname(at) === at) return null;
    at = path.dirname(at);
  }
  return null;
}

async function ofGitDirectory(gitDirectory: string): Promise<Found> {
  // A linked working tree's own folder names the `.git` file it belongs to.
  const linked = await namedIn(path.join(gitDirectory, 'gitdir'), /^(.+?)\r?\n?$/);
  if (linked !== null) return { gitDirectory, top: path.dirname(linked) };
  return {
    gitDirectory,
    top: path.basename(gitDirectory) === '.git' ? path.dirname(gitDirectory) : gitDirectory,
  };
}

/** The outermost repository that keeps this one under its `modules`; the same one where none does. */
async function outermost(found: Found): Promise<Found> {
  let outer = found;
  for (let at = found.gitDirectory; path.dirname(at) !== at; at = path.dirname(at)) {
    const parent = path.dirname(at);
    if (path.basename(at) === 'modules' && (await isGitDirectory(parent)))
      outer = await ofGitDirectory(parent);
  }
  return outer;
}

/** What follows a ? is refused in what we hand to git; whose address it is stands before it. */
function urlOf(text: string): RemoteUrl | null {
  const whole = parseRemoteUrl(text);
  const parsed = whole.ok ? whole : parseRemoteUrl(text.replace(/^(https?:[^?#]*)[?#].*$/is, '$1'));
  return parsed.ok ? parsed.url : null;
}

/** With a scheme of git's own, or as ssh's short form: a shortcut of the user's (url.<base>.insteadOf) has neither. */
const ofServer = /^\s*(?:(?:https?|ssh|git|ftps?)(?:\+\w+)?:\/\/|[^\s/:]*[@.][^/:]*:(?!\/\/))/i;

async function remotesOf(gitDirectory: string): Promise<Pick<Place, 'remotes' | 'unread'>> {
  const common = (await namedIn(path.join(gitDirectory, 'commondir'), /^(.+?)\r?\n?$/)) ?? gitDirectory;
  const texts: string[] = [];
  for (const { remote, url } of await git.listRemotes({ fs, gitdir: common })) {
    const more: unknown[] = await git.getConfigAll({ fs, gitdir: common, path: `remote.${remote}.pushurl` });
    for (const text of [url, ...more]) if (typeof text === 'string') texts.push(text);
  }
  const read = texts.map((text) => ({ text, url: urlOf(text) }));
  return {
    remotes: read.flatMap(({ url }) => url ?? []),
    unread: read.some(({ text, url }) => url === null && ofServer.test(text)),
  };
}

/**
 * Where git asks for credentials: `folder` is its working directory, which may
 * be anywhere in a repository, in none, or gone; `gitDirectory` what it was
 * told of the repository (GIT_DIR). Null: there is none. Only files are read,
 * no include of a configuration is followed, and nothing is run.
 */
export async function placeOf(folder: string, gitDirectory: string | null): Promise<Place | null> {
  try {
    const real = await realpath(gitDirectory ?? folder);
    // A submodule's `.git` is a file.
    const isDirectory = gitDirectory !== null && (await stat(real)).isDirectory();
    const found = isDirectory
      ? await ofGitDirectory(real)
      : await findFrom(gitDirectory === null ? real : path.dirname(real));
    if (found === null) return null;
    const outer = await outermost({ ...found, gitDirectory: await realpath(found.gitDirectory) });
    return { directory: outer.top, ...(await remotesOf(outer.gitDirectory)) };
  } catch {
    // Gone meanwhile, unreadable or damaged: git complains of it by itself.
    return null;
  }
}
