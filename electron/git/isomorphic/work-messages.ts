import type { Head } from '../../../shared/contract/repositories';
import type { ConfigurationValue, Tag } from '../operations/refs';
import type { CommitRequest, MergeOutcome, Stash, SwitchTarget } from '../operations/working-tree';

interface In {
  directory: string;
}

/** What changes refs, configuration and index in an instant: argument and answer of each job. */
export interface QuickJobs {
  createBranch: { in: In & { name: string; start: string; track: boolean }; out: void };
  renameBranch: { in: In & { from: string; to: string }; out: void };
  deleteBranch: { in: In & { name: string; force: boolean }; out: { oid: string } };
  setUpstream: { in: In & { name: string; upstream: string | null }; out: void };
  tags: { in: In; out: Tag[] };
  createTag: { in: In & { name: string; target: string; message: string | null }; out: void };
  deleteTag: { in: In & { name: string }; out: void };
  addRemote: { in: In & { name: string; url: string }; out: void };
  setRemoteUrl: { in: In & { name: string; url: string }; out: void };
  removeRemote: { in: In & { name: string }; out: void };
  configuration: { in: In & { key: string }; out: ConfigurationValue[] };
  stage: { in: In & { paths: readonly string[] }; out: void };
  unstage: { in: In & { paths: readonly string[] }; out: void };
  abort: { in: In; out: void };
  stashes: { in: In; out: Stash[] };
  stashDrop: { in: In & { index: number; oid: string }; out: void };
}

/** What changes index, files and branch: each runs in a worker of its own, and may be cancelled. */
export interface LongJobs {
  commit: { in: CommitRequest; out: string };
  switchTo: { in: In & { target: SwitchTarget }; out: Head };
  merge: {
    in: In & { ref: string; fastForward: 'possible' | 'only' | 'never'; message: string | null };
    out: MergeOutcome;
  };
  cherryPick: { in: In & { oid: string; mainline: number | null }; out: MergeOutcome };
  revert: { in: In & { oid: string; mainline: number | null }; out: MergeOutcome };
  reset: { in: In & { to: string; mode: 'soft' | 'mixed' | 'hard' }; out: { kept: string | null } };
  stashPush: { in: In & { message: string | null; untracked: boolean }; out: boolean };
  stashApply: { in: In & { index: number; drop: boolean }; out: MergeOutcome };
}

export type WorkJobs = QuickJobs & LongJobs;
