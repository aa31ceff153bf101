import type { AppError } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { GitCredential } from '../providers/provider';

/** Which operation wants credentials, and for whom. */
export interface CredentialContext {
  /** Shown to the user: `clone`, `list branches`. */
  operation: string;
  /** The remote the operation is about. Only its exact origin gets an answer. */
  url: RemoteUrl;
  /** Null: chosen by binding, rule or namespace, or by the user. */
  accountId: string | null;
  /** The user wants none of the accounts. */
  withoutAccount?: boolean;
  repositoryId: string | null;
  /** Absolute folder of a repository that is not there yet, or that git in a terminal works in: rules may name it. */
  directory?: string;
  /** Who runs git. Default: the application. */
  asker?: 'application' | 'terminal';
  /** False: background work, never prompts. */
  interactive: boolean;
  signal: AbortSignal;
}

export interface CredentialRequest {
  origin: string;
  /** Without leading slash; empty when the asker does not tell. */
  path: string;
  /** The user name the asker wants the answer for; an account of another user gives none. */
  username?: string | null;
  /** Before the first request of the operation: only an account's header is given, nobody is asked. */
  preemptive?: boolean;
}

/** What ssh wants: text, a yes or no, or nothing but to be seen (ssh(1), SSH_ASKPASS_PROMPT). */
export type SshQuestionKind = 'entry' | 'confirm' | 'none';

/** Which program asks. */
export interface SshAsker {
  /** Tells one ssh process from another: the same question from the same one means that its answer was wrong. */
  id: string;
  /** The asking program has ended; nobody waits for the answer any more. */
  gone: AbortSignal;
}

/** What an operation over ssh may use and ask. */
export interface SshAccess {
  /** False: background work; ssh is told not to ask. */
  readonly interactive: boolean;
  /** Absolute path of the private key chosen for the repository or its account; null: ssh chooses by itself. */
  key(): Promise<string | null>;
  /** What ssh asks through SSH_ASKPASS, in its own words. Null: no answer; ssh then gives up. */
  answer(prompt: string, kind: SshQuestionKind, asker: SshAsker): Promise<string | null>;
  /** The server let ssh in: what was typed may be kept now. */
  approve(): Promise<void>;
  /** Why the user's last answer ended the operation: declined, or a passphrase that is wrong. Null: it did not. */
  readonly failure: AppError | null;
}

/**
 * The broker's view of one operation: fill -> approve | reject, keyed by
 * account, never by host alone. A second refusal stops (null).
 */
export interface OperationCredentials {
  /** Credential for exactly this request's origin and path, or null: none to give, the user dismissed it, or another origin asks. */
  fill(request: CredentialRequest): Promise<GitCredential | null>;
  /**
   * The server accepted what `fill` gave: exactly this object, or one equal to
   * it. Absent: what it gave last, which an operation with one remote can rely on.
   */
  approve(credential?: GitCredential): Promise<void>;
  /** The server refused it. Marks it refused; nothing is deleted. `credential` as in `approve`. */
  reject(credential?: GitCredential): Promise<void>;
  /** How the operation ended, once the engine is through: the refusal to report, if credentials were the cause. */
  readonly refused: boolean;
  /** Absent: the remote is not reached over ssh. */
  readonly ssh?: SshAccess;
}

export interface CredentialBroker {
  begin(context: CredentialContext): OperationCredentials;
}
