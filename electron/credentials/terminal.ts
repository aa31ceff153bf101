import path from 'node:path';
import { AppFailure } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { GitCredential } from '../providers/provider';
import type { Storage } from '../storage/storage';
import type { CredentialBroker } from './broker';
import type { Clock } from './clock';
import { formatAnswer, headerOf, nothingToGive, passwordOf, stateOf } from './git-answer';
import { type GitCredentialRequest, parseRequest, remoteUrlOf } from './git-protocol';
import { createGivenToTerminal, type Reported } from './given-to-terminal';
import type { TerminalNote } from '../data/agent-call';
import { repositoryAt } from './repository-at';
import type { SavedCredentials } from './saved';
import { createTerminalAttempts } from './terminal-attempts';
import type { KeepTyped } from './typed-in-terminal';

/** What a helper process passes on. */
export interface TerminalRequest {
  action: 'get' | 'store' | 'erase';
  /** Byte for byte what git wrote. */
  input: Buffer;
  /** Absolute working directory of git. */
  folder: string;
  /** Absolute, where git was told of its repository (GIT_DIR). */
  gitDirectory: string | null;
  /** False: the user wants no questions. */
  interactive: boolean;
  /** Told why there is no credential, where the user can do something about it. */
  note?: (note: TerminalNote) => void;
}

/** The repository git works in: see git/place.ts. */
export interface TerminalPlace {
  directory: string;
  remotes: RemoteUrl[];
  /** There is a remote of a server that cannot be read. Absent: there is none. */
  unread?: boolean;
}

/** Answers git's helper as git-credential(1) has it. */
export interface TerminalGit {
  /** `signal` ends when the helper is gone; its question goes with it. */
  answer(request: TerminalRequest, signal: AbortSignal): Promise<string>;
}

export interface TerminalParts {
  broker: CredentialBroker;
  storage: Pick<Storage, 'accounts' | 'repositories'>;
  saved: Pick<SavedCredentials, 'knows' | 'find' | 'kept' | 'password' | 'refuse' | 'mark'>;
  placeOf(folder: string, gitDirectory: string | null): Promise<TerminalPlace | null>;
  /** Whether somebody can see a question now. */
  canAsk(): boolean;
  keepTyped: KeepTyped;
  /** Why what is kept cannot be read before the user has done something; null: it can be. Absent: it always can. */
  whyLocked?: () => Promise<'locked' | 'passphrase-file' | null>;
  clock: Clock;
}

/** Where and for whom credentials are wanted. */
interface Wanted {
  request: GitCredentialRequest;
  /** The address of the question itself. */
  url: RemoteUrl;
  place: TerminalPlace | null;
  folder: string;
  isInteractive: boolean;
}

/** Accounts and kept passwords of one address are few; each is refused once. */
const mostRefused = 5;

function isSameServer(remote: RemoteUrl, url: RemoteUrl): boolean {
  return remote.origin === url.origin || (remote.protocol === 'ssh' && remote.host === url.host);
}

export function createTerminalGit(parts: TerminalParts): TerminalGit {
  const { broker, storage, saved } = parts;
  const given = createGivenToTerminal(parts.clock);
  const attempts = createTerminalAttempts(parts.clock);

  const isKnown = (origin: string): boolean =>
    saved.knows(origin) || storage.accounts.list().some((account) => account.origins.git.includes(origin));

  /**
   * What the operation is about: the address asked for; where the repository
   * has no remote of that server, the repository's own, so that the broker
   * sees another host in it.
   */
  const subjectOf = ({ request, url, place }: Wanted): RemoteUrl => {
    const own = place?.remotes ?? [];
    const [first] = own;
    if (first && !own.some((remote) => isSameServer(remote, url))) return first;
    // git tells no path unless it is told to (credential.useHttpPath); the repository's only remote there says it.
    if (request.path !== '' || saved.find(url, request.username)) return url;
    const here = own.filter((remote) => remote.origin === url.origin);
    const paths = new Set(here.map((remote) => remote.path));
    return paths.size === 1 ? (here[0] ?? url) : url;
  };

  const begin = async (wanted: Wanted, signal: AbortSignal) => {
    const { place, folder } = wanted;
    const directory = place?.directory ?? folder;
    return broker.begin({
      operation: `git in ${path.basename(directory) || directory}`,
      url: subjectOf(wanted),
      accountId: null,
      repositoryId: place ? await repositoryAt(storage.repositories.list(), place.directory) : null,
      directory,
      asker: 'terminal',
      interactive: wanted.isInteractive,
      signal,
    });
  };

  /** The credential as git can take it; null: it cannot. */
  const readable = (
    credential: GitCredential | null,
    request: GitCredentialRequest,
  ): GitCredential | null => {
    if (credential?.kind !== 'header' || request.capabilities.includes('authtype')) return credential;
    const plain = passwordOf(credential.header);
    return plain && { kind: 'password', ...plain };
  };

  const reportedOf = (request: GitCredentialRequest, credential: GitCredential): Reported => ({
    origin: request.origin,
    path: request.path,
    username: credential.kind === 'password' ? credential.username : null,
    secret: credential.kind === 'password' ? credential.password : credential.header,
  });

  /** Asks nobody: what an account or a kept password gives now. */
  const quietly = async (wanted: Wanted, signal: AbortSignal) => {
    const operation = await begin({ ...wanted, isInteractive: false }, signal);
    const { origin, path, username } = wanted.request;
    const credential = await operation.fill({ origin, path, username });
    return credential && { operation, credential };
  };

  const get = async (wanted: Wanted, signal: AbortSignal): Promise<string> => {
    const { request } = wanted;
    const { origin, path, username } = request;
    // Where there is no repository the folder may say whose account it is.
    const where = wanted.place?.directory ?? wanted.folder;
    const asked = JSON.stringify([origin, path, username, where]);
    const isRefused = (credential: GitCredential) =>
      attempts.isRefused(asked, given.hashOf(reportedOf(request, credential)));

    let found = attempts.wasRefused(asked) ? await quietly(wanted, signal) : null;
    if (found && isRefused(found.credential)) found = null;
    if (!found) {
      const attempt = await attempts.join(asked, wanted.isInteractive, signal, (until) =>
        begin(wanted, until),
      );
      try {
        const { operation } = attempt;
        let credential = await operation.fill({ origin, path, username });
        // A new operation starts with what was refused in the one before.
        for (let tries = 0; credential && isRefused(credential); tries += 1) {
          await operation.reject(credential);
          credential = tries < mostRefused ? await operation.fill({ origin, path, username }) : null;
        }
        if (credential) found = { operation, credential };
      } finally {
        attempt.leave();
      }
      // Asked again after a refusal, and still nothing: git's own prompt would only go on with it.
      if (!found && attempt.isRepeated && wanted.isInteractive) return nothingToGive;
    }
    const credential = readable(found?.credential ?? null, request);
    if (!found || !credential) return '';
    const { operation } = found;
    const reported = reportedOf(request, credential);
    const { id } = given.remember(reported, { operation, credential: found.credential, asked });
    const options = { capabilities: request.capabilities, state: id, now: parts.clock.now() };
    return formatAnswer(credential, options) ?? '';
  };

  /** What git reports on; null: nothing anybody could have given. */
  const reported = (request: GitCredentialRequest): Reported | null => {
    const header = headerOf(request);
    const secret = header ?? request.password;
    if (secret === null) return null;
    const username = header === null ? (request.username ?? '') : null;
    return { origin: request.origin, path: request.path, username, secret };
  };

  /** Given in an earlier life of this program: what would be given now is the same. */
  const givenBefore = async (wanted: Wanted, about: Reported, signal: AbortSignal) => {
    if (!isKnown(about.origin)) return null;
    const found = await quietly(wanted, signal).catch(() => null);
    const credential = readable(found?.credential ?? null, wanted.request);
    if (!found || !credential) return null;
    const same = given.hashOf(reportedOf(wanted.request, credential)) === given.hashOf(about);
    return same ? found : null;
  };

  const store = async (wanted: Wanted, signal: AbortSignal): Promise<void> => {
    const { request } = wanted;
    const about = reported(request);
    if (!about) return;
    const known = given.find(about, stateOf(request));
    if (known) {
      attempts.forget(known.asked);
      await known.operation.approve(known.credential);
      return;
    }
    const before = await givenBefore(wanted, about, signal);
    if (before) await before.operation.approve(before.credential);
    else if (request.password !== null && !request.ephemeral) await parts.keepTyped(request, wanted.url);
  };

  const erase = async (wanted: Wanted, signal: AbortSignal): Promise<void> => {
    const { request, url } = wanted;
    const about = reported(request);
    const known = about && given.find(about, stateOf(request));
    if (about && known) {
      attempts.refuse(known.asked, given.hashOf(about));
      await known.operation.reject(known.credential);
      return;
    }
    for (const kept of saved.kept(url, request.username)) {
      if (request.password === null) saved.mark(kept.id, 'refused');
      else if ((await saved.password(kept).catch(() => null)) === request.password)
        await saved.refuse(kept, request.password);
    }
    const before = about && (await givenBefore(wanted, about, signal));
    if (before) await before.operation.reject(before.credential);
  };

  /** Why nothing was given, as far as the user can do something about it. */
  const reasonFor = async (wanted: Wanted, error: unknown): Promise<TerminalNote | null> => {
    if (error instanceof AppFailure && error.error.kind === 'several-accounts') return 'several-accounts';
    if (wanted.isInteractive) return null;
    if (subjectOf(wanted).origin !== wanted.url.origin) return 'other-host';
    return (await parts.whyLocked?.()) ?? null;
  };

  return {
    async answer({ action, input, folder, gitDirectory, interactive, note }, signal) {
      const request = parseRequest(input);
      const url = request && remoteUrlOf(request);
      if (!request || !url) return '';
      // An address nobody knows is answered at once; what was typed for it may still be kept.
      if (action !== 'store' && !isKnown(request.origin)) return '';
      const place = await parts.placeOf(folder, gitDirectory);
      const wanted = { request, url, place, folder, isInteractive: interactive && parts.canAsk() };
      // A hostile address must not pass for none: with one that is read the user is asked about the second host.
      if (action === 'get' && place?.unread && place.remotes.length === 0) {
        note?.('unread-remote');
        return '';
      }
      if (action === 'get') {
        let failure: unknown = null;
        const answer = await get(wanted, signal).catch((error: unknown) => {
          failure = error;
          return '';
        });
        const reason = answer === '' && !signal.aborted ? await reasonFor(wanted, failure) : null;
        if (answer === nothingToGive) note?.('refused');
        if (reason !== null) note?.(reason);
        else if (failure !== null) throw failure;
        return answer;
      }
      await (action === 'store' ? store(wanted, signal) : erase(wanted, signal));
      return '';
    },
  };
}
