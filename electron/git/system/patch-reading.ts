import type { DiffHunk, FileDiff } from '../operations/comparison';
import { pathsAfter, type RawEntry, rawEntry } from './raw-diff';

/** A file whose part of the patch was read. */
export interface ReadFile {
  entry: RawEntry;
  hunks: DiffHunk[];
  binary: boolean;
  tooLarge: boolean;
  /** Commits a submodule's patch names. */
  submodule: { from: string | null; to: string | null };
}

const lineFeed = 0x0a;
const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Reads `git diff --raw -z --patch` in pieces: the list of files, a NUL, then
 * the patch, file by file in the same order. Only the file that is being read
 * is held, and no more of it than `maximumBytes`.
 */
export function patchReader(done: (file: ReadFile) => void, maximumBytes: number) {
  const waiting: RawEntry[] = [];
  let inList = true;
  /** Of one record of the list: its header and first path. */
  let parts: Buffer[] = [];
  let rest: Buffer[] = [];
  let restLength = 0;
  let current: ReadFile | null = null;
  let sections = 0;
  let bytes = 0;
  let hunk: DiffHunk | null = null;
  let left = { from: 0, to: 0 };
  /** A line longer than anything that is kept: how much of it was read. Only its first byte is held. */
  let skipped = 0;
  const longestLine = Math.max(maximumBytes, 65_536);

  const finish = () => {
    if (current) done(current);
    current = null;
    hunk = null;
  };
  const start = (entry: RawEntry) => {
    finish();
    current = { entry, hunks: [], binary: false, tooLarge: false, submodule: { from: null, to: null } };
    sections = entry.sections;
    bytes = 0;
  };
  /** The next file with this title; those before it have no patch. */
  const find = (fits: (entry: RawEntry) => boolean): boolean => {
    const index = waiting.findIndex(fits);
    if (index < 0) return false;
    for (const entry of waiting.splice(0, index)) start(entry);
    const [entry] = waiting.splice(0, 1);
    if (entry) start(entry);
    return true;
  };

  const listRecord = (record: Buffer) => {
    if (parts.length === 0 && record.length === 0) {
      inList = false;
      return;
    }
    parts.push(record);
    const header = parts[0]?.toString('latin1') ?? '';
    if (parts.length <= pathsAfter(header)) return;
    const [, first = record, second = first] = parts;
    parts = [];
    const entry = rawEntry(header, [first, second]);
    const before = waiting.at(-1);
    // Of a conflict git lists the file of ours against the working tree once more.
    if (before?.file.status === 'conflict' && before.title === entry.title) {
      waiting[waiting.length - 1] = { ...entry, file: { ...entry.file, status: 'conflict' } };
      return;
    }
    waiting.push(entry);
  };

  const title = (line: Buffer): boolean => {
    const text = line.toString('latin1');
    if (text.startsWith('* Unmerged path ')) {
      finish();
      return true;
    }
    if (!text.startsWith('diff --git ')) return false;
    hunk = null;
    if (current && current.entry.title === text && sections > 1) {
      sections -= 1;
      return true;
    }
    if (!find((entry) => entry.title === text)) finish();
    return true;
  };

  const contentLine = (line: Buffer, into: DiffHunk, file: ReadFile) => {
    const mark = line[0];
    if (mark === 0x5c) {
      const last = into.lines.at(-1);
      if (last) last.noNewline = true;
      return;
    }
    const kind = mark === 0x2b ? 'added' : mark === 0x2d ? 'removed' : 'context';
    if (kind !== 'added') left.from -= 1;
    if (kind !== 'removed') left.to -= 1;
    if (file.tooLarge) return;
    const text = line.toString('utf8', 1);
    into.lines.push({ kind, text });
    const oid = /^Subproject commit ([0-9a-f]+)/.exec(text)?.[1];
    if (oid === undefined) return;
    if (kind === 'removed') file.submodule.from = oid;
    if (kind === 'added') file.submodule.to = oid;
  };

  const count = (length: number, file: ReadFile) => {
    bytes += length;
    if (bytes <= maximumBytes) return;
    file.tooLarge = true;
    file.hunks = [];
  };

  const patchLine = (line: Buffer, length: number) => {
    const inside = hunk !== null && (left.from > 0 || left.to > 0 || line[0] === 0x5c);
    if (!inside && title(line)) return;
    const file = current;
    if (!file) return;
    if (inside && hunk) {
      count(length, file);
      contentLine(line, hunk, file);
      return;
    }
    const match = line[0] === 0x40 ? hunkHeader.exec(line.toString('latin1', 0, 80)) : null;
    if (match) {
      count(length, file);
      const [, fromStart = '0', fromLines = '1', toStart = '0', toLines = '1'] = match;
      hunk = {
        fromStart: Number(fromStart),
        fromLines: Number(fromLines),
        toStart: Number(toStart),
        toLines: Number(toLines),
        lines: [],
      };
      left = { from: hunk.fromLines, to: hunk.toLines };
      if (!file.tooLarge) file.hunks.push(hunk);
      return;
    }
    if (line.toString('latin1', 0, 13) === 'Binary files ') file.binary = true;
  };

  const take = (piece: Buffer): Buffer => {
    const record = restLength === 0 ? piece : Buffer.concat([...rest, piece]);
    rest = [];
    restLength = 0;
    return record;
  };
  const hold = (part: Buffer) => {
    if (skipped > 0) {
      skipped += part.length;
      return;
    }
    // The piece belongs to the stream.
    rest.push(Buffer.from(part));
    restLength += part.length;
    if (inList || restLength <= longestLine) return;
    skipped = restLength;
    rest = [take(Buffer.alloc(0)).subarray(0, 1)];
    restLength = 1;
  };
  const line = (last: Buffer) => {
    const length = skipped > 0 ? skipped + last.length : restLength + last.length;
    const record = take(skipped > 0 ? Buffer.alloc(0) : last);
    skipped = 0;
    if (inList) listRecord(record);
    else patchLine(record, length + 1);
  };
  return {
    add(piece: Buffer) {
      for (let from = 0; from < piece.length; ) {
        const end = piece.indexOf(inList ? 0 : lineFeed, from);
        if (end < 0) {
          hold(piece.subarray(from));
          return;
        }
        line(piece.subarray(from, end));
        from = end + 1;
      }
    },
    end() {
      if (restLength > 0 && !inList) line(Buffer.alloc(0));
      finish();
      for (const entry of waiting.splice(0)) start(entry);
      finish();
    },
  };
}

/** What there is to show of a file; sizes of a binary one are the caller's to find. */
export function contentOf(file: ReadFile): FileDiff['content'] | 'binary' {
  const { fromMode, toMode } = file.entry.file;
  const modes = [fromMode, toMode].filter((mode) => mode !== null);
  if (modes.length > 0 && modes.every((mode) => mode === '160000'))
    return {
      kind: 'submodule',
      fromOid: file.entry.fromOid ?? file.submodule.from,
      toOid: file.entry.toOid ?? file.submodule.to,
    };
  if (file.binary) return 'binary';
  return file.tooLarge ? { kind: 'too-large' } : { kind: 'text', hunks: file.hunks };
}
