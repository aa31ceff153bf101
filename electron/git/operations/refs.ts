import type { Branch } from '../../../shared/contract/branches';
import type { Remote } from '../../../shared/contract/remotes';

export interface Tag {
  name: string;
  /** What it points at; of an annotated tag: the tag object. */
  oid: string;
  /** The commit (or other object) behind it. */
  target: string;
  /** Null: not annotated. */
  message: string | null;
}

/** A value of git's configuration and where it stands. */
export interface ConfigurationValue {
  value: string;
  scope: 'system' | 'global' | 'local' | 'worktree';
}

/**
 * Branches, tags, remotes and configuration. Names are checked as
 * git-check-ref-format(1) does: `invalid-input` where git would refuse one, or
 * where it starts with `-`. A name that is taken rejects `already-exists`.
 */
export interface Refs {
  /** Local branches, then those of remotes, or the local ones alone: they are few where the others are thousands. Ahead and behind are told where there is an upstream. */
  branches(directory: string, which?: 'local'): Promise<Branch[]>;
  createBranch(directory: string, branch: { name: string; start: string; track: boolean }): Promise<void>;
  renameBranch(directory: string, branch: { from: string; to: string }): Promise<void>;
  /**
   * `force`: also one whose commits are nowhere else; its id is returned and
   * kept below `refs/polyforge/kept/`. Otherwise `not-merged`.
   */
  deleteBranch(directory: string, branch: { name: string; force: boolean }): Promise<{ oid: string }>;
  /** `upstream` as `origin/main`; null: none any more. */
  setUpstream(directory: string, branch: { name: string; upstream: string | null }): Promise<void>;
  tags(directory: string): Promise<Tag[]>;
  /** `message` null: lightweight. */
  createTag(directory: string, tag: { name: string; target: string; message: string | null }): Promise<void>;
  deleteTag(directory: string, name: string): Promise<void>;
  remotes(directory: string): Promise<Remote[]>;
  addRemote(directory: string, remote: { name: string; url: string }): Promise<void>;
  setRemoteUrl(directory: string, remote: { name: string; url: string }): Promise<void>;
  /** Its branches and their upstream settings go too, as with git-remote(1). */
  removeRemote(directory: string, name: string): Promise<void>;
  /** Every value of a key, last one wins, in git's order. The repository's own only where the engine reads nothing else. */
  configuration(directory: string, key: string): Promise<ConfigurationValue[]>;
}
