import { fail } from '../../../shared/errors';
import type { ServerAnswer } from './message';

export interface RedirectContext {
  readonly origins: readonly string[];
  readonly visited: string[];
  readonly limit: number;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** Hosts and paths that only ever show a page to type a password into. */
const signInHosts = /(^|\.)(login\.microsoftonline\.com|login\.live\.com|id\.atlassian\.com|okta\.com)$/;
const signInPaths =
  /\/(_signin|_oauth|login|log-in|signin|sign_in|sign-in|sso|saml|session|sessions\/new|oauth2?\/authorize)(\/|$|\.)/i;

/** API paths carry repository names, which may well be "login". */
const apiPaths = /\/(api|_apis|repos|repositories|rest|2\.0)\//i;

/**
 * The next address of a redirect that may be followed: GET or HEAD, to an
 * origin of the account, at most `limit` times and never twice. Null when the
 * answer is no redirect. A way to another origin fails before anything is sent.
 */
export function followable(
  answer: ServerAnswer,
  from: URL,
  method: string,
  context: RedirectContext,
): URL | null {
  if (!redirects.has(answer.status)) return null;
  const location = answer.headers.get('location');
  const { host } = from;
  if (!location)
    return fail({
      kind: 'unexpected-answer',
      host,
      status: answer.status,
      detail: 'a redirect without an address',
    });
  // WHATWG parsers read a backslash as a slash; others do not. Such an address is never followed.
  // oxlint-disable-next-line no-control-regex
  if (/[\\\u0000-\u0020\u007f]/.test(location) || !URL.canParse(location, from.href))
    return fail({ kind: 'moved', host, to: 'an unreadable address' });
  const to = new URL(location, from);
  if (signInHosts.test(to.hostname) || (signInPaths.test(to.pathname) && !apiPaths.test(to.pathname)))
    return fail({ kind: 'sign-in-page', host, status: answer.status });
  if (!context.origins.includes(to.origin) || to.username || to.password)
    return fail({ kind: 'moved', host, to: to.origin === 'null' ? to.protocol : to.origin });
  if (method !== 'GET' && method !== 'HEAD') return fail({ kind: 'moved', host, to: to.origin });
  context.visited.push(from.href);
  if (context.visited.includes(to.href) || context.visited.length > context.limit)
    return fail({
      kind: 'unexpected-answer',
      host,
      status: answer.status,
      detail: 'the server redirects in a circle',
    });
  return to;
}
