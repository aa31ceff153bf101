import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppFailure } from '../../shared/errors';
import type { OperationCredentials } from './broker';
import { createGitConversation, type GitConversation } from './git-conversation';
import { listen } from './listen';
import { formatAskpassAnswer, parseAskpassRequest } from './ssh/askpass-request';
import type { WaySecrets } from './way-secrets';

export type { GivenToGit } from './git-conversation';
export type { WaySecrets } from './way-secrets';

/** Names of the helper's variables; helper.ts repeats them, it imports nothing. */
const addressVariable = 'POLYFORGE_CREDENTIAL_SOCKET';
const tokenVariable = 'POLYFORGE_CREDENTIAL_TOKEN';

/** The right of one operation's git to ask us, and what became of it. */
export interface Lease extends Omit<GitConversation, 'answer'> {
  /** Environment of the git process; its helper finds us by it. */
  readonly env: Record<string, string>;
  /** A credential was handed to git. */
  readonly answered: boolean;
  /** git wants the one of the operation's own origin forgotten. */
  readonly refused: boolean;
  /** From now on the token is worth nothing. */
  close(): void;
}

/** A private socket between git's helper and the broker. */
export interface CredentialChannel {
  /**
   * `origin`: what the operation is about; a question about another one is
   * recorded. `credentials` null: only what `way` holds is answered.
   */
  open(credentials: OperationCredentials | null, origin: string, way?: WaySecrets): Lease;
  /** A folder only this user can enter, where files of an operation may be kept. */
  readonly folder: string;
  close(): Promise<void>;
}

interface Entry {
  token: Buffer;
  /** `gone`: whoever asks waits no more. */
  answer(action: string, input: Buffer, gone: AbortSignal): Promise<string>;
}

const noSecrets: WaySecrets = { proxy: null, certificate: null };

function createLease(
  credentials: OperationCredentials | null,
  origin: string,
  way: WaySecrets,
  address: string,
  done: (entry: Entry) => void,
) {
  const token = randomBytes(32);
  const git = createGitConversation(credentials, origin, way);
  let failure: AppFailure | null = null;

  /** What ssh asks; how it went is told by ssh's end. */
  const ask = async (input: Buffer, gone: AbortSignal): Promise<string> => {
    const request = parseAskpassRequest(input);
    if (!request || !credentials?.ssh) return '';
    const asker = { id: request.asker, gone };
    try {
      return formatAskpassAnswer(await credentials.ssh.answer(request.prompt, request.kind, asker));
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
      if (!gone.aborted) failure = error;
      return '';
    }
  };

  const entry: Entry = {
    token,
    answer(action, input, gone) {
      if (action === 'askpass') return ask(input, gone);
      return git.answer(action, input);
    },
  };
  const lease: Lease = {
    env: { [addressVariable]: address, [tokenVariable]: token.toString('base64url') },
    given: git.given,
    get answered() {
      return git.given.length > 0;
    },
    get refused() {
      return git.given.some((one) => one.origin === origin && one.refused);
    },
    get foreignOrigin() {
      return git.foreignOrigin;
    },
    get unknownProxy() {
      return git.unknownProxy;
    },
    get challenges() {
      return git.challenges;
    },
    get failure() {
      return failure ?? git.failure;
    },
    close: () => done(entry),
  };
  return { entry, lease };
}

/**
 * Listens in a folder only this user can enter (0700, socket 0600), or on a
 * named pipe with a random name. A request carries the token of a living
 * operation or gets an empty answer.
 */
export async function createCredentialChannel(): Promise<CredentialChannel> {
  const entries = new Set<Entry>();
  const windows = process.platform === 'win32';
  const folder = await mkdtemp(path.join(os.tmpdir(), 'polyforge-'));
  const address = windows
    ? `\\\\.\\pipe\\polyforge-${randomBytes(16).toString('hex')}`
    : path.join(folder, 'git.sock');

  const find = (text: string): Entry | undefined => {
    const token = Buffer.from(text, 'base64url');
    return [...entries].find(
      (entry) => token.length === entry.token.length && timingSafeEqual(token, entry.token),
    );
  };
  const listening = await listen(address, async ([token = '', action = '', input = ''], gone) => {
    const entry = find(token);
    return entry ? entry.answer(action, Buffer.from(input, 'base64'), gone) : '';
  });

  return {
    folder,
    open(credentials, origin, way = noSecrets) {
      const { entry, lease } = createLease(credentials, origin, way, address, (closed) =>
        entries.delete(closed),
      );
      entries.add(entry);
      return lease;
    },
    async close() {
      entries.clear();
      await listening.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
