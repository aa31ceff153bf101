import { pathToBytes } from '../path-bytes';
import type { IndexEntry } from './index-entry';
import type { IndexFile } from './index-table';

/** An entry as it will be written. `upToDate`: its stat was taken just now from the file it was made from. */
export interface DraftEntry {
  entry: IndexEntry;
  upToDate: boolean;
}

/** What will stand at a path; empty: nothing. */
interface DraftPath {
  bytes: Uint8Array;
  stages: DraftEntry[];
}

/**
 * An index while it is changed, under its lock. What is not touched stays to
 * the byte, with what is known of its file.
 */
export class IndexDraft {
  private changed = new Map<string, DraftPath>();
  private cleared = false;

  /** `base`: as it was read. */
  constructor(readonly base: IndexFile) {}

  /** All stages of a path as they stand now. */
  get(path: string): IndexEntry[] {
    const change = this.changed.get(path);
    if (change) return change.stages.map(({ entry }) => entry);
    return this.cleared ? [] : this.base.find(path);
  }

  /**
   * Sets an entry. Stage 0 takes the place of all stages of its path, a stage
   * of a conflict that of stage 0. With stage 0, a file goes where a folder
   * was and the other way round, as `git add` has it. `upToDate`: `stat` is of
   * just now, of the file this content is in.
   */
  put(entry: IndexEntry, upToDate = false): void {
    const others =
      entry.stage === 0
        ? []
        : this.stagesOf(entry.path).filter((one) => one.entry.stage !== 0 && one.entry.stage !== entry.stage);
    const stages = [...others, { entry, upToDate }].sort((a, b) => a.entry.stage - b.entry.stage);
    this.set(entry.path, stages);
    if (entry.stage === 0) this.makeWay(entry.path);
  }

  /** Removes all stages of a path. */
  remove(path: string): void {
    if (this.changed.has(path) || (!this.cleared && this.base.find(path).length > 0)) this.set(path, []);
  }

  /** Removes everything: what is put afterwards is the whole index. */
  clear(): void {
    this.changed.clear();
    this.cleared = true;
  }

  /** What it will be, in git's order: a number is an entry of `base` that stays as it is. */
  *merged(): Generator<number | DraftEntry> {
    const changes = [...this.changed.values()].sort((a, b) => Buffer.compare(a.bytes, b.bytes));
    const length = this.cleared ? 0 : this.base.length;
    let at = 0;
    for (const { bytes, stages } of changes) {
      const { start, end } = this.cleared ? { start: 0, end: 0 } : this.base.range(bytes);
      for (; at < start; at += 1) yield at;
      at = Math.max(at, end);
      yield* stages;
    }
    for (; at < length; at += 1) yield at;
  }

  /** Paths whose folders have another tree now: not those that only got a new stat. */
  *changedPaths(): Generator<string> {
    for (const [path, { stages }] of this.changed) {
      const before = this.cleared ? [] : this.base.find(path);
      const same = (one: DraftEntry, index: number) => {
        const old = before[index];
        return (
          old?.oid === one.entry.oid &&
          old.mode === one.entry.mode &&
          old.stage === one.entry.stage &&
          old.intentToAdd === one.entry.intentToAdd
        );
      };
      if (stages.length !== before.length || !stages.every(same)) yield path;
    }
  }

  get startedAnew(): boolean {
    return this.cleared;
  }

  get isChanged(): boolean {
    return this.cleared || this.changed.size > 0;
  }

  private stagesOf(path: string): DraftEntry[] {
    const change = this.changed.get(path);
    if (change) return change.stages;
    return this.get(path).map((entry) => ({ entry, upToDate: false }));
  }

  private set(path: string, stages: DraftEntry[]): void {
    this.changed.set(path, { bytes: this.changed.get(path)?.bytes ?? pathToBytes(path), stages });
  }

  /** Takes away files where `path` has folders, and what lies below `path`. */
  private makeWay(path: string): void {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1))
      if (this.get(path.slice(0, slash)).some(({ stage }) => stage === 0)) this.remove(path.slice(0, slash));
    if (this.cleared) return;
    const below = pathToBytes(`${path}/`);
    for (let at = this.base.lowerBound(below); at < this.base.length; at += 1) {
      if (!this.base.pathBytes(at).subarray(0, below.length).equals(below)) return;
      const inside = this.base.path(at);
      if (!this.changed.has(inside)) this.set(inside, []);
    }
  }
}
