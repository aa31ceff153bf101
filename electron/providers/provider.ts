import type {
  Account,
  AccountDraft,
  KindDescriptor,
  ProviderId,
  SignInResult,
} from '../../shared/contract/accounts';
import type { HostedRepository, RepositoryRef } from '../../shared/contract/hosted-repositories';
import type { Installation } from '../../shared/contract/installations';
import type {
  ChangedFile,
  FileDiff,
  PullRequest,
  PullRequestDetail,
  PullRequestFilter,
  Thread,
} from '../../shared/contract/pull-requests';
import type { RemoteUrl } from '../../shared/remote-url';
import type { ProviderDiagnosis } from './diagnosis';
import type { OAuthFlows } from './oauth';

/** The address part of an account, normalized and split, before anything is contacted. */
export type AccountAddress = Pick<Account, 'url' | 'origins' | 'organization' | 'collection'>;

/**
 * A fetch bound to one account: it adds the account's own Authorization, sends
 * it to the account's api origins only (anything else rejects with AppFailure
 * `moved` before a socket is opened), follows no redirect to another origin,
 * and turns transport failures and refusals into AppFailure. See http.ts.
 */
export type AccountFetch = typeof globalThis.fetch;

/** An account in use: what the adapters get. They never see the token itself. */
export interface Session {
  readonly account: Account;
  readonly fetch: AccountFetch;
  readonly signal: AbortSignal;
}

/**
 * What authorizes a request. Made by the provider from the stored secret; the
 * door in http.ts calls it per request and is the only one to do so.
 * `rawFetch` has the same origin rules but adds no Authorization (GitHub App:
 * the token is minted with a signed JWT).
 */
export interface Authorizer {
  /** `url` is where the request goes, an api origin of the account (a GitHub App signs some paths as the app itself). */
  headers(rawFetch: AccountFetch, signal: AbortSignal, url: URL): Promise<Record<string, string>>;
}

/** What git gets for an account. `header` is the complete value of Authorization. */
export type GitCredential =
  | {
      kind: 'password';
      username: string;
      password: string;
      /** Epoch milliseconds. */
      expiresAt?: number;
      /** The owner's name that was asked for, where the server is told another one (`oauth2`). */
      askedFor?: string;
      /** Only of a credential git itself brought, and only to git in a terminal. */
      refreshToken?: string;
    }
  | { kind: 'header'; header: string };

export interface PullRequestPage {
  items: PullRequest[];
  /** One sentence on what is left out; only on the last page. */
  partial?: string;
}

/**
 * Tokens that were made for all organizations of their owner at once, where a
 * provider has retired them, and what is needed to move to one per organization.
 */
export interface AllOrganizations {
  /** The first day (ISO date, UTC) on which such a token is refused. */
  readonly until: string;
  /** Whether this account's token is one. Pure. */
  applies(account: Account): boolean;
  /** Names of the organizations the token answers for; fails as every call does. */
  organizations(session: Session): Promise<string[]>;
  /** The organization a remote of this account's host lies in, or null. Pure. */
  organizationOf(account: Account, url: RemoteUrl): string | null;
}

/** One thing in a folder of a hosted repository. */
export interface TreeEntry {
  /** From the top folder, with `/`. */
  path: string;
  /** `other`: a link, or another repository (submodule). */
  kind: 'folder' | 'file' | 'other';
  /** What the provider reads it by; opaque outside its folder. */
  id: string;
}

/** What a provider tells of a repository that is not here yet. */
export interface RepositoryContents {
  /**
   * `sizeBytes`: what git holds of it on the server, all branches together;
   * null where the provider, or this account's rights, do not tell. `top`: id
   * of the top folder of a branch (null: of the default one); null: there is
   * no commit yet.
   */
  facts(
    session: Session,
    repository: RepositoryRef,
    branch: string | null,
  ): Promise<{ sizeBytes: number | null; top: string | null }>;
  /** What stands directly in a folder, as many pages as the provider needs. The top folder's path is empty. */
  folder(
    session: Session,
    repository: RepositoryRef,
    folder: Pick<TreeEntry, 'path' | 'id'>,
  ): AsyncIterable<TreeEntry[]>;
  /** The text of a file such as `.gitmodules`. */
  file(session: Session, repository: RepositoryRef, file: Pick<TreeEntry, 'path' | 'id'>): Promise<string>;
}

/**
 * One hosting provider. It holds what the screens use today and nothing else;
 * differences between providers are data in `kinds`. Every method rejects with
 * AppFailure, ends within a second of `session.signal`, and pages only on the
 * account's own origins.
 */
export interface HostingProvider {
  readonly id: ProviderId;
  readonly kinds: readonly KindDescriptor[];
  /** What the Connection Doctor asks. */
  readonly diagnosis?: ProviderDiagnosis;
  /** Signing in on the provider's page; absent where the provider has none for desktop programs. */
  readonly oauth?: OAuthFlows;
  /** Absent where there never were such tokens. */
  readonly allOrganizations?: AllOrganizations;

  /** Parses and normalizes the draft's address fields. Throws `invalid-input` or `address-invalid`. */
  address(draft: AccountDraft): AccountAddress;

  /** Checks the secret's form before anything is sent (`token-form`, `invalid-input`); the returned text is what is stored. */
  normalizeSecret(draft: AccountDraft, secret: string): string;

  /** Page where such a token is made, or null. */
  tokenPage(draft: AccountDraft): string | null;

  /** Page where an account that is there is given more repositories; absent: the token page is it. Pure. */
  accessPage?(account: Account): string | null;

  /** The Authorization of this account's REST calls. */
  authorizer(account: Account, secret: string): Authorizer;

  /** Signs in with calls that need only the documented minimal scopes. */
  signIn(session: Session): Promise<SignInResult>;

  /** Drops what is kept in memory of this account's secret (tokens made from it): the account is gone, or its secret another. */
  forget?(account: Account): void;

  /** Where the account's app is installed, a hundred a page from 1; only of providers with such apps. */
  installations?(session: Session, page: number): Promise<{ items: Installation[]; next: number | null }>;

  /** What git must be given for this account's repositories. May mint a token (GitHub App). */
  gitCredential(session: Session, secret: string): Promise<GitCredential>;

  /** Whether `url` lies within this account's namespace on its host, and how specific the match is (longer path wins); null: not this account's. */
  matches(account: Account, url: RemoteUrl): number | null;

  /** The hosted repository a remote URL of this account names, or null. Pure. */
  locate(account: Account, url: RemoteUrl): RepositoryRef | null;

  /** What can be told of a repository before it is cloned. */
  readonly contents: RepositoryContents;

  /** All repositories the account can reach, page by page. */
  listRepositories(session: Session): AsyncIterable<HostedRepository[]>;

  /** `repository` set: of that repository; else over the account with the cheapest calls the provider has. */
  listPullRequests(
    session: Session,
    filter: Pick<PullRequestFilter, 'state' | 'scope'> & { repository?: RepositoryRef },
  ): AsyncIterable<PullRequestPage>;

  pullRequest(session: Session, repository: RepositoryRef, number: number): Promise<PullRequestDetail>;
  changedFiles(
    session: Session,
    repository: RepositoryRef,
    number: number,
  ): Promise<{ files: ChangedFile[]; partial: string | null }>;
  fileDiff(
    session: Session,
    repository: RepositoryRef,
    number: number,
    file: { path: string; previousPath: string | null },
  ): Promise<FileDiff>;
  threads(session: Session, repository: RepositoryRef, number: number): Promise<Thread[]>;
}
