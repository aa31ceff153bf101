import { randomBytes } from 'node:crypto';
import { AppFailure } from '../../shared/errors';
import type { GitCredential } from '../providers/provider';
import type { OperationCredentials } from './broker';
import { formatAnswer, headerOf, nothingToGive, stateOf } from './git-answer';
import { type GitCredentialRequest, parseRequest } from './git-protocol';
import { answerForWay, asksForProxy, type WaySecrets } from './way-secrets';

/** A credential git was handed, and for which origin. */
export interface GivenToGit {
  readonly origin: string;
  readonly credential: GitCredential;
  /**
   * git wants it forgotten. Not passed on at once: after a redirect git blames
   * it for what another host said, and only git's end tells.
   */
  readonly refused: boolean;
}

/** What the git of one operation asked, was given and reported. */
export interface GitConversation {
  /** `action`: git's `get`, `store` or `erase`; `input`: what it wrote. Anything else gets an empty answer. */
  answer(action: string, input: Buffer): Promise<string>;
  readonly given: readonly GivenToGit[];
  /** Another origin than the operation's wanted credentials and got none, or null. */
  readonly foreignOrigin: string | null;
  /** A proxy that is not the operation's wanted a password and got none. */
  readonly unknownProxy: boolean;
  /** WWW-Authenticate of the operation's own server; empty with git older than 2.41. */
  readonly challenges: readonly string[];
  /** What kept the broker from answering, or null. */
  readonly failure: AppFailure | null;
}

interface Given extends GivenToGit {
  /** Comes back with git's report where git can (`state[]`). */
  state: string;
  refused: boolean;
}

/** `origin`: what the operation is about. `credentials` null: only what `way` holds is answered. */
export function createGitConversation(
  credentials: OperationCredentials | null,
  origin: string,
  way: WaySecrets,
): GitConversation {
  const given: Given[] = [];
  let foreignOrigin: string | null = null;
  let unknownProxy = false;
  let challenges: readonly string[] = [];
  let failure: AppFailure | null = null;

  const hand = (request: GitCredentialRequest, credential: GitCredential): string | null => {
    // The broker chose by user name already; git would use another user's all the same.
    if (credential.kind === 'password' && request.username !== null) {
      const { username, askedFor } = credential;
      if (request.username !== (askedFor ?? username)) return null;
    }
    const known = given.find((one) => one.origin === request.origin && isSame(one.credential, credential));
    const state = known?.state ?? randomBytes(12).toString('hex');
    const text = formatAnswer(credential, { capabilities: request.capabilities, state });
    if (text !== null && !known) given.push({ origin: request.origin, credential, state, refused: false });
    return text;
  };

  const get = async (input: Buffer): Promise<string> => {
    const ofTheWay = answerForWay(input, way);
    if (ofTheWay !== null) return ofTheWay;
    if (asksForProxy(input)) {
      unknownProxy = true;
      return nothingToGive;
    }
    const request = parseRequest(input);
    if (!request || !credentials) return nothingToGive;
    if (request.origin === origin) challenges = request.wwwauth;
    try {
      const { path, username } = request;
      const credential = await credentials.fill({ origin: request.origin, path, username });
      if (credential === null && request.origin !== origin) foreignOrigin = request.origin;
      return (credential && hand(request, credential)) ?? nothingToGive;
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
      failure = error;
      return nothingToGive;
    }
  };

  /** git reports on a credential; only on one it got from us does it count. */
  const reportedOn = (input: Buffer): Given | undefined => {
    const request = parseRequest(input);
    if (request === null) return undefined;
    // Asked before the first request, git has nothing to tell but with a refusal.
    if (request.origin === origin && request.wwwauth.length > 0) challenges = request.wwwauth;
    const state = stateOf(request);
    return given.find(
      (one) =>
        one.origin === request.origin &&
        (state === null || state === one.state) &&
        isAbout(request, one.credential),
    );
  };

  return {
    async answer(action, input) {
      if (action === 'get') return get(input);
      if (action === 'store') {
        const one = reportedOn(input);
        if (one) await credentials?.approve(one.credential);
      }
      if (action === 'erase') {
        const one = reportedOn(input);
        if (one) one.refused = true;
      }
      return '';
    },
    given,
    get foreignOrigin() {
      return foreignOrigin;
    },
    get unknownProxy() {
      return unknownProxy;
    },
    get challenges() {
      return challenges;
    },
    get failure() {
      return failure;
    },
  };
}

function isSame(one: GitCredential, other: GitCredential): boolean {
  if (one.kind === 'header') return other.kind === 'header' && one.header === other.header;
  return other.kind === 'password' && one.username === other.username && one.password === other.password;
}

function isAbout(request: GitCredentialRequest, credential: GitCredential): boolean {
  return credential.kind === 'header'
    ? headerOf(request) === credential.header
    : request.username === credential.username && request.password === credential.password;
}
