import type { ChangedFile, Thread } from '../../../shared/contract/pull-requests';

export interface PlacedThread {
  thread: Thread;
  side: 'deletions' | 'additions';
  line: number;
}

export interface FileThreads {
  /** At a line the shown diff holds. */
  placed: PlacedThread[];
  /** Of this file, but at no line of the shown diff: outdated, on the whole file, or outside its hunks. */
  unplaced: Thread[];
}

interface LineRange {
  start: number;
  end: number;
}

/** The lines a diff shows, per side. */
export interface ShownLines {
  old: LineRange[];
  new: LineRange[];
}

/** Read off the hunk headers of one file's unified diff. */
export function shownLines(patch: string): ShownLines {
  const shown: ShownLines = { old: [], new: [] };
  for (const match of patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)) {
    const range = (start: string | undefined, count: string | undefined) => ({
      start: Number(start),
      end: Number(start) + Number(count ?? 1) - 1,
    });
    shown.old.push(range(match[1], match[2]));
    shown.new.push(range(match[3], match[4]));
  }
  return shown;
}

/** Whole contents show every line. */
export function everyLine(before: string | null, after: string | null): ShownLines {
  const range = (text: string | null) =>
    text === null || text === '' ? [] : [{ start: 1, end: text.split('\n').length }];
  return { old: range(before), new: range(after) };
}

/** A thread belongs to the file under its new or its previous path. */
export function threadsOfFile(threads: readonly Thread[], file: ChangedFile): Thread[] {
  return threads.filter(
    ({ position }) =>
      position !== null && (position.path === file.path || position.path === file.previousPath),
  );
}

/** Which threads stand at lines, and which beside the diff. `shown` null: no diff is shown at all. */
export function placeThreads(threads: readonly Thread[], shown: ShownLines | null): FileThreads {
  const placed: PlacedThread[] = [];
  const unplaced: Thread[] = [];
  for (const thread of threads) {
    const { position } = thread;
    const line = position?.line ?? null;
    const visible =
      position !== null &&
      line !== null &&
      !position.outdated &&
      (shown?.[position.side] ?? []).some((range) => line >= range.start && line <= range.end);
    if (visible && line !== null)
      placed.push({ thread, line, side: position.side === 'old' ? 'deletions' : 'additions' });
    else unplaced.push(thread);
  }
  return { placed, unplaced };
}

/** Threads on no file of the list: on the pull request itself, or on files no longer in it. */
export function conversationThreads(
  threads: readonly Thread[],
  files: readonly ChangedFile[] | undefined,
): {
  general: Thread[];
  onFiles: Thread[];
} {
  const paths = new Set(files?.flatMap((file) => [file.path, file.previousPath ?? file.path]) ?? []);
  const oldestFirst = [...threads].sort(
    (left, right) => (left.comments[0]?.createdAt ?? 0) - (right.comments[0]?.createdAt ?? 0),
  );
  return {
    general: oldestFirst.filter(
      ({ position }) => position === null || (files !== undefined && !paths.has(position.path)),
    ),
    onFiles: oldestFirst.filter(
      ({ position }) => position !== null && (files === undefined || paths.has(position.path)),
    ),
  };
}
