import { AppFailure } from '../../../shared/errors';
import { refusalOf } from '../http';
import type { AccountFetch } from '../provider';

/** What an OAuth server says no with, RFC 6749 section 5.2. Untrusted. */
export interface OAuthRefusal {
  code: string;
  /** Masked and bounded, or empty. */
  description: string;
}

function codeOf(body: unknown): string | null {
  const code =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['error'] : undefined;
  return typeof code === 'string' ? code : null;
}

/** The OAuth error behind a failure of the account's fetch, or null when it is another kind of failure. */
export function refusedWith(error: unknown): OAuthRefusal | null {
  const refusal = refusalOf(error);
  if (!refusal || (error instanceof AppFailure && error.error.kind === 'rate-limited')) return null;
  const code = codeOf(refusal.body);
  return code === null ? null : { code, description: refusal.message };
}

/**
 * The account's fetch for OAuth libraries: they read errors from the body of a
 * 4xx answer, which this fetch would otherwise reject.
 */
export function answeringFetch(fetch: AccountFetch): AccountFetch {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal || refusedWith(error) === null) throw error;
      return Response.json(refusal.body, { status: refusal.status, headers: plain(refusal.headers) });
    }
  };
}

function plain(headers: Headers): Headers {
  const kept = new Headers(headers);
  kept.delete('content-type');
  // Beside status 401 libraries would read the error from here and not from the body, which says more.
  kept.delete('www-authenticate');
  return kept;
}

/** The network failed, or the server did: nothing was decided about the sign-in. */
export function isOffline(error: unknown): boolean {
  return (
    error instanceof AppFailure &&
    ['host-unreachable', 'server-error', 'rate-limited'].includes(error.error.kind)
  );
}
