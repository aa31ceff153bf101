import { pathFromBytes } from '../path-bytes';
import type { FileDiff } from '../operations/comparison';
import { quotedPath } from './quoted-path';

/** One file of `git diff --raw -z`. */
export interface RawEntry {
  file: Omit<FileDiff, 'content'>;
  fromOid: string | null;
  toOid: string | null;
  /** The first line of its part of the patch. */
  title: string;
  /** git shows another kind of file as one that goes and one that comes. */
  sections: number;
}

const statuses: Record<string, FileDiff['status']> = {
  A: 'added',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'type-changed',
  U: 'conflict',
};

function mode(text: string): string | null {
  return /^0+$/.test(text) ? null : text;
}

/** Of zeros: the file stands in the working tree, or nowhere. */
function oid(text: string): string | null {
  return /^0+$/.test(text) ? null : text;
}

/** `:<mode> <mode> <oid> <oid> <status>`, then one path, or two of a rename or copy. */
export function rawEntry(header: string, paths: readonly [Buffer, Buffer]): RawEntry {
  const [fromMode = '', toMode = '', fromOid = '', toOid = '', letter = ''] = header.slice(1).split(' ');
  const status = statuses[letter.charAt(0)] ?? 'modified';
  const [first, second] = paths;
  return {
    file: {
      from: status === 'added' ? null : pathFromBytes(first),
      to: status === 'deleted' ? null : pathFromBytes(second),
      status,
      fromMode: mode(fromMode),
      toMode: mode(toMode),
      similarity: status === 'renamed' || status === 'copied' ? Number(letter.slice(1)) : null,
    },
    fromOid: oid(fromOid),
    toOid: oid(toOid),
    title: `diff --git ${quotedPath('a/', first)} ${quotedPath('b/', second)}`,
    sections: status === 'type-changed' ? 2 : 1,
  };
}

/** How many paths follow a header. */
export function pathsAfter(header: string): 1 | 2 {
  return /[RC]\d*$/.test(header) ? 2 : 1;
}
