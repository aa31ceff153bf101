import type { Head } from '../../../shared/contract/repositories';
import type { MergeOutcome, Status, StatusEntry } from '../../../shared/contract/working-tree';
import type { Running } from '../engine';

export type { MergeOutcome };

export interface StatusOptions {
  /** As git's `--untracked-files`: folders that hold only untracked files as one entry, every file, or none. */
  untracked: 'normal' | 'all' | 'no';
  /** Called with entries as they are found, some thousand at a time, in git's order. */
  entries: (entries: StatusEntry[]) => void;
}

/** What may be said about a commit that is to be made. */
export interface CommitRequest {
  directory: string;
  /** UTF-8. Cleaned as git's `--cleanup=whitespace` does; empty afterwards: `invalid-input`. */
  message: string;
  /** Replaces HEAD's commit, keeping its author. */
  amend: boolean;
  /** Adds the committer's `Signed-off-by` trailer, once. */
  signOff: boolean;
  /** `configured`: as commit.gpgSign says. The embedded engine signs nothing. */
  sign: 'configured' | 'yes' | 'no';
  /** A commit that changes nothing is refused otherwise. */
  allowEmpty: boolean;
}

/** A stash, git-stash(1). */
export interface Stash {
  /** 0 is the last one made. */
  index: number;
  oid: string;
  /** `WIP on main: …` or `On main: …`. */
  message: string;
  /** Epoch milliseconds. */
  at: number;
}

export type SwitchTarget =
  | { kind: 'branch'; branch: string }
  | { kind: 'new-branch'; branch: string; start: string; track: boolean }
  | { kind: 'detached'; ref: string };

/**
 * Changes of index, working tree and the current branch. Paths are relative to
 * the top folder, with `/`, in the form of shared/git-path.ts, and literal:
 * no pathspec magic. All are old-or-new under git's own locks; another
 * program's lock rejects `repository-busy`. Nothing a user wrote is overwritten:
 * files in the way reject `would-overwrite` with their paths.
 */
export interface WorkingTree {
  status(directory: string, options: StatusOptions, running: Running): Promise<Status>;
  stage(directory: string, paths: readonly string[]): Promise<void>;
  unstage(directory: string, paths: readonly string[]): Promise<void>;
  /** Resolves with the id of the new commit. Without name and e-mail: `identity-missing`. */
  commit(request: CommitRequest, running: Running): Promise<string>;
  /** Checks out; local changes come along where git lets them. */
  switchTo(directory: string, target: SwitchTarget, running: Running): Promise<Head>;
  merge(
    request: {
      directory: string;
      /** Branch, tag or id. */
      ref: string;
      fastForward: 'possible' | 'only' | 'never';
      /** Null: git's own words. */
      message: string | null;
    },
    running: Running,
  ): Promise<MergeOutcome>;
  /** `mainline`: parent number (from 1) a merge commit is compared with. */
  cherryPick(
    request: { directory: string; oid: string; mainline: number | null },
    running: Running,
  ): Promise<MergeOutcome>;
  revert(
    request: { directory: string; oid: string; mainline: number | null },
    running: Running,
  ): Promise<MergeOutcome>;
  /** Takes back the merge, cherry-pick or revert under way, to what was before it. */
  abort(directory: string): Promise<void>;
  /**
   * git-reset(1). Before `hard` overwrites changes, a commit that holds index
   * and working tree is kept below `refs/polyforge/kept/`; its id is returned,
   * null where there was nothing to keep.
   */
  reset(
    request: { directory: string; to: string; mode: 'soft' | 'mixed' | 'hard' },
    running: Running,
  ): Promise<{ kept: string | null }>;
  stashes(directory: string): Promise<Stash[]>;
  /** Resolves with false where there was nothing to stash. */
  stashPush(
    request: { directory: string; message: string | null; untracked: boolean },
    running: Running,
  ): Promise<boolean>;
  /** `drop`: removed from the list once it is applied without a conflict. */
  stashApply(
    request: { directory: string; index: number; drop: boolean },
    running: Running,
  ): Promise<MergeOutcome>;
  /** Removes it from the list, where `oid` still stands at `index`. */
  stashDrop(directory: string, stash: Pick<Stash, 'index' | 'oid'>): Promise<void>;
}
