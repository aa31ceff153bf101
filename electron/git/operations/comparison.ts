import type { Commit } from '../../../shared/contract/history';
import type { Running } from '../engine';

/** What is compared with what. A commit without parents is compared with nothing. */
export type Sides =
  | { kind: 'working-tree' }
  | { kind: 'index' }
  /** HEAD against index and working tree together. */
  | { kind: 'head' }
  | { kind: 'commits'; from: string; to: string }
  /** A commit against its first parent. */
  | { kind: 'commit'; oid: string };

export interface DiffLine {
  kind: 'context' | 'added' | 'removed';
  /** Bytes as UTF-8, what is none replaced; without line end. */
  text: string;
  /** The last line of its file, and without a line end there. */
  noNewline?: boolean;
}

/** Line numbers count from 1; a side without lines starts at 0, as in git's patches. */
export interface DiffHunk {
  fromStart: number;
  fromLines: number;
  toStart: number;
  toLines: number;
  lines: DiffLine[];
}

export interface FileDiff {
  /** Null: the file is not there on this side. */
  from: string | null;
  to: string | null;
  status: 'added' | 'deleted' | 'modified' | 'renamed' | 'copied' | 'type-changed' | 'conflict';
  /** Octal as git writes it: `100644`, `100755`, `120000`, `160000`. */
  fromMode: string | null;
  toMode: string | null;
  /** 0 to 100; null where nothing was renamed or copied. */
  similarity: number | null;
  content:
    | { kind: 'text'; hunks: DiffHunk[] }
    | { kind: 'binary'; fromBytes: number | null; toBytes: number | null }
    | { kind: 'submodule'; fromOid: string | null; toOid: string | null }
    /** More than the limit: ask for this file alone with a higher one. */
    | { kind: 'too-large' };
}

export interface DiffRequest {
  directory: string;
  sides: Sides;
  /** Only these paths; null: all. Literal. */
  paths: readonly string[] | null;
  /** Renames as git's `--find-renames` (50 %). */
  renames: boolean;
  /** Lines around a change. */
  context: number;
  /** Bytes of one file's patch before it is `too-large`. */
  maximumBytes: number;
  /** Called with each file, in git's order. */
  file: (diff: FileDiff) => void;
}

/** Lines that came with one commit, git-blame(1). */
export interface BlameRange {
  /** From 1, in the file as it is asked for. */
  start: number;
  lines: number;
  /** Null: not committed yet. */
  oid: string | null;
  author: { name: string; email: string };
  /** Epoch milliseconds. */
  authoredAt: number;
  subject: string;
  /** The file's path in that commit, and the first of the lines there. */
  path: string;
  originalStart: number;
}

/** Reading what changed, and when. */
export interface Comparison {
  diff(request: DiffRequest, running: Running): Promise<void>;
  /** One commit by any name git has for it. Rejects `revision-not-found`. */
  show(directory: string, ref: string): Promise<Commit>;
  /** `ref` null: the file in the working tree. */
  blame(
    request: { directory: string; path: string; ref: string | null },
    running: Running,
  ): Promise<BlameRange[]>;
}
