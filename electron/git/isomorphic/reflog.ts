import { appendFileSync, existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathFromBytes, pathToBytes } from '../path-bytes';
import { onDisk, readIfFile } from './disk-path';

export interface ReflogEntry {
  from: string;
  to: string;
  /** `Name <e-mail> seconds +0000` */
  by: string;
  message: string;
}

/** No commit at all, as git writes it. */
export const noOid = '0'.repeat(40);

function fileOf(gitdir: string, ref: string): string | Buffer {
  return onDisk(gitdir, `logs/${ref}`);
}

/** Oldest first. Lines that are none are left out. */
export function readReflog(gitdir: string, ref: string): ReflogEntry[] {
  const data = readIfFile(fileOf(gitdir, ref)) ?? Buffer.alloc(0);
  const found: ReflogEntry[] = [];
  for (const line of pathFromBytes(data).split('\n')) {
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\t]*)(?:\t(.*))?$/.exec(line);
    if (match)
      found.push({ from: match[1] ?? '', to: match[2] ?? '', by: match[3] ?? '', message: match[4] ?? '' });
  }
  return found;
}

export function reflogLine({ from, to, by, message }: ReflogEntry): Buffer {
  // One line, single spaces: copy_reflog_msg() of git's refs.c.
  const text = message.replaceAll(/\s+/g, ' ').trim();
  return Buffer.from(pathToBytes(`${from} ${to} ${by}${text === '' ? '' : `\t${text}`}\n`));
}

/** core.logAllRefUpdates, git-config(1). */
export type LogRefs = 'no' | 'usual' | 'always';

/** Appends; where there is none yet, only for the refs git keeps one for. */
export function appendReflog(gitdir: string, ref: string, entry: ReflogEntry, log: LogRefs): void {
  const file = fileOf(gitdir, ref);
  const usual = ref === 'HEAD' || /^refs\/(?:heads|remotes|notes)\//.test(ref);
  if (!(log === 'always' || (log === 'usual' && usual)) && !existsSync(file)) return;
  const folder = onDisk(gitdir, path.posix.dirname(`logs/${ref}`));
  mkdirSync(folder, { recursive: true });
  appendFileSync(file, reflogLine(entry));
}

/** With the folders that are empty then. */
export function removeReflog(gitdir: string, ref: string): void {
  rmSync(fileOf(gitdir, ref), { force: true });
  removeEmptyFolders(gitdir, `logs/${ref}`, 3);
}

/** The empty folders above a name, down to the first `keep` parts of it. */
export function removeEmptyFolders(gitdir: string, name: string, keep: number): void {
  const parts = name.split('/').slice(0, -1);
  for (; parts.length >= keep; parts.pop()) {
    try {
      rmdirSync(onDisk(gitdir, parts.join('/')));
    } catch {
      return;
    }
  }
}
