import type { StatusEntry } from '../../../shared/contract/working-tree';
import { pathFromBytes } from '../path-bytes';

type Change = StatusEntry['index'];
type Conflict = NonNullable<StatusEntry['conflict']>;

const changes: Record<string, Change> = {
  '.': 'unmodified',
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type-changed',
};
const conflicts: Record<string, Conflict> = {
  DD: 'both-deleted',
  AU: 'added-by-us',
  UD: 'deleted-by-them',
  UA: 'added-by-them',
  DU: 'deleted-by-us',
  AA: 'both-added',
  UU: 'both-modified',
};

/** Fields before the path, git-status(1), PORCELAIN FORMAT VERSION 2. */
const fieldsBefore: Record<string, number> = { '1': 8, '2': 9, u: 10 };
const beyondAscii = /[\u0080-\u00ff]/;

/** A path in a text of one character a byte. */
function pathOf(text: string): string {
  return beyondAscii.test(text) ? pathFromBytes(Buffer.from(text, 'latin1')) : text;
}

/** What the reader found in the lines that begin with `#`. */
export type Headers = Map<string, string>;

/**
 * Reads `git status --porcelain=v2 -z` in pieces. Entries are handed on some
 * thousand at a time; what is left, by `end`. Pieces are taken apart as text
 * of one character a byte: that is many times faster than byte by byte, and
 * hardly a path needs more.
 */
export function statusReader(report: (entries: StatusEntry[]) => void, most = 4096) {
  const headers: Headers = new Map();
  let rest = '';
  let found: StatusEntry[] = [];
  /** A rename waits for its second path. */
  let renamed: StatusEntry | null = null;
  /** Where the path begins in an entry of a kind: ids of one repository have one length. */
  const pathAt = new Map<string, number>();

  const flush = () => {
    if (found.length > 0) report(found);
    found = [];
  };
  const add = (entry: StatusEntry) => {
    found.push(entry);
    if (found.length >= most) flush();
  };
  const start = (kind: string, text: string): number => {
    const known = pathAt.get(kind);
    // A score of similarity has one to three digits.
    if (known !== undefined && kind !== '2') return known;
    let at = 0;
    for (let field = fieldsBefore[kind] ?? 0; field > 0; field -= 1) at = text.indexOf(' ', at) + 1;
    pathAt.set(kind, at);
    return at;
  };
  const record = (text: string) => {
    if (renamed !== null) {
      renamed.from = pathOf(text);
      add(renamed);
      renamed = null;
      return;
    }
    const kind = text.charAt(0);
    if (kind === '#') {
      const [, name = '', ...value] = Buffer.from(text, 'latin1').toString('utf8').split(' ');
      headers.set(name, value.join(' '));
      return;
    }
    if (kind === '?') {
      add(entryOf(pathOf(text.slice(2)), 'untracked'));
      return;
    }
    const at = start(kind, text);
    if (at === 0) return;
    const entry = entryOf(pathOf(text.slice(at)), kind === 'u' ? 'conflict' : 'tracked');
    entry.submodule = text.charAt(5) === 'S';
    if (kind === 'u') entry.conflict = conflicts[text.slice(2, 4)] ?? 'both-modified';
    else {
      entry.index = changes[text.charAt(2)] ?? 'modified';
      entry.workingTree = changes[text.charAt(3)] ?? 'modified';
    }
    if (kind === '2') renamed = entry;
    else add(entry);
  };
  return {
    headers,
    add(piece: Buffer) {
      const records = `${rest}${piece.toString('latin1')}`.split('\0');
      rest = records.pop() ?? '';
      for (const one of records) record(one);
    },
    end: flush,
  };
}

/** Of a conflict and of what is not tracked, both sides are `unmodified`. */
function entryOf(path: string, kind: StatusEntry['kind']): StatusEntry {
  return {
    path,
    from: null,
    kind,
    index: 'unmodified',
    workingTree: 'unmodified',
    conflict: null,
    submodule: false,
  };
}
