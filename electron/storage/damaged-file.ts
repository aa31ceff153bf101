import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Notice } from '../../shared/contract/application';
import { parseObject, readPrivateFile, writePrivateFile } from './atomic-file';

/** Where the last good copy of a state file lives, beside it. */
export function copyPath(file: string): string {
  return file.replace(/\.json$/, '.last-good.json');
}

function asidePath(file: string): string {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return file.replace(/\.json$/, `.damaged-${stamp}.json`);
}

/** Keeps the damaged bytes for the user under another name; returns that name. */
export function setAside(file: string, how: 'move' | 'copy'): string {
  const aside = asidePath(file);
  if (how === 'move') renameSync(file, aside);
  else copyFileSync(file, aside);
  return aside;
}

/**
 * Reads a JSON state file that must hold an object. A file that does not is
 * set aside and the last good copy takes its place. A byte order mark is
 * dropped; of a key written twice the last wins, as JSON.parse has it.
 */
export function loadStateFile(file: string): {
  data: Record<string, unknown> | undefined;
  notices: Notice[];
} {
  const text = readPrivateFile(file);
  const data = text === undefined ? undefined : parseObject(text);
  if (data && text !== undefined) {
    // Readers of the file other than this one may not know byte order marks.
    if (text.length !== readFileSync(file, 'utf8').length) writePrivateFile(file, text);
    return { data, notices: [] };
  }
  const copyText = readPrivateFile(copyPath(file));
  const copy = copyText === undefined ? undefined : parseObject(copyText);
  if (text === undefined && !copy) return { data: undefined, notices: [] };
  const aside = text === undefined ? null : setAside(file, 'move');
  if (copy && copyText !== undefined) writePrivateFile(file, copyText);
  const name = path.basename(file);
  const where = aside ? `It is kept as ${path.basename(aside)}.` : '';
  return {
    data: copy,
    notices: [
      {
        id: `damaged:${name}:${aside ?? 'missing'}`,
        title: aside ? `${name} was damaged` : `${name} was missing`,
        text: `${where} ${copy ? 'The last good copy is in use.' : 'Polyforge starts with defaults.'}`.trim(),
      },
    ],
  };
}
