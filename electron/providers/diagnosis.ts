import type { Account } from '../../shared/contract/accounts';
import type { DoctorStep, Finding } from '../../shared/contract/doctor';
import type { RepositoryRef } from '../../shared/contract/hosted-repositories';
import type { AppFailure } from '../../shared/errors';
import { endOf } from '../../shared/expiry';
import { type Refusal, refusalOf } from './http';
import type { AccountAddress, AccountFetch, GitCredential, Session } from './provider';

/** What answers at an address. */
export interface ServerProbe {
  /** The product's name as its maker writes it: `GitHub Enterprise Server`, `Bitbucket Data Center`. */
  product: string;
  /** Null where the server does not tell strangers. */
  version: string | null;
  /** Wrong things that do not stop the work (Azure DevOps Server naming itself localhost). */
  warnings: Finding[];
}

/**
 * What the Connection Doctor asks of a provider. Methods that reach the server
 * end within a second of their signal and reject with AppFailure; what the
 * failure means is for `explain` to say.
 */
export interface ProviderDiagnosis {
  /**
   * Asks the server who it is, without any credential. Rejects `wrong-provider`
   * for another product and `server-too-old` for one that is no longer served.
   */
  probe(account: Account | AccountAddress, rawFetch: AccountFetch, signal: AbortSignal): Promise<ServerProbe>;

  /** What the form of this secret tells before anything is sent; null: nothing against it. Pure. */
  examineSecret(account: Account, secret: string): Finding | null;

  /**
   * After a sign-in that worked: what still stops this account from listing,
   * reading and cloning (scopes, approvals, single sign-on), or null.
   * `warnings` are wrong and not in the way.
   */
  examineAccess(session: Session): Promise<{ finding: Finding | null; warnings: Finding[] }>;

  /**
   * Reads one repository through the API with as few rights as cloning needs.
   * Resolves with what is wrong and not in the way (it was renamed), if anything.
   */
  readRepository(session: Session, repository: RepositoryRef): Promise<Finding | null | void>;

  /**
   * What a failure in this step means with this provider, from the status, the
   * headers and the words it was given with (`refusalOf(failure)`); null: the
   * general reading holds. Pure. `git`: what git was given, in the step `git`.
   */
  explain(
    account: Account,
    failure: AppFailure,
    at: { step: DoctorStep; repository: RepositoryRef | null; git: GitCredential['kind'] | null },
  ): Finding | null;
}

/** What was said beside a failure, for the tables that tell its cause. */
export interface Told {
  /** Null: nothing was answered, or not over HTTP. */
  status: number | null;
  headers: Headers;
  /** Parsed JSON, or undefined. Untrusted. */
  body: unknown;
  /** Everything the server or git said, masked, on one line: the body's message, a page's title, the failure's detail. */
  text: string;
}

/** The answer behind a failure, also where an adapter has said in its own words what the failure means. */
function refusalBehind(failure: AppFailure): Refusal | undefined {
  let error: unknown = failure;
  for (let depth = 0; depth < 5 && error instanceof Error; depth += 1) {
    const found = refusalOf(error);
    if (found) return found;
    error = error.cause;
  }
  return undefined;
}

export function toldBy(failure: AppFailure): Told {
  const refusal = refusalBehind(failure);
  const { error } = failure;
  const detail = 'detail' in error ? error.detail : undefined;
  return {
    status: refusal?.status ?? ('status' in error ? (error.status ?? null) : null),
    headers: refusal?.headers ?? new Headers(),
    body: refusal?.body,
    text: [...new Set([refusal?.message, refusal?.title, detail])]
      .filter(Boolean)
      .join(' ')
      .replaceAll(/\s*\n(remote: )?/g, ' '),
  };
}

/** A finding; facts without a value are left out. */
export function finding(
  cause: Finding['cause'],
  remedy: Finding['remedy'],
  facts: Record<string, string | null | undefined>,
): Finding {
  return {
    cause,
    remedy,
    facts: Object.fromEntries(
      Object.entries(facts).filter((entry): entry is [string, string] => Boolean(entry[1])),
    ),
  };
}

/**
 * The day or moment the account's secret stopped working, as it is stored, when
 * that has passed; null: not known to have ended. A date alone is its last
 * usable day, ending at 00:00 UTC.
 */
export function endedOn(account: Account, now = Date.now()): string | null {
  const end = endOf(account.expiresOn);
  return end !== null && end <= now ? account.expiresOn : null;
}

/** How far this computer's clock is from the server's, for people: `12 minutes ahead of`; null: they agree, or the server gave no date. */
export function clockDifference(
  said: Told,
  now = Date.now(),
): { serverTime: string; difference: string } | null {
  const server = Date.parse(said.headers.get('date') ?? '');
  if (Number.isNaN(server)) return null;
  const seconds = Math.round((now - server) / 1000);
  if (Math.abs(seconds) < 30) return null;
  const [amount, unit] =
    Math.abs(seconds) < 120
      ? [Math.abs(seconds), 'seconds']
      : Math.abs(seconds) < 7200
        ? [Math.round(Math.abs(seconds) / 60), 'minutes']
        : [Math.round(Math.abs(seconds) / 3600), 'hours'];
  return {
    serverTime: new Date(server).toISOString(),
    difference: `${amount} ${unit} ${seconds > 0 ? 'ahead of' : 'behind'}`,
  };
}
