import { createHash } from 'node:crypto';
import type { Account } from '../../shared/contract/accounts';
import type { AppError } from '../../shared/errors';
import type { RemoteUrl } from '../../shared/remote-url';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';
import { checkQuietly } from './account-check';
import { afterSignIn, noteState, stateOf } from './account-state';
import type { Clock } from './clock';
import { plainPath } from './saved';
import { type Sessions, secretName } from './sessions';

/**
 * What follows when git's server refuses an account's secret. The account is
 * marked refused and checked in the background, because a server also refuses
 * what the token may not see: the provider's own word on the token then stands
 * in the account. Nothing is deleted.
 */
export interface Refusals {
  refused(account: Account, at: RemoteUrl, secret: string, error: AppError): void;
  /** The server took this secret after all. */
  accepted(account: Account, at: RemoteUrl): void;
  /**
   * Whether this very secret was refused at this very address within so many
   * milliseconds, and the account was not put right or checked by anybody since.
   */
  isKnown(account: Account, at: RemoteUrl, secret: string, within?: number): boolean;
  /** Whether the account's state is what a check after a refusal found, and nobody has touched it since. */
  found(account: Account): boolean;
  /** Ends what is under way. */
  close(): Promise<void>;
}

export interface RefusalParts {
  storage: Pick<Storage, 'accounts'>;
  sessions: Pick<Sessions, 'open'>;
  events: EventSink;
  clock: Clock;
  log: (line: string) => void;
}

/** One check of an account tells enough for so many milliseconds, however many operations are refused. */
const quiet = 60_000;

export function createRefusals(parts: RefusalParts): Refusals {
  const { storage, events, clock } = parts;
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();
  /** When the last check of an account began, and `lastChecked` of the account as it left it. */
  const checks = new Map<string, { began: number; left: number | null }>();
  /** Account and address -> the secret refused there, and `lastChecked` of the account then. */
  const known = new Map<string, { digest: string; time: number; seen: number | null }>();

  const keyOf = ({ id }: Account, { origin, path }: RemoteUrl) => `${id} ${origin}/${plainPath(path)}`;
  const digestOf = (secret: string) => createHash('sha256').update(secret).digest('base64');

  const found = (account: Account): boolean =>
    account.lastChecked !== null && checks.get(account.id)?.left === account.lastChecked;

  const check = async (account: Account): Promise<void> => {
    const outcome = await checkQuietly(parts, account, closing.signal);
    const now = storage.accounts.find(account.id);
    if (outcome === null || closing.signal.aborted || !now) return;
    // Edited, given a new token or checked by the user meanwhile: that is newer.
    if (secretName(now) !== secretName(account) || now.lastChecked !== account.lastChecked) return;
    if (!outcome.ok) {
      const { error } = outcome;
      const cannotTell =
        error.kind === 'secret-unavailable' && error.reason !== 'missing' && error.reason !== 'damaged';
      // The refusal is all that is known then.
      if (cannotTell || error.kind === 'rate-limited' || stateOf(error).status === 'unreachable') return;
    }
    const time = clock.now();
    checks.set(account.id, { began: checks.get(account.id)?.began ?? time, left: time });
    storage.accounts.put(afterSignIn(now, outcome, time));
    events.emit({ type: 'accounts.changed' });
  };

  const start = (account: Account) => {
    const { id } = account;
    const before = checks.get(id);
    if (running.has(id) || closing.signal.aborted) return;
    if (before && Math.abs(clock.now() - before.began) < quiet) return;
    checks.set(id, { began: clock.now(), left: null });
    running.set(
      id,
      check(account)
        .catch((error: unknown) => parts.log(`check after a refusal: ${String(error)}`))
        .finally(() => running.delete(id)),
    );
  };

  return {
    refused(account, at, secret, error) {
      const before = storage.accounts.find(account.id);
      const began = checks.get(account.id)?.began ?? Number.NEGATIVE_INFINITY;
      // The provider said a moment ago that this token works: it is the repository that it may not see.
      const isCleared =
        before?.state.status === 'working' && found(before) && Math.abs(clock.now() - began) < quiet;
      if (!isCleared) noteState(parts, account, { status: 'refused', error });
      const now = storage.accounts.find(account.id);
      if (!now) return;
      known.set(keyOf(account, at), {
        digest: digestOf(secret),
        time: clock.now(),
        seen: now.lastChecked,
      });
      if (now.state.status === 'refused') start(now);
    },
    accepted: (account, at) => void known.delete(keyOf(account, at)),
    isKnown(account, at, secret, within = Number.POSITIVE_INFINITY) {
      const entry = known.get(keyOf(account, at));
      const now = storage.accounts.find(account.id);
      if (!entry || !now || (now.lastChecked !== entry.seen && !found(now))) return false;
      return entry.digest === digestOf(secret) && clock.now() - entry.time < within;
    },
    found,
    async close() {
      closing.abort();
      await Promise.all(running.values());
    },
  };
}
