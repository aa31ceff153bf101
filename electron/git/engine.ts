import type { Branch } from '../../shared/contract/branches';
import type { Commit } from '../../shared/contract/history';
import type { Progress } from '../../shared/contract/procedure';
import type { RepositoryOverview } from '../../shared/contract/repositories';
import type { RemoteUrl } from '../../shared/remote-url';
import type { OperationCredentials } from '../credentials/broker';

/** How every long operation is run. The signal ends the process, the request and the open question. */
export interface Running {
  signal: AbortSignal;
  progress?: (progress: Progress) => void;
}

export interface CloneRequest {
  url: RemoteUrl;
  /** Absolute path of the new working tree; absent or empty. */
  directory: string;
  branch: string | null;
  credentials: OperationCredentials;
  /** Told of the folder the clone works in before it is made, and when it is gone or in place: what a kill leaves can be found again. */
  track?: { begin(folder: string): void; end(folder: string): void };
}

/**
 * One way to run git. Paths are absolute. Everything rejects with AppFailure.
 * Nothing a repository names (hooks, filters, fsmonitor, pager, ssh command)
 * is run.
 */
export interface GitEngine {
  readonly id: 'system' | 'isomorphic';
  /** Clones; on failure or cancel nothing is left behind. Call through `cloneGuarded`, which checks the target first. */
  clone(request: CloneRequest, running: Running): Promise<void>;
  /** Branch names of a remote (git ls-remote --heads --symref). */
  remoteBranches(
    url: RemoteUrl,
    credentials: OperationCredentials,
    running: Running,
  ): Promise<{ branches: string[]; head: string | null }>;
  /** Top directory of the repository that holds `path` (bare: the repository itself). Rejects `not-a-repository`. */
  discover(path: string): Promise<string>;
  /** Remotes come without the passwords and tokens other programs left in their addresses. */
  overview(directory: string): Promise<Pick<RepositoryOverview, 'head' | 'bare' | 'shallow' | 'remotes'>>;
  branches(directory: string): Promise<Branch[]>;
  log(
    directory: string,
    options: { ref?: string; skip: number; limit: number },
  ): Promise<{ commits: Commit[]; more: boolean }>;
}
