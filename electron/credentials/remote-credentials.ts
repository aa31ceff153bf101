import type { Account } from '../../shared/contract/accounts';
import { type AppError, AppFailure } from '../../shared/errors';
import { hostWithPort } from '../../shared/remote-url';
import type { EventSink, EventSource } from '../platform';
import type { Storage } from '../storage/storage';
import type { AccountChoices } from './account-choice';
import { isOwnersName } from './account-names';
import { createAccountOfRemote, type Remote } from './account-of-remote';
import { noteState } from './account-state';
import type { CredentialContext } from './broker';
import { type Given, type Reason, typedByUser } from './given';
import type { Refusals } from './refusals';
import { answeredOrResumed } from './resume';
import type { SavedCredentials } from './saved';
import { givenFromSaved } from './saved-given';
import { createSecondChance } from './second-chance';
import type { Sessions } from './sessions';
import type { Ask } from './shared-question';
import type { SecretReader } from './unlock';

/** What all operations share. */
export interface RemoteParts {
  storage: Pick<Storage, 'accounts'>;
  saved: SavedCredentials;
  choices: Pick<AccountChoices, 'choose' | 'resolve' | 'matching' | 'doubt' | 'proven'>;
  sessions: Pick<Sessions, 'open'> & Partial<Pick<Sessions, 'reopen'>>;
  secrets?: SecretReader;
  refusals?: Pick<Refusals, 'refused' | 'accepted' | 'isKnown' | 'found'>;
  events: EventSink;
  changes?: EventSource;
  ask: Ask;
  log: (line: string) => void;
}

/** The credentials of one address within one operation. */
export interface RemoteCredentials {
  readonly remote: Remote;
  /** What is in use; null before the first and after a refusal. */
  given: Given | null;
  /** The last thing heard of it was a refusal. */
  isRefused: boolean;
  /** Before the first request: the account's, where it is worth giving then. */
  early(): Promise<Given | null>;
  /** The next to try: account, saved, typed; each at most as often as a refusal allows. */
  next(): Promise<Given | null>;
  /** The account it is chosen for; undefined: none, or not chosen yet. */
  account(): Account | undefined;
}

/** More questions than this of one address help nobody; each follows a refusal. */
const mostQuestions = 2;
/** git in a terminal asks anew with every command: what was refused is not tried again for so many milliseconds. */
const terminalWindow = 5 * 60_000;

/** `closed`: origins about which the operation's user has closed a question. */
export function createRemoteCredentials(
  parts: RemoteParts,
  context: CredentialContext,
  remote: Remote,
  closed: Set<string>,
): RemoteCredentials {
  const { url } = remote;
  const { signal, interactive } = context;
  const isTerminal = context.asker === 'terminal';
  const host = hostWithPort(url);
  let stage: 'account' | 'saved' | 'user' | 'end' = 'account';
  let reason: Reason = 'no-account';
  let username = remote.username ?? '';
  let questions = 0;
  let automaticRefusals = 0;
  /** The account's secret that git's server refused, and whether it was tried again after a check found it working. */
  let refusedSecret: string | null = null;
  let isRetried = false;
  const secondChance = createSecondChance(parts.sessions);
  const chosen = createAccountOfRemote(parts, context, remote);

  const refuse = (account: Account, error: AppError): null => {
    reason = 'account-refused';
    noteState(parts, account, { status: 'refused', error });
    return null;
  };
  const refusedByGit = (account: Account, secret: string) => {
    const error: AppError = { kind: 'token-refused', host };
    if (parts.refusals) parts.refusals.refused(account, url, secret, error);
    else refuse(account, error);
  };
  /** Unasked work, and a terminal that asks anew with each command, must not run a known refusal into a lock-out. */
  const isKnownRefusal = (account: Account, secret: string): boolean => {
    if (interactive && !isTerminal) return false;
    const within = interactive ? terminalWindow : undefined;
    return parts.refusals?.isKnown(account, url, secret, within) ?? false;
  };

  const fromAccount = async (): Promise<Given | null> => {
    const account = chosen.current();
    if (!account?.origins.git.includes(url.origin)) return null;
    if (!account.useForRepositories) {
      reason = 'not-for-repositories';
      return null;
    }
    if (!interactive && account.state.status === 'refused') {
      reason = 'account-refused';
      return null;
    }
    try {
      const opened = await secondChance.open(account, { interactive, signal });
      if (!opened) return refuse(account, { kind: 'token-refused', host });
      if (isKnownRefusal(account, opened.secret)) {
        reason = 'account-refused';
        return null;
      }
      const credential = await opened.provider.gitCredential(opened.session, opened.secret);
      const itsName = credential.kind === 'password' ? credential.username : null;
      if (
        remote.username !== null &&
        remote.username !== itsName &&
        !isOwnersName(account, remote.username)
      ) {
        chosen.drop();
        return null;
      }
      username = itsName ?? username;
      return {
        // An object of its own: what is said of it is said of this address.
        credential:
          credential.kind === 'password' && remote.username !== null
            ? { ...credential, askedFor: remote.username }
            : { ...credential },
        async approved() {
          parts.refusals?.accepted(account, url);
          parts.choices.proven(url, account.id, isTerminal);
          if (account.state.status === 'refused') noteState(parts, account, { status: 'working' });
        },
        refused() {
          reason = 'account-refused';
          refusedSecret = opened.secret;
          automaticRefusals += 1;
          if (secondChance.after(account, opened.secret)) stage = 'account';
          else refusedByGit(account, opened.secret);
        },
      };
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
      if (error.error.kind === 'secret-unavailable') {
        reason = 'secret-unavailable';
        return null;
      }
      if (error.error.kind !== 'token-refused') throw error;
      return refuse(account, error.error);
    }
  };

  /** The account, once there is a reason to try it (again); asks nobody. */
  const accountAgain = async (): Promise<Given | null> => {
    if (reason === 'no-account') await chosen.look();
    const account = chosen.current();
    if (!account?.origins.git.includes(url.origin) || !account.useForRepositories) return null;
    if (account.state.status === 'refused') return null;
    const opened = await parts.sessions.open(account, { interactive: false, signal }).catch(() => null);
    if (!opened || isKnownRefusal(account, opened.secret)) return null;
    if (opened.secret === refusedSecret) {
      // The same token may work again (it was authorized for the organization), but
      // once is enough, and our own check after the refusal is no reason.
      if (isRetried || parts.refusals?.found(account)) return null;
      isRetried = true;
    }
    return fromAccount();
  };

  const fromSaved = async (): Promise<Given | null> => {
    const saved = parts.saved.find(url, remote.username);
    if (!saved) {
      const [last] = parts.saved.kept(url, remote.username);
      if (last?.state === 'refused' && reason === 'no-account') {
        reason = 'answer-refused';
        username = last.username;
      }
      return null;
    }
    username = saved.username;
    const found = await givenFromSaved(parts, context, saved, () => {
      reason = 'answer-refused';
      automaticRefusals += 1;
    });
    if (!found) reason = 'secret-unavailable';
    return found;
  };

  /** A terminal asks about every host there is, and the user's other programs can answer it: only what concerns us is asked. */
  const concernsUs = (): boolean => {
    if (!isTerminal) return true;
    const here = parts.storage.accounts.list().filter(({ origins }) => origins.git.includes(url.origin));
    const wanted = remote.username;
    if (wanted === null) return here.length > 0 || parts.saved.knows(url.origin);
    return chosen.current() !== undefined || parts.saved.kept(url, wanted).length > 0;
  };

  const fromUser = async (): Promise<Given | null> => {
    const { protocol } = url;
    if (!interactive || protocol === 'ssh' || closed.has(url.origin) || !concernsUs()) return null;
    if (questions >= mostQuestions - Math.min(1, automaticRefusals)) return null;
    const account = chosen.current();
    const folder = isTerminal && context.directory !== undefined ? { folder: context.directory } : {};
    const ask = (until: AbortSignal) =>
      parts.ask(
        {
          kind: 'credentials',
          operation: context.operation,
          host,
          path: url.path,
          protocol,
          accountId: account?.id ?? null,
          accountAlias: account?.alias ?? null,
          reason,
          username,
          ...folder,
        },
        until,
      );
    const outcome = parts.changes
      ? await answeredOrResumed(ask, accountAgain, parts.changes, signal)
      : { answer: await ask(signal) };
    // Nobody answered: the account was put right meanwhile.
    if ('resumed' in outcome) return outcome.resumed;
    questions += 1;
    const { answer } = outcome;
    if (answer.kind !== 'credentials') {
      closed.add(url.origin);
      return null;
    }
    username = answer.username;
    return typedByUser(parts, url, context.asker ?? 'application', answer, () => {
      reason = 'answer-refused';
    });
  };

  return {
    remote,
    given: null,
    isRefused: false,
    account: () => chosen.current(),
    async early() {
      if (stage !== 'account' || !(await chosen.choose(true))) return null;
      stage = 'saved';
      return fromAccount();
    },
    async next() {
      if (stage === 'account') {
        await chosen.choose(false);
        stage = 'saved';
        const found = await fromAccount();
        if (found) return found;
      }
      if (stage === 'saved') {
        stage = 'user';
        const found = await fromSaved();
        if (found) return found;
      }
      if (stage === 'user') {
        const found = await fromUser();
        if (found) return found;
        stage = 'end';
      }
      return null;
    },
  };
}
