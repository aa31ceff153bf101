import { AppFailure, fail } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { EventSink, EventSource } from '../platform';
import type { PromptBroker } from '../prompts/broker';
import type { GitCredential } from '../providers/provider';
import type { Storage } from '../storage/storage';
import type { AccountChoices } from './account-choice';
import { createAllowedHosts } from './allowed-hosts';
import type {
  CredentialBroker,
  CredentialContext,
  CredentialRequest,
  OperationCredentials,
  SshAccess,
} from './broker';
import { remoteUrlOf } from './git-protocol';
import type { Given } from './given';
import { createHostDecisions } from './host-decisions';
import { createOtherHosts, type OtherHostParts } from './other-host';
import type { Refusals } from './refusals';
import { createRemoteCredentials, type RemoteCredentials, type RemoteParts } from './remote-credentials';
import { createSavedCredentials, plainPath, type SavedCredentials } from './saved';
import type { Sessions } from './sessions';
import { type Ask, createSharedQuestions } from './shared-question';
import type { SecretReader } from './unlock';
import type { Vault } from './vault';

export interface BrokerParts {
  storage: Pick<Storage, 'accounts' | 'savedCredentials' | 'allowedHosts'>;
  vault: Pick<Vault, 'get' | 'set' | 'delete'>;
  /** Default: made of `storage` and `vault`. */
  saved?: SavedCredentials;
  /** Asks for the vault's passphrase before a saved password is given up. Absent: nobody is asked. */
  secrets?: SecretReader;
  prompts: PromptBroker;
  choices: Pick<AccountChoices, 'choose' | 'resolve' | 'matching' | 'doubt' | 'proven'>;
  sessions: Pick<Sessions, 'open'> & Partial<Pick<Sessions, 'reopen'>>;
  /** What follows when git's server refuses an account. Absent: the account is marked, and no more. */
  refusals?: Pick<Refusals, 'refused' | 'accepted' | 'isKnown' | 'found'>;
  events: EventSink;
  /** Lets an operation that waits for an answer go on when its account works again. Absent: only an answer ends the question. */
  changes?: EventSource;
  /** What an operation over ssh may use and ask. Absent: ssh is told not to ask. */
  ssh?: (ask: Ask, context: CredentialContext) => SshAccess;
  log: (line: string) => void;
}

type Shared = RemoteParts & OtherHostParts & Pick<BrokerParts, 'ssh'>;

/** Account, then saved password, then the user: in this order, and each at most as often as a refusal allows. */
export function createCredentialBroker(parts: BrokerParts): CredentialBroker {
  const shared: Shared = {
    ...parts,
    saved: parts.saved ?? createSavedCredentials(parts.storage, parts.vault, parts.events),
    allowed: createAllowedHosts(parts.storage, parts.events),
    ask: createSharedQuestions(parts.prompts),
    decisions: createHostDecisions(),
  };
  return { begin: (context) => beginOperation(shared, context) };
}

/** Whether a path lies in the repository: its own, or below it, as that of its large files. */
function isWithin(path: string, repository: string): boolean {
  const whole = plainPath(repository);
  return (
    path === '' ||
    plainPath(path) === whole ||
    [`${whole}/`, `${whole}.git/`].some((start) => path.startsWith(start))
  );
}

function beginOperation(parts: Shared, context: CredentialContext): OperationCredentials {
  const { url, signal } = context;
  const mayUseOther = createOtherHosts(parts, context);
  const remotes = new Map<string, RemoteCredentials>();
  /** What is in use out there, and the last of it. */
  const handed = new Map<Given, RemoteCredentials>();
  let last: Given | null = null;
  const approved = new WeakSet<Given>();
  /** Origins about which the user has closed a question: one repository may have many submodules there. */
  const closed = new Set<string>();

  const remoteFor = (
    at: RemoteUrl,
    username: string | null,
    more: { accountId?: string | null; repositoryId?: string | null } = {},
  ): RemoteCredentials => {
    const key = JSON.stringify([at.origin, plainPath(at.path), username]);
    const known = remotes.get(key);
    if (known) return known;
    const accountId = context.withoutAccount ? null : (more.accountId ?? undefined);
    const remote = { url: at, username, accountId, repositoryId: more.repositoryId ?? null };
    const made = createRemoteCredentials(parts, context, remote, closed);
    remotes.set(key, made);
    return made;
  };
  const own = (username: string | null): RemoteCredentials => {
    const { accountId, repositoryId } = context;
    return remoteFor(url, username, { accountId, repositoryId });
  };

  /** The remotes of one origin and user name so far, the first one first. */
  const ofOrigin = (origin: string, username: string | null): RemoteCredentials[] =>
    [...remotes.values()].filter(
      ({ remote }) => remote.url.origin === origin && remote.username === username,
    );

  /**
   * One repository beside another of the same origin, as submodules are: whoever
   * that one has for certain. What nobody is known for goes with the first one.
   */
  const beside = async (first: RemoteCredentials, at: RemoteUrl, username: string | null) => {
    const subject = { url: at, repositoryId: null, directory: context.directory };
    const certain = context.withoutAccount
      ? null
      : (await parts.choices.choose(subject, { forGit: true })).account;
    const known = first.account();
    const hasOwn = certain ? certain.id !== known?.id : parts.saved.find(at, username) !== null;
    return hasOwn || (!known && !first.given) ? remoteFor(at, username) : first;
  };

  /** Null: another origin, for which the user has not agreed, or no address at all. */
  const find = async (request: CredentialRequest): Promise<RemoteCredentials | null> => {
    const username = request.username || null;
    const isOwn = request.origin === url.origin;
    // What ssh wants it asks itself.
    if (isOwn && url.protocol === 'ssh') return null;
    if (isOwn && isWithin(request.path, url.path)) return own(username);
    const at = remoteUrlOf(request);
    if (isOwn && at === null) return own(username);
    if (at?.origin !== request.origin) return null;
    // What is set before the first request goes to wherever that leads.
    if (!isOwn && (request.preemptive || !(await mayUseOther(at)))) return null;
    if (isOwn) own(username);
    // The web address of the very repository ssh was told of: its large files.
    const { accountId, repositoryId } = context;
    const isItself = url.protocol === 'ssh' && at.host === url.host && isWithin(at.path, url.path);
    if (isItself) remoteFor(at, username, { accountId, repositoryId });
    const siblings = ofOrigin(at.origin, username);
    const [first] = siblings;
    const same = siblings.find(({ remote }) => remote.url.path !== '' && isWithin(at.path, remote.url.path));
    return same ?? (first ? beside(first, at, username) : remoteFor(at, username));
  };

  const hand = (to: RemoteCredentials, given: Given) => {
    to.given = given;
    handed.set(given, to);
    last = given;
  };

  const nextOf = async (remote: RemoteCredentials): Promise<Given | null> => {
    try {
      return await remote.next();
    } catch (error) {
      // Work in the background does not end because nobody can say whose a submodule is.
      const isUndecided = error instanceof AppFailure && error.error.kind === 'several-accounts';
      if (!isUndecided || remote.remote.url.origin === url.origin) throw error;
      return null;
    }
  };

  const fill = async (request: CredentialRequest): Promise<GitCredential | null> => {
    if (signal.aborted) fail({ kind: 'cancelled' });
    const remote = await find(request);
    if (!remote) return null;
    if (request.preemptive) {
      const early = await remote.early();
      if (!early) return null;
      hand(remote, early);
      // A password is given only when the server wants one.
      return early.credential.kind === 'header' ? early.credential : null;
    }
    const given = remote.given ?? (await nextOf(remote));
    if (!given) return null;
    hand(remote, given);
    return given.credential;
  };

  /** What a report is about: the very object, else the last one equal to it. Null: it was refused before, or is none of ours. */
  const reported = (credential: GitCredential | undefined): Given | null => {
    if (!credential) return last;
    const all = [...handed.keys()].toReversed();
    const text = JSON.stringify(credential);
    return (
      all.find((given) => given.credential === credential) ??
      all.find((given) => JSON.stringify(given.credential) === text) ??
      null
    );
  };

  // git's processes may ask at the same time (one per connection); they get one answer.
  let turn: Promise<unknown> = Promise.resolve();
  const ssh = url.protocol === 'ssh' ? parts.ssh?.(parts.ask, context) : undefined;
  return {
    ...(ssh ? { ssh } : {}),
    fill(request) {
      const mine = turn.then(() => fill(request));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async approve(credential) {
      const given = reported(credential);
      const to = given && handed.get(given);
      if (!given || !to) return;
      to.isRefused = false;
      if (approved.has(given)) return;
      approved.add(given);
      await given.approved();
    },
    async reject(credential) {
      const given = reported(credential);
      const to = given && handed.get(given);
      if (!given || !to) return;
      handed.delete(given);
      if (last === given) last = null;
      to.isRefused = true;
      to.given = null;
      await given.refused();
    },
    get refused() {
      return [...remotes.values()].some(({ isRefused }) => isRefused);
    },
  };
}
