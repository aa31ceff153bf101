import type { Remote } from '../../../shared/contract/remotes';
import { fail } from '../../../shared/errors';
import { shownRemote } from '../../../shared/shown-remote';
import { requireRemoteName } from '../ref-name';
import { change, read } from './local';
import type { LocalGit } from './repository-environment';

/** Of `git config -z --get-regexp`: key, line feed, value, NUL. A remote's name may hold dots. */
export function remotesOf(output: string): Remote[] {
  const remotes = new Map<string, Remote>();
  for (const entry of output.split('\0')) {
    const [key = '', ...value] = entry.split('\n');
    const match = /^remote\.([\s\S]+)\.(url|pushurl)$/i.exec(key);
    const name = match?.[1];
    if (name === undefined) continue;
    const remote = remotes.get(name) ?? { name, url: '', pushUrl: null };
    const text = shownRemote(value.join('\n'));
    // Several URLs are several places to push to; git fetches from the first.
    if (match?.[2]?.toLowerCase() === 'url') remote.url ||= text;
    else remote.pushUrl ??= text;
    remotes.set(name, remote);
  }
  return [...remotes.values()];
}

/** Of the repository's own configuration, in its order, without secrets in the addresses. */
export async function remotes(git: LocalGit, directory: string): Promise<Remote[]> {
  const found = await read(
    git,
    directory,
    ['config', '--local', '--includes', '-z', '--get-regexp', String.raw`^remote\..*\.(url|pushurl)$`],
    { allowed: [1] },
  );
  return remotesOf(found.stdout.toString('utf8'));
}

async function requireRemote(git: LocalGit, directory: string, name: string): Promise<void> {
  const there = await remotes(git, directory);
  if (!there.some((remote) => remote.name === name)) fail({ kind: 'revision-not-found', name });
}

/** git-remote(1) passes an address on without looking at it. */
function requireAddress(url: string): void {
  if (url === '' || url.startsWith('-') || /[\0\r\n]/.test(url))
    fail({ kind: 'invalid-input', field: 'url', reason: 'This is no address of a repository.' });
}

export async function addRemote(
  git: LocalGit,
  directory: string,
  { name, url }: { name: string; url: string },
): Promise<void> {
  requireRemoteName(name);
  requireAddress(url);
  await change(git, directory, ['remote', 'add', '--', name, url]);
}

export async function setRemoteUrl(
  git: LocalGit,
  directory: string,
  { name, url }: { name: string; url: string },
): Promise<void> {
  requireAddress(url);
  await requireRemote(git, directory, name);
  await change(git, directory, ['remote', 'set-url', '--', name, url]);
}

export async function removeRemote(git: LocalGit, directory: string, name: string): Promise<void> {
  await requireRemote(git, directory, name);
  await change(git, directory, ['remote', 'remove', '--', name]);
}
