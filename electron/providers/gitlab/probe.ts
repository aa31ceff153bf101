import type { Account } from '../../../shared/contract/accounts';
import { AppFailure, fail } from '../../../shared/errors';
import type { ServerProbe } from '../diagnosis';
import { productOf, refusalOf } from '../http';
import type { AccountAddress, AccountFetch } from '../provider';

/** GitLab does not answer at the account's address and does at this one, on the same server. */
export class Elsewhere extends Error {
  override readonly name = 'Elsewhere';
  constructor(readonly url: string) {
    super(`GitLab answers at ${url}`);
  }
}

type Ask = (url: string) => Promise<'gitlab' | 'other'>;

function object(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/** Strangers are refused with `{"message":"401 Unauthorized"}`, or with `{"error":"404 Not Found"}` before 15.2. */
function isRefusalOfGitLab(status: number, headers: Headers, body: unknown): boolean {
  const { message, error } = object(body) ?? {};
  if (status === 401) return message === '401 Unauthorized';
  if (!headers.has('x-gitlab-meta')) return false;
  return typeof message === 'string' || typeof error === 'string';
}

/**
 * The addresses GitLab may be at when it is not at this one: above a group or
 * project that was left in the address, or below a path it is usually
 * installed under (docs.gitlab.com, "Relative URL").
 */
export function otherAddresses(url: string): string[] {
  const { origin, pathname } = new URL(url);
  const segments = pathname.split('/').filter(Boolean);
  const above = segments.map((_, index) => [origin, ...segments.slice(0, index)].join('/'));
  return [...new Set([...above, `${origin}/gitlab`, `${origin}/git`])].filter((one) => one !== url);
}

/** See ProviderDiagnosis.probe. GitLab tells its version to nobody it does not know. */
export async function probe(
  address: Account | AccountAddress,
  rawFetch: AccountFetch,
  signal: AbortSignal,
): Promise<ServerProbe> {
  const { host } = new URL(address.url);
  let found: string | undefined;
  const ask: Ask = async (url) => {
    try {
      const answer = await rawFetch(`${url}/api/v4/metadata`, {
        headers: { accept: 'application/json' },
        signal,
      });
      const body = object(await answer.json().catch(() => null));
      found ??= productOf(answer.headers);
      return typeof body?.['version'] === 'string' ? 'gitlab' : 'other';
    } catch (error) {
      if (!(error instanceof AppFailure)) throw error;
      const { kind } = error.error;
      const refusal = refusalOf(error);
      if (refusal) {
        if (isRefusalOfGitLab(refusal.status, refusal.headers, refusal.body)) return 'gitlab';
        if (kind === 'rate-limited' && refusal.headers.has('x-gitlab-meta')) return 'gitlab';
        found ??= productOf(refusal.headers) ?? (refusal.title || undefined);
      }
      // A page for people, or nothing there: GitLab may be next door. Everything else is told as it is.
      const elsewhere = kind === 'not-found' || kind === 'sign-in-page' || kind === 'token-refused';
      if (elsewhere || kind === 'missing-permission') return 'other';
      throw error;
    }
  };
  if ((await ask(address.url)) === 'gitlab') return { product: 'GitLab', version: null, warnings: [] };
  const detail = found;
  for (const url of otherAddresses(address.url)) {
    const there = await ask(url).catch((error: unknown) => {
      if (error instanceof AppFailure && error.error.kind !== 'cancelled') return 'other' as const;
      throw error;
    });
    if (there === 'gitlab')
      return fail(
        { kind: 'wrong-provider', host, expected: 'GitLab', detail: `GitLab answers at ${url}` },
        new Elsewhere(url),
      );
  }
  return fail({ kind: 'wrong-provider', host, expected: 'GitLab', detail });
}
