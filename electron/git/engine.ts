import type { ConfigurationEdit } from '../../shared/configuration-edit';
import type { CommitIdentity } from '../../shared/contract/bindings';
import type { Commit } from '../../shared/contract/history';
import type { Progress } from '../../shared/contract/procedure';
import type { RepositoryOverview } from '../../shared/contract/repositories';
import type { RemoteUrl } from '../../shared/remote-url';
import type { OperationCredentials } from '../credentials/broker';
import type { Comparison } from './operations/comparison';
import type { Refs } from './operations/refs';
import type { ClonePlan, RemoteTransfer } from './operations/transfer';
import type { WorkingTree } from './operations/working-tree';

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
  /** Absent: everything. */
  plan?: ClonePlan;
  credentials: OperationCredentials;
  /** Told of the folder the clone works in before it is made, and when it is gone or in place: what a kill leaves can be found again. */
  track?: { begin(folder: string): void; end(folder: string): void };
}

/** The identity a commit would get, as git's configuration has it. */
export interface ReadIdentity {
  /** Empty where nothing is set. */
  effective: CommitIdentity;
  /** Where the e-mail comes from: `local`, `global`, `system`, an included file's path; null: not set. */
  source: string | null;
  /** False: only the repository's own configuration was read. */
  complete: boolean;
}

/** A change of a configuration file that is not made yet, and the text it is planned for. */
export interface PlannedEdit {
  edit: ConfigurationEdit;
  /** Null: there is no such file. It may hold anything, and goes nowhere. */
  before: string | null;
}

/** Where in the user's git: outside any repository, in a repository somewhere below a folder, or in one repository. Absolute paths. */
export type GitPlace =
  | { kind: 'apart' }
  | { kind: 'below'; folder: string }
  | { kind: 'repository'; directory: string };

/** One line that names a credential helper, as git reads it. */
export interface HelperEntry {
  /** `credential.helper`, or `credential.<url>.helper` in git's spelling. */
  key: string;
  /** Empty: forgets the helpers before it. Never shown as it is: it may be a program with a secret in it. */
  value: string;
  /** Absolute; empty for what is no file. */
  file: string;
  scope: 'system' | 'global' | 'local' | 'worktree';
}

/** Keys under one header, gitcredentials(7) and git-config(1): `[section "subsection"]`. */
export interface ConfigurationSection {
  section: string;
  subsection: string;
  entries: readonly (readonly [key: string, value: string])[];
}

/** A configuration file that a `UserGit.planSections` writes into. */
export type ConfigurationTarget =
  | { kind: 'global' }
  | { kind: 'repository'; directory: string }
  | { kind: 'file'; file: string };

/** A new text of a configuration file, not written yet. Text is one character a byte. */
export interface PlannedText {
  /** Absolute, symbolic links resolved. */
  file: string;
  /** The text it is planned for; null: there is no such file. */
  before: string | null;
  after: string;
  /** Takes back everything of ours, what was written earlier included. */
  takesBack: ConfigurationEdit;
}

/** The user's own git, outside any repository: what a terminal would see. */
export interface UserGit {
  /** Effective credential.useHttpPath for an address, and the file that says so. */
  httpPath(url: string): Promise<{ effective: boolean; file: string | null }>;
  /** Whether git, asked for a credential for `url` now, tells a helper its path. No helper of the user's is run. */
  asksWithPath(url: string): Promise<boolean>;
  /** The change that sets a key in the user's own configuration, not made yet. `no-file`: there is none to write; `nothing`: it is so already. */
  plan(key: string, value: string): Promise<PlannedEdit | 'no-file' | 'nothing'>;
  /** Every credential helper configured at a place, in git's order, whatever it is for. */
  helpers(place: GitPlace): Promise<HelperEntry[]>;
  /** Those of the entries git would ask about `url`, in its order. git itself decides; none of them is run. */
  asked(entries: readonly HelperEntry[], url: string): Promise<HelperEntry[]>;
  /** The subsection of an `includeIf` for repositories at or below exactly this folder (absolute, no links in it). */
  conditionFor(folder: string): string;
  /** A helper's value with whatever could be a secret masked, and the known name of its program. */
  shownHelper(value: string): { name: string; value: string };
  /**
   * The change that writes whole sections at the end of a file, or in the
   * place of those `earlier` wrote there; with `isLast` these are moved to the
   * end, after whatever was written behind them since. Everything else in the file reads
   * as before: git is asked. `no-file`: the user's git has no file of its own.
   * `nothing`: they stand so already. Rejects `git-failed` where git cannot
   * read the file.
   */
  planSections(
    target: ConfigurationTarget,
    sections: readonly ConfigurationSection[],
    earlier: ConfigurationEdit | null,
    isLast?: boolean,
  ): Promise<PlannedText | 'no-file' | 'nothing'>;
}

/**
 * One way to run git. Paths are absolute. Everything rejects with AppFailure.
 * Nothing a repository names (hooks, filters, fsmonitor, pager, ssh command)
 * is run.
 */
export interface GitEngine extends Refs, RemoteTransfer, WorkingTree, Comparison {
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
  overview(directory: string): Promise<Omit<RepositoryOverview, 'repository' | 'engine' | 'account'>>;
  log(
    directory: string,
    options: { ref?: string; skip: number; limit: number },
  ): Promise<{ commits: Commit[]; more: boolean }>;
  /** Who commits here would be by. Reads configuration, runs nothing. */
  identity(directory: string): Promise<ReadIdentity>;
  /**
   * Sets keys of the repository's own configuration, all or none, old-or-new
   * under git's lock. `record` is told what takes it back (`configuration.ts`)
   * before anything is written, and may stop it by throwing.
   */
  configure(
    directory: string,
    values: readonly (readonly [key: string, value: string])[],
    record: (edits: ConfigurationEdit[]) => void,
  ): Promise<void>;
  /**
   * Writes git's commit-graph file for everything refs reach: history of a large
   * repository is read many times as fast. Absent: this engine writes none.
   */
  writeCommitGraph?(directory: string, running: Running): Promise<void>;
}
