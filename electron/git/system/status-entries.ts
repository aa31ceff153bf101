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
const fieldsBefore: Record<string, number> = { '1': 8, '2': 9, u: 10, '?': 1, '!': 1 };
const space = 0x20;

/** What the reader found in the lines that begin with `#`. */
export type Headers = Map<string, string>;

/**
 * Reads `git status --porcelain=v2 -z` in pieces. Entries are handed on some
 * thousand at a time; what is left, by `end`.
 */
export function statusReader(report: (entries: StatusEntry[]) => void, most = 4096) {
  const headers: Headers = new Map();
  let rest: Buffer = Buffer.alloc(0);
  let found: StatusEntry[] = [];
  /** A rename waits for its second path. */
  let renamed: StatusEntry | null = null;

  const flush = () => {
    if (found.length > 0) report(found);
    found = [];
  };
  const add = (entry: StatusEntry) => {
    found.push(entry);
    if (found.length >= most) flush();
  };
  const record = (bytes: Buffer) => {
    if (renamed !== null) {
      add({ ...renamed, from: pathFromBytes(bytes) });
      renamed = null;
      return;
    }
    const kind = String.fromCharCode(bytes[0] ?? 0);
    if (kind === '#') {
      const [, name = '', ...value] = bytes.toString('utf8').split(' ');
      headers.set(name, value.join(' '));
      return;
    }
    let at = 0;
    for (let field = fieldsBefore[kind] ?? 0; field > 0; field -= 1) at = bytes.indexOf(space, at) + 1;
    if (at <= 0) return;
    const path = pathFromBytes(bytes.subarray(at));
    if (kind === '?') {
      add({ ...plain, path, kind: 'untracked' });
      return;
    }
    if (kind === '!') return;
    const xy = bytes.toString('latin1', 2, 4);
    const submodule = bytes[5] === 0x53;
    if (kind === 'u') {
      add({ ...plain, path, kind: 'conflict', conflict: conflicts[xy] ?? 'both-modified', submodule });
      return;
    }
    const entry: StatusEntry = {
      ...plain,
      path,
      kind: 'tracked',
      index: changes[xy.charAt(0)] ?? 'modified',
      workingTree: changes[xy.charAt(1)] ?? 'modified',
      submodule,
    };
    if (kind === '2') renamed = entry;
    else add(entry);
  };
  return {
    headers,
    add(piece: Buffer) {
      let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let from = 0;
      for (let end = bytes.indexOf(0, from); end >= 0; end = bytes.indexOf(0, from)) {
        record(bytes.subarray(from, end));
        from = end + 1;
      }
      bytes = bytes.subarray(from);
      // The piece belongs to the stream.
      rest = bytes.length === 0 ? bytes : Buffer.from(bytes);
    },
    end: flush,
  };
}

/** Of a conflict and of what is not tracked, both sides are `unmodified`. */
const plain = {
  from: null,
  index: 'unmodified',
  workingTree: 'unmodified',
  conflict: null,
  submodule: false,
} as const;
