import type { PushResult, RefUpdate } from '../../../shared/contract/remotes';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { OperationCredentials } from '../../credentials/broker';
import type { Running } from '../engine';

/** How much of a repository comes along. Defaults: all of it. */
export interface ClonePlan {
  /** Commits from each tip; null: all. */
  depth: number | null;
  /** Only `branch` (or the remote's HEAD), as `--single-branch`. `depth` alone does not narrow it here. */
  singleBranch: boolean;
  /** Contents fetched when they are needed: `blobs`, or only those of at least so many bytes. Null: all now. */
  filter: { kind: 'blobs' } | { kind: 'larger'; bytes: number } | null;
  /** Folders of a cone-mode sparse checkout, git-sparse-checkout(1), with `/`, without one at either end; null: everything. */
  sparse: readonly string[] | null;
  /**
   * Origins (`https://host`) the user allowed submodules to come from; null:
   * none are fetched. Nested ones too, each from these origins only; one that
   * is refused (`SubmoduleNeed.refused`) or comes from elsewhere is left out.
   */
  submodules: readonly string[] | null;
  /** Large files through the system’s git-lfs. False: pointers stay pointers. Null: as the user’s git is set up. */
  lfs: boolean | null;
}

/** A whole clone of everything. */
export const everything: ClonePlan = {
  depth: null,
  singleBranch: false,
  filter: null,
  sparse: null,
  submodules: null,
  lfs: null,
};

/** A submodule a commit names in its `.gitmodules` (`gitmodules.ts`). */
export interface SubmoduleNeed {
  name: string;
  /** Folder from the top one, with `/`. */
  path: string;
  /** As `.gitmodules` has it, without a password. May hold anything. */
  address: string;
  /** Where it comes from, relative addresses resolved as git does; null: refused. */
  url: RemoteUrl | null;
  /** Why it is never fetched, a whole sentence; null: it may be. */
  refused: string | null;
  /** Its folder holds a repository. */
  fetched: boolean;
}

/** What a checked-out commit wants besides its own objects. */
export interface RepositoryNeeds {
  submodules: SubmoduleNeed[];
  /** `.gitmodules` cannot be read: no submodule is known. */
  unreadable: boolean;
  /** Some of its files are kept by git-lfs. */
  lfs: boolean;
}

interface Transfer {
  directory: string;
  /** Name of the remote in the configuration. */
  remote: string;
  /** Its address, read and checked by the caller: only this one is contacted. */
  url: RemoteUrl;
  credentials: OperationCredentials;
}

export interface FetchRequest extends Transfer {
  /** Forgets remote-tracking branches that are gone on the server; only after the whole list has arrived. */
  prune: boolean;
  /** Change of what is here of the history: more commits, all of them, or all branches from now on. */
  reach: null | { kind: 'deepen'; by: number } | { kind: 'unshallow' } | { kind: 'all-branches' };
}

/** Contents a partial clone left on the server, by what they are needed for. */
export type WantedContents =
  /** To check this out from what is checked out now, in a sparse checkout its folders only. */
  | { kind: 'checkout'; ref: string }
  /** To compare two commits, or, `from` null, one with its first parent; `paths` as in `DiffRequest`. */
  | { kind: 'changes'; from: string | null; to: string; paths: readonly string[] | null }
  /** To blame one file. */
  | { kind: 'history'; ref: string; path: string }
  /** What `contents-missing` named. */
  | { kind: 'objects'; oids: readonly string[] };

export interface ContentsRequest extends Transfer {
  wanted: WantedContents;
}

export interface PushRequest extends Transfer {
  /** Local branch, short. */
  branch: string;
  /** Branch on the server, short. */
  to: string;
  setUpstream: boolean;
  /**
   * Null: only a fast-forward. Otherwise the id the server's branch must still
   * have to be overwritten (`--force-with-lease=<ref>:<id>`); there is no other force.
   */
  lease: string | null;
}

/** Submodules of a repository that is there, from the origins the user allowed; see `ClonePlan.submodules`. */
export interface SubmoduleTransfer {
  fetchSubmodules(request: Transfer & { allowed: readonly string[] }, running: Running): Promise<void>;
}

/** Work with a remote of a repository that is there. */
export interface RemoteTransfer {
  /** Submodules (its own, not the nested ones) and large files of what is checked out. Contacts nobody. */
  needs(directory: string): Promise<RepositoryNeeds>;
  fetch(request: FetchRequest, running: Running): Promise<{ updated: RefUpdate[] }>;
  /**
   * Fetches what is missing of a partial clone; resolves with how many objects
   * that were. Contacts nobody where nothing is missing. Every other operation
   * reads what is here and rejects `contents-missing` for what is not: nothing
   * is fetched behind the caller's back, from addresses of the repository's own
   * choice. Called before work that needs contents, in a partial clone; and,
   * for what nobody can know before (a rename is looked for), after
   * `contents-missing`, with the object it names.
   */
  fetchContents(request: ContentsRequest, running: Running): Promise<{ objects: number }>;
  /**
   * One branch. A refusal of the server is a result. Rejects `push-unknown`
   * where the connection ended after the branch was sent and before the answer
   * was read: whether it arrived must be looked at (`remoteRef`).
   */
  push(request: PushRequest, running: Running): Promise<PushResult>;
  /** What a branch of the server points at now; null: there is none. */
  remoteRef(
    request: { url: RemoteUrl; branch: string; credentials: OperationCredentials },
    running: Running,
  ): Promise<string | null>;
}
