import type { Account } from '../../shared/contract/accounts';
import { type AppError, AppFailure, fail } from '../../shared/errors';
import { hostWithPort } from '../../shared/remote-url';
import type { EventSink, EventSource } from '../platform';
import type { PromptBroker } from '../prompts/broker';
import type { GitCredential } from '../providers/provider';
import type { Storage } from '../storage/storage';
import type { AccountChoices } from './account-choice';
import type {
  CredentialBroker,
  CredentialContext,
  CredentialRequest,
  OperationCredentials,
  SshAccess,
} from './broker';
import { noteState } from './account-state';
import { type Given, type Reason, typedByUser } from './given';
import { answeredOrResumed } from './resume';
import { createSavedCredentials, type SavedCredentials } from './saved';
import { createSecondChance } from './second-chance';
import type { Sessions } from './sessions';
import { type Ask, createSharedQuestions } from './shared-question';
import type { Vault } from './vault';

export interface BrokerParts {
  storage: Pick<Storage, 'accounts' | 'savedCredentials'>;
  vault: Pick<Vault, 'get' | 'set' | 'delete'>;
  /** Default: made of `storage` and `vault`. */
  saved?: SavedCredentials;
  prompts: PromptBroker;
  choices: Pick<AccountChoices, 'choose' | 'resolve'>;
  sessions: Pick<Sessions, 'open'> & Partial<Pick<Sessions, 'reopen'>>;
  events: EventSink;
  /** Lets an operation that waits for an answer go on when its account works again. Absent: only an answer ends the question. */
  changes?: EventSource;
  /** What an operation over ssh may use and ask. Absent: ssh is told not to ask. */
  ssh?: (ask: Ask, context: CredentialContext) => SshAccess;
  log: (line: string) => void;
}

/** More questions than this in one operation help nobody; each follows a refusal. */
const mostQuestions = 2;

interface Shared extends BrokerParts {
  saved: SavedCredentials;
  ask: Ask;
}

/** Account, then saved password, then the user: in this order, and each at most as often as a refusal allows. */
export function createCredentialBroker(parts: BrokerParts): CredentialBroker {
  const shared: Shared = {
    ...parts,
    saved: parts.saved ?? createSavedCredentials(parts.storage, parts.vault, parts.events),
    ask: createSharedQuestions(parts.prompts),
  };
  return { begin: (context) => beginOperation(shared, context) };
}

function beginOperation(parts: Shared, context: CredentialContext): OperationCredentials {
  const { url, signal } = context;
  const host = hostWithPort(url);
  let given: Given | null = null;
  let approved: Given | null = null;
  let stage: 'account' | 'saved' | 'user' | 'end' = 'account';
  let reason: Reason = 'no-account';
  let questions = 0;
  let automaticRefusals = 0;
  let wasRefused = false;
  let username = '';
  /** The account's secret that git's server refused, and whether it was tried again after a check found it working. */
  let refusedSecret: string | null = null;
  let isRetried = false;
  const secondChance = createSecondChance(parts.sessions);

  /** Undefined: not chosen yet. The account itself is read again each time: its token may be replaced meanwhile. */
  let chosenId: string | null | undefined = context.withoutAccount ? null : (context.accountId ?? undefined);
  const chosen = (): Account | undefined => (chosenId ? parts.storage.accounts.find(chosenId) : undefined);
  /** False: several accounts fit, and before the first request only a header would be worth a question. */
  const choose = async (early: boolean): Promise<boolean> => {
    if (chosenId !== undefined) return true;
    const subject = { url, repositoryId: context.repositoryId, directory: context.directory };
    const { account: certain, candidates } = await parts.choices.choose(subject, { forGit: true });
    if (!certain && candidates.length > 0) {
      const saved = parts.saved.find(url);
      if (saved) {
        // The user has answered for this address before, without an account.
        chosenId = null;
        return true;
      }
      const isHeader = candidates.some((one) => one.headerAuthentication !== 'off');
      if (early && !(isHeader && context.interactive)) return false;
    }
    const { operation, interactive } = context;
    const { account } = await parts.choices.resolve(subject, {
      operation,
      interactive,
      signal,
      forGit: true,
    });
    chosenId = account?.id ?? null;
    return true;
  };

  const refuse = (account: Account, error: AppError = { kind: 'token-refused', host }): null => {
    noteState(parts, account, { status: 'refused', error });
    return null;
  };
  const fromAccount = async (): Promise<Given | null> => {
    const account = chosen();
    if (!account?.origins.git.includes(url.origin)) return null;
    if (!account.useForRepositories) {
      reason = 'not-for-repositories';
      return null;
    }
    // Unasked work must not run a known refusal into a lock-out.
    if (!context.interactive && account.state.status === 'refused') {
      reason = 'account-refused';
      return null;
    }
    try {
      const opened = await secondChance.open(account, { interactive: context.interactive, signal });
      if (!opened) return refuse(account);
      const credential = await opened.provider.gitCredential(opened.session, opened.secret);
      if (credential.kind === 'password') username = credential.username;
      return {
        credential,
        async approved() {
          if (account.state.status === 'refused') noteState(parts, account, { status: 'working' });
        },
        refused() {
          reason = 'account-refused';
          refusedSecret = opened.secret;
          automaticRefusals += 1;
          if (secondChance.after(account, opened.secret)) stage = 'account';
          else refuse(account);
        },
      };
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
      if (error.error.kind === 'secret-unavailable') {
        reason = 'secret-unavailable';
        return null;
      }
      if (error.error.kind !== 'token-refused') throw error;
      reason = 'account-refused';
      return refuse(account, error.error);
    }
  };

  /** The account, once there is a reason to try it (again); asks nobody. */
  const accountAgain = async (): Promise<Given | null> => {
    if (chosenId === null && reason === 'no-account') {
      const subject = { url, repositoryId: context.repositoryId, directory: context.directory };
      chosenId = (await parts.choices.choose(subject, { forGit: true })).account?.id ?? null;
    }
    const account = chosen();
    if (!account?.origins.git.includes(url.origin) || !account.useForRepositories) return null;
    if (account.state.status === 'refused') return null;
    const opened = await parts.sessions.open(account, { interactive: false, signal }).catch(() => null);
    if (!opened) return null;
    if (opened.secret === refusedSecret) {
      // The same token may work again (it was authorized for the organization), but once is enough.
      if (isRetried) return null;
      isRetried = true;
    }
    return fromAccount();
  };

  const fromSaved = async (): Promise<Given | null> => {
    const saved = parts.saved.find(url);
    if (!saved) return null;
    username = saved.username;
    const password = await parts.saved.password(saved).catch((error: unknown) => {
      if (error instanceof AppFailure && error.error.kind === 'secret-unavailable') return null;
      throw error;
    });
    if (password === null) {
      reason = 'secret-unavailable';
      return null;
    }
    return {
      credential: { kind: 'password', username: saved.username, password },
      approved: async () => parts.saved.mark(saved.id, 'working'),
      async refused() {
        reason = 'answer-refused';
        automaticRefusals += 1;
        await parts.saved.refuse(saved, password);
      },
    };
  };

  const fromUser = async (): Promise<Given | null> => {
    if (!context.interactive || url.protocol === 'ssh') return null;
    if (questions >= mostQuestions - Math.min(1, automaticRefusals)) return null;
    const { protocol } = url;
    const account = chosen();
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
    if (answer.kind !== 'credentials') return null;
    username = answer.username;
    const source = context.asker ?? 'application';
    return typedByUser(parts, url, source, answer, () => {
      reason = 'answer-refused';
    });
  };

  /** The next credential to try; sources that are through are not asked again. */
  const next = async (): Promise<Given | null> => {
    if (stage === 'account') {
      await choose(false);
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
  };

  const fill = async (request: CredentialRequest): Promise<GitCredential | null> => {
    if (signal.aborted) fail({ kind: 'cancelled' });
    if (request.origin !== url.origin) return null;
    if (request.preemptive) {
      if (stage !== 'account' || !(await choose(true))) return null;
      stage = 'saved';
      given = await fromAccount();
      // A password is given only when the server wants one.
      return given?.credential.kind === 'header' ? given.credential : null;
    }
    given ??= await next();
    return given?.credential ?? null;
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
    async approve() {
      wasRefused = false;
      if (!given || approved === given) return;
      approved = given;
      await given.approved();
    },
    async reject() {
      if (!given) return;
      wasRefused = true;
      const refused = given;
      given = null;
      await refused.refused();
    },
    get refused() {
      return wasRefused;
    },
  };
}
