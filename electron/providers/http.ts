import type { Account } from '../../shared/contract/accounts';
import { type AppError, AppFailure, fail } from '../../shared/errors';
import { clearerFailure } from '../network/second-look';
import { type AccountLimits, createLimits } from './http/limits';
import { createMask, type Mask } from './http/mask';
import { isPicture } from './http/picture';
import { followable, type RedirectContext } from './http/redirect';
import { failureOf, Refusal } from './http/refusal';
import { buildRequest, bufferBody, type OutgoingRequest } from './http/message';
import { createTransport, type TransportOptions } from './http/transport';
import { transportFailure } from './http/transport-errors';
import type { AccountFetch, Authorizer } from './provider';

export { type Loopback, listenOnce } from './http/loopback';
export { nextLink, pages } from './http/paging';
export { pictureOf } from './http/picture';
export { productOf } from './http/product';
export { readJson } from './http/read-json';
export { failureOf, Refusal, refusalOf } from './http/refusal';

/** Whose requests they are. `id` keys the memory of rate limits; a draft has none and remembers for one bind only. */
export type BoundAccount = Pick<Account, 'origins'> & Partial<Pick<Account, 'id'>>;

export interface Http {
  /**
   * The fetch of an account; see AccountFetch. `authorizer: null` adds no
   * Authorization. Resolves with a whole, bounded body and a status below 400;
   * every other outcome rejects with AppFailure (its `cause` is a Refusal when
   * the server answered). A page that is not JSON resolves: readJson tells it.
   */
  bind(account: BoundAccount, authorizer: Authorizer | null, signal: AbortSignal): AccountFetch;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface HttpOptions extends TransportOptions {
  /** Longest a whole request may take with redirects and retries, milliseconds. */
  totalTimeout?: number;
  /** Largest decoded body in bytes. */
  bodyLimit?: number;
  /** A pause the server asks for is waited out up to this long, milliseconds; a longer one fails with `rate-limited`. */
  patience?: number;
}

const defaults = { totalTimeout: 90_000, bodyLimit: 32 * 1024 * 1024, patience: 5000 };
const maxRedirects = 5;

/** The one fetch: nothing else in the providers opens a connection. */
export function createHttp(options: HttpOptions = {}): Http {
  const settings = { ...defaults, ...options };
  const transport = createTransport(options);
  const remembered = new Map<string, AccountLimits>();

  const limitsOf = (id: string | undefined): AccountLimits => {
    if (!id) return createLimits();
    const known = remembered.get(id) ?? createLimits();
    remembered.set(id, known);
    return known;
  };

  /** One request and its redirects, to the account's origins only. */
  async function exchange(
    origins: readonly string[],
    request: OutgoingRequest,
    limits: AccountLimits,
    mask: Mask,
    signal: AbortSignal,
  ): Promise<Response> {
    let url = request.url;
    const seen: RedirectContext = { origins, visited: [], limit: maxRedirects };
    for (;;) {
      requireOwnOrigin(origins, url);
      await limits.admit(url.host, settings.patience, signal);
      const route = await transport.route(url);
      const answer = await transport
        .send({ ...request, url }, route, signal)
        .catch(async (error: unknown) => {
          const told = transportFailure(error, url, signal, route.proxy);
          return fail(await clearerFailure(told, url, route, signal), error);
        });
      const next = followable(answer, url, request.method, seen);
      if (next) {
        await answer.body?.cancel().catch(() => undefined);
        url = next;
        continue;
      }
      const bounded = await bufferBody(answer, url, settings.bodyLimit).catch((error: unknown) =>
        fail(transportFailure(error, url, signal, route.proxy), error),
      );
      const pause = limits.learn(bounded, url.host);
      if (pause && request.retriable && limits.worthWaiting(pause, settings.patience)) {
        await limits.admit(url.host, settings.patience, signal);
        request = { ...request, retriable: false };
        continue;
      }
      if (pause) throw new AppFailure(pause, { cause: await Refusal.read(bounded, mask) });
      const refused = await failureOf(bounded, mask);
      if (refused) throw new AppFailure(refused.error, { cause: refused.refusal });
      return bounded;
    }
  }

  return {
    bind(account, authorizer, outer) {
      const limits = limitsOf(account.id);
      const origins = [...account.origins.api];

      const bound =
        (authorize: boolean): AccountFetch =>
        async (input, init) => {
          const deadline = AbortSignal.timeout(settings.totalTimeout);
          const inner = init?.signal ?? (input instanceof Request ? input.signal : undefined);
          const signal = AbortSignal.any([outer, deadline, ...(inner ? [inner] : [])]);
          const request = await buildRequest(input, init);
          const picture = isPicture(request, init);
          const allowed = picture ? [...origins, request.url.origin] : origins;
          requireOwnOrigin(allowed, request.url);
          return await ended(signal, deadline, request.url.host, async () => {
            if (authorize && authorizer && !picture) {
              const added = await authorizer.headers(bound(false), signal, request.url);
              for (const [name, value] of Object.entries(added)) carry(request, name, value);
            }
            const counted = picture ? createLimits() : limits;
            return await exchange(
              allowed,
              request,
              counted,
              createMask(request.headers, request.body),
              signal,
            );
          });
        };
      return bound(true);
    },
    close: () => transport.close(),
  };
}

function requireOwnOrigin(origins: readonly string[], url: URL): void {
  if (url.username || url.password || !origins.includes(url.origin))
    fail({
      kind: 'moved',
      host: originHost(origins[0]),
      to: url.origin === 'null' ? url.protocol : url.origin,
    });
}

/** What the platform says of a value no header can carry quotes all of it: that must reach no log. */
function carry({ headers, url }: OutgoingRequest, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    fail({ kind: 'token-form', host: url.host, looksLike: 'unknown' });
  }
}

function originHost(origin: string | undefined): string {
  return origin ? new URL(origin).host : '';
}

/** Settles as soon as the signal fires, whatever the work is waiting for. */
async function ended<T>(
  signal: AbortSignal,
  deadline: AbortSignal,
  host: string,
  work: () => Promise<T>,
): Promise<T> {
  const reason = (): AppError =>
    deadline.aborted && signal.reason === deadline.reason
      ? { kind: 'host-unreachable', host, cause: 'timeout', detail: 'no complete answer in time' }
      : { kind: 'cancelled' };
  if (signal.aborted) fail(reason());
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new AppFailure(reason()));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    if (signal.aborted) throw new AppFailure(reason(), { cause: error });
    throw error;
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
