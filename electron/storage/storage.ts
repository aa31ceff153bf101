import type { Account } from '../../shared/contract/accounts';
import type { ConfigurationEdit } from '../../shared/configuration-edit';
import type { AccountRule, CommitIdentity } from '../../shared/contract/bindings';
import type { Notice } from '../../shared/contract/application';
import type { HostedRepository } from '../../shared/contract/hosted-repositories';
import type { Preferences } from '../../shared/contract/preferences';
import type { SignInApp } from '../../shared/contract/sign-in-apps';

/** A repository on this machine, as remembered. */
export interface StoredRepository {
  id: string;
  name: string;
  path: string;
  accountId: string | null;
  lastOpened: number;
  hostedKey: string | null;
  /** Who commits here; absent: as the rule, or git's own configuration, says. */
  identity?: CommitIdentity;
  /** Absolute path of the private key ssh uses here; absent: the account's, or ssh chooses. */
  sshKey?: string;
}

/** What was written into git's configuration. `id`: `identity:<repository id>`, `http-path:<origin>` or `terminal:<scope>`. */
export interface WrittenConfiguration {
  id: string;
  /** In the order they were made. */
  edits: ConfigurationEdit[];
}

/** A user name kept for exactly one URL; several users of one URL are several of these. Its password is in the vault under `saved:<id>@<origin>`. */
export interface SavedCredential {
  id: string;
  origin: string;
  /** Empty: typed at git's own prompt for the whole host. */
  path: string;
  username: string;
  state: 'working' | 'refused' | 'unchecked';
  lastUsed: number;
  /** Who it was typed for. */
  source: 'application' | 'terminal';
  /** Epoch milliseconds; null: not known. */
  expiresAt: number | null;
}

/** The user's yes to one more host for one repository's submodules or large files. */
export interface AllowedHost {
  id: string;
  /** The repository's own remote. */
  origin: string;
  path: string;
  /** The other host's scheme://host[:port]. */
  otherOrigin: string;
  addedAt: number;
}

/** The private key ssh uses for an account's repositories. `id`: the account's. */
export interface AccountSshKey {
  id: string;
  /** Absolute path. */
  path: string;
}

/** How fast clones from a host were. `id`: its origin. */
export interface TransferRate {
  id: string;
  bytesPerSecond: number;
}

/** That the vault has the passphrase of a private key, under `ssh-passphrase:<path>`. `id`: the key's canonical path. */
export interface SavedPassphrase {
  id: string;
  state: 'working' | 'refused';
  /** Epoch milliseconds. */
  lastUsed: number;
}

/** How proxies are found; see shared/contract/network.ts. The password is in the vault under `proxy:<url>`. */
export interface StoredProxy {
  mode: 'system' | 'manual' | 'none';
  /** `http://host:port` without user, or empty. */
  url: string;
  username: string;
  hasPassword: boolean;
  noProxy: string;
}

/** A certificate trusted for exactly one host (`host` or `host:port`). */
export interface StoredAuthority {
  id: string;
  host: string;
  pem: string;
  addedAt: number;
}

/** A client certificate for one host; its key is in the vault under `client-certificate:<id>@<host>`. */
export interface StoredClientCertificate {
  id: string;
  host: string;
  /** The certificate, and its issuers after it where the file held them. */
  pem: string;
  addedAt: number;
}

/** What of an account's notice the user has dealt with; the texts name threshold and date. */
export interface NoticeRecord {
  /** The account's. */
  id: string;
  dismissed: string | null;
  /** Told outside the page. */
  announced: string | null;
}

/** The user's yes to what one repository's own configuration and hooks make git run. */
export interface TrustedFolder {
  /** The folder, without links. */
  id: string;
  /** What tells the repository from another one put in its place. */
  mark: string;
  /** Epoch milliseconds. */
  trustedAt: number;
}

/** A list kept in the settings file, read record by record: one damaged record never loses the others. */
export interface Collection<T extends { id: string }> {
  list(): T[];
  find(id: string): T | undefined;
  /** Inserts or replaces by id. Throws AppFailure `disk-full` or `directory-not-writable`; the old state then stands, in memory too. */
  put(record: T): void;
  remove(id: string): void;
}

export interface Storage {
  accounts: Collection<Account>;
  repositories: Collection<StoredRepository>;
  savedCredentials: Collection<SavedCredential>;
  allowedHosts: Collection<AllowedHost>;
  sshKeys: Collection<AccountSshKey>;
  sshPassphrases: Collection<SavedPassphrase>;
  signInApps: Collection<SignInApp>;
  proxy: { get(): StoredProxy; set(next: StoredProxy): void };
  authorities: Collection<StoredAuthority>;
  clientCertificates: Collection<StoredClientCertificate>;
  /** Which account answers where. */
  rules: Collection<AccountRule>;
  writtenConfiguration: Collection<WrittenConfiguration>;
  accountNotices: Collection<NoticeRecord>;
  transferRates: Collection<TransferRate>;
  trustedFolders: Collection<TrustedFolder>;
  preferences: { get(): Preferences; set(patch: Partial<Preferences>): Preferences };
  favourites: { list(): string[]; set(key: string, favourite: boolean): void };
  recentlyCloned: { list(): string[]; add(key: string): void };
  /** Working folders of clones under way; those found at a start were left by a kill. Absolute paths. */
  unfinishedClones: { list(): string[]; add(folder: string): void; remove(folder: string): void };
  /** Lists of hosted repositories by account, each its own file; damaged or absent reads as null. */
  repositoryCache: {
    read(accountId: string): Promise<{ fetchedAt: number; items: HostedRepository[] } | null>;
    write(accountId: string, fetchedAt: number, items: HostedRepository[]): Promise<void>;
    remove(accountId: string): Promise<void>;
  };
  /** What was repaired or set aside while loading. */
  notices: { list(): Notice[]; dismiss(id: string): void };
}
