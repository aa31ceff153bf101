import { setTimeout as sleep } from 'node:timers/promises';
import { type AppError, fail } from '../../../shared/errors';

type RateLimited = Extract<AppError, { kind: 'rate-limited' }>;

/** What one account has been told to wait for. */
export interface AccountLimits {
  /** Waits out a short pause; a longer one rejects with `rate-limited` before a socket is opened. */
  admit(host: string, patience: number, signal: AbortSignal): Promise<void>;
  /** Remembers what an answer says about waiting. Returns the failure when the answer itself was refused for it. */
  learn(answer: Response, host: string): RateLimited | null;
  worthWaiting(pause: RateLimited, patience: number): boolean;
}

/** Without a time from the server: GitHub asks for at least a minute after a secondary limit. */
const unnamedPause = 60_000;
/** No server's word stops an account for longer than this. */
const longestPause = 2 * 60 * 60 * 1000;

function seconds(value: string | null): number | null {
  return value !== null && /^\d{1,12}(\.\d+)?$/.test(value.trim()) ? Number(value) : null;
}

/** Retry-After as milliseconds from now, either form of RFC 9110; a date in the past means now. */
export function retryAfter(value: string | null, now: number): number | null {
  const delay = seconds(value);
  if (delay !== null) return delay * 1000;
  if (value === null || !/[a-z]{3}/i.test(value)) return null;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(date - now, 0);
}

/** Epoch seconds of a reset header, as milliseconds from now, when it lies ahead. */
function untilReset(headers: Headers, now: number): number | null {
  for (const name of ['x-ratelimit-reset', 'ratelimit-reset']) {
    const value = seconds(headers.get(name));
    if (value !== null && value * 1000 > now) return value * 1000 - now;
  }
  return null;
}

function refusedForRate(answer: Response): boolean {
  if (answer.status === 429) return true;
  const { headers } = answer;
  if (answer.status === 503) return headers.has('retry-after');
  return (
    answer.status === 403 &&
    (headers.has('retry-after') || headers.get('x-ratelimit-remaining')?.trim() === '0')
  );
}

export function createLimits(): AccountLimits {
  let until = 0;
  return {
    async admit(host, patience, signal) {
      const wait = until - Date.now();
      if (wait <= 0) return;
      if (wait > patience) fail({ kind: 'rate-limited', host, retryAt: until });
      await sleep(wait, undefined, { signal }).catch(() => fail({ kind: 'cancelled' }));
    },
    learn(answer, host) {
      const now = Date.now();
      const told = retryAfter(answer.headers.get('retry-after'), now);
      const refused = refusedForRate(answer);
      // Azure DevOps sends Retry-After with 200 when it is about to slow the caller down.
      if (!refused && (told === null || answer.status >= 400)) return null;
      // Up to a second of spread keeps several requests from coming back at the same instant.
      const spread = refused ? Math.random() * 1000 : 0;
      const wait = Math.min((told ?? untilReset(answer.headers, now) ?? unnamedPause) + spread, longestPause);
      until = Math.max(until, now + wait);
      return refused ? { kind: 'rate-limited', host, retryAt: until } : null;
    },
    worthWaiting: (pause, patience) => pause.retryAt - Date.now() <= patience,
  };
}
