import {
  type FileHandle,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import path from 'node:path';
import type { ConfigurationEdit } from '../../shared/configuration-edit';
import { AppFailure, fail } from '../../shared/errors';
import type { PlannedEdit, PlannedText } from './engine';

/** One character a byte, so that what is not text comes back as it was. */
const bytes = 'latin1';

export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString(bytes);
}

/** The lines as a person reads them, without their line ends. */
export function shownLines(lines: readonly string[]): string[] {
  return lines.map((line) =>
    Buffer.from(line, bytes)
      .toString('utf8')
      .replace(/\r?\n$/, ''),
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

export function sectionAt(lines: readonly string[], at: number): string {
  for (let index = Math.min(at, lines.length - 1); index >= 0; index -= 1) {
    const line = lines[index]?.trim() ?? '';
    if (line.startsWith('[')) return line;
  }
  return '';
}

/** Null: there is no such file. */
export async function readConfiguration(file: string): Promise<string | null> {
  try {
    return await readFile(file, bytes);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw unwritable(file, error);
  }
}

/** What `change` makes of the file's text, as an edit; null when it makes nothing of it. */
export function editOf(file: string, before: string | null, after: string): ConfigurationEdit | null {
  const old = linesOf(before ?? '');
  const now = linesOf(after);
  let at = 0;
  while (at < old.length && at < now.length && old[at] === now[at]) at += 1;
  let same = 0;
  while (
    same < old.length - at &&
    same < now.length - at &&
    old[old.length - 1 - same] === now[now.length - 1 - same]
  )
    same += 1;
  const removed = old.slice(at, old.length - same);
  const added = now.slice(at, now.length - same);
  if (removed.length === 0 && added.length === 0) return null;
  return { file, removed, added, at, section: sectionAt(now, at), created: before === null };
}

/** A last line without its end gets one from whoever writes behind it. */
function standsAt(lines: readonly string[], added: readonly string[], at: number): boolean {
  return added.every((line, index) => {
    const now = lines[at + index];
    return now === line || (!line.endsWith('\n') && now === `${line}\n`);
  });
}

/** Line an edit's own lines stand at now; null: not there any more as they were written, or in several places. */
export function placeOf(lines: readonly string[], edit: ConfigurationEdit): number | null {
  if (edit.added.length === 0) return null;
  const places = lines
    .map((_line, index) => index)
    .filter((index) => standsAt(lines, edit.added, index) && sectionAt(lines, index) === edit.section);
  return places.includes(edit.at) ? edit.at : places.length === 1 ? (places[0] ?? null) : null;
}

const isHeader = (line: string) => line.trim().startsWith('[');

/** The header alone: a key may stand behind it in its line, git-config(1), SYNTAX. */
function headerOf(line: string): string {
  return /^\s*(\[[^\]"]*(?:"(?:\\.|[^"\\])*")?\s*\])/.exec(line)?.[1] ?? '';
}

/**
 * The header of an edit that has to stay when its lines go: `git config` puts a
 * new key into the section there is, and behind our lines it would then belong
 * to whatever section stands before. Null: nobody has written one there.
 */
export function keptHeader(lines: readonly string[], at: number, edit: ConfigurationEdit): string | null {
  const header = headerOf(edit.added.findLast(isHeader) ?? '');
  const next = lines.slice(at + edit.added.length).find((line) => !/^\s*(?:[#;]|$)/.test(line));
  if (header === '' || next === undefined || isHeader(next)) return null;
  const before = [...lines.slice(0, at), ...edit.removed];
  return headerOf(sectionAt(before, before.length)) === header ? null : `${header}\n`;
}

/** The text without the edits, the last one first; null: the lines are not there any more as they were written. */
export function without(text: string, edits: readonly ConfigurationEdit[]): string | null {
  let lines = linesOf(text);
  for (const edit of [...edits].reverse()) {
    const at = placeOf(lines, edit);
    if (at === null) return null;
    const after = lines.slice(at + edit.added.length);
    const kept = keptHeader(lines, at, edit);
    // A last line without its end would run into what was written after it since.
    const ended = edit.removed.map((line) => (after.length > 0 && !line.endsWith('\n') ? `${line}\n` : line));
    lines = [...lines.slice(0, at), ...ended, ...(kept === null ? [] : [kept]), ...after];
  }
  return lines.join('');
}

function unwritable(file: string, error: unknown): AppFailure {
  if (error instanceof AppFailure) return error;
  const code = codeOf(error);
  return new AppFailure(
    code === 'ENOSPC' || code === 'EDQUOT'
      ? { kind: 'disk-full', path: file }
      : { kind: 'directory-not-writable', path: file, detail: code || undefined },
    { cause: error },
  );
}

/** As many links as git follows, lockfile.c. */
const mostLinks = 5;

/** The file behind symbolic links, as git writes it too: links to dotfiles are usual, also to one that is not there (yet). */
export async function realFile(file: string): Promise<string> {
  let named = path.resolve(file);
  for (let links = 0; links <= mostLinks; links += 1) {
    const real = await realpath(named).catch(() => null);
    if (real !== null) return real;
    const target = await readlink(named).catch(() => null);
    if (target === null) return named;
    named = path.resolve(path.dirname(named), target);
  }
  return path.resolve(file);
}

/**
 * Rewrites a configuration file as git does: `<file>.lock` first, so that no
 * other git writes at the same time, then renamed into place. Old-or-new.
 * `change` gets the text (null: no file) and gives the new one (null: no file
 * any more; undefined: leave it). Rejects `directory-not-writable`,
 * `disk-full`, or `git-failed` when somebody else holds the lock.
 */
export async function rewrite(
  file: string,
  change: (text: string | null) => Promise<string | null | undefined> | string | null | undefined,
): Promise<void> {
  const lock = `${file}.lock`;
  const mode = await stat(file).then(
    (found) => found.mode & 0o777,
    () => null,
  );
  let handle: FileHandle;
  try {
    handle = await open(lock, 'wx', mode ?? 0o666);
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      fail({
        kind: 'git-failed',
        command: 'config',
        exitCode: null,
        detail: `Another program is changing ${file}: ${path.basename(lock)} exists beside it. Try again when it is gone.`,
      });
    throw unwritable(file, error);
  }
  try {
    const text = await change(await readConfiguration(file));
    if (typeof text !== 'string') {
      await handle.close();
      if (text === null) await rm(file, { force: true });
      await rm(lock, { force: true });
      return;
    }
    // The umask is for new files: who could read or write this one still can.
    if (mode !== null) await handle.chmod(mode).catch(() => undefined);
    await handle.writeFile(text, bytes);
    await handle.sync();
    await handle.close();
    await rename(lock, file);
    // It is in place: a file system that syncs no folders makes it no failure.
    await syncFolder(path.dirname(file)).catch(() => undefined);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(lock, { force: true });
    throw unwritable(file, error);
  }
}

/** Makes a rename last through a power cut; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes changes to one file, each with `edit` (text and key in, text out).
 * `record` gets the edits in the order they are made, before they are
 * written; it is not called when the file says it all already.
 */
export async function changeKeys(
  file: string,
  values: readonly (readonly [key: string, value: string])[],
  edit: (text: string, key: string, value: string) => Promise<string>,
  record: (edits: ConfigurationEdit[]) => void,
): Promise<void> {
  const real = await realFile(file);
  await rewrite(real, async (before) => {
    const edits: ConfigurationEdit[] = [];
    let text = before;
    for (const [key, value] of values) {
      const next = await edit(text ?? '', key, value);
      const made = editOf(real, text, next);
      if (made) edits.push(made);
      text = next;
    }
    if (edits.length === 0) return undefined;
    record(edits);
    return text;
  });
}

/** Whether the lines still stand as they were written. */
export async function stillStand(edits: readonly ConfigurationEdit[]): Promise<boolean> {
  const [first] = edits;
  if (!first) return true;
  const text = await readConfiguration(first.file);
  return text !== null && without(text, edits) !== null;
}

/** Puts back exactly what was there. False, and nothing is touched: somebody changed those lines since. */
export async function takeBack(edits: readonly ConfigurationEdit[]): Promise<boolean> {
  const [first] = edits;
  if (!first) return true;
  let done = false;
  await rewrite(first.file, (text) => {
    const restored = text === null ? null : without(text, edits);
    if (restored === null) return undefined;
    done = true;
    return restored === '' && first.created ? null : restored;
  });
  return done;
}

/** Makes a planned edit. False, and nothing is touched: the file is not as it was planned for. */
export async function make({ edit, before }: PlannedEdit): Promise<boolean> {
  let done = false;
  await rewrite(edit.file, (text) => {
    if (text !== before) return undefined;
    done = true;
    const lines = linesOf(text ?? '');
    return [...lines.slice(0, edit.at), ...edit.added, ...lines.slice(edit.at + edit.removed.length)].join(
      '',
    );
  });
  return done;
}

/** Writes a planned text, with the folder it stands in. False, and nothing is touched: the file is not as it was planned for. */
export async function makeText({
  file,
  before,
  after,
}: Pick<PlannedText, 'file' | 'before'> & { after: string | null }): Promise<boolean> {
  let done = false;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unwritable(file, error);
  });
  await rewrite(file, (text) => {
    if (text !== before) return undefined;
    done = true;
    return after;
  });
  return done;
}
