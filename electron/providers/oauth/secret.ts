import { z } from 'zod';
import type { Account } from '../../../shared/contract/accounts';
import { fail } from '../../../shared/errors';

const time = z.number().nullable();

/** What signing in on a provider's page leaves behind: one JSON text in the vault. */
const schema = z.object({
  /** Says that the text is this and not a token. */
  oauth: z.literal(1),
  clientId: z.string(),
  tenant: z.string(),
  accessToken: z.string().min(1),
  refreshToken: z.string().nullable(),
  /**
   * Epoch milliseconds by this computer's clock. The ends count from the
   * receipt, not from a date of the server's: a wrong clock then stays wrong
   * on both sides and the difference is right.
   */
  receivedAt: z.number(),
  expiresAt: time,
  refreshExpiresAt: time,
  /** Microsoft's own token cache, which holds its refresh token. */
  cache: z.string().nullable(),
});
export type OAuthSecret = Omit<z.infer<typeof schema>, 'oauth'>;

export function writeSecret(secret: OAuthSecret): string {
  return JSON.stringify({ oauth: 1, ...secret });
}

/** Throws `secret-unavailable` for a text that is none. */
export function readSecret(text: string): OAuthSecret {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser complains about would quote the secret.
    return fail({ kind: 'secret-unavailable', reason: 'damaged' });
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : fail({ kind: 'secret-unavailable', reason: 'damaged' });
}

/** No token looks like it, nor does any private key. */
const beginning = '{"oauth":';

/**
 * The token a secret holds, whatever way its account signs in. Throws
 * `secret-unavailable` for a secret of another way: a kill amid a change of
 * the way leaves one, and sent as a token it would take the refresh token along.
 */
export function tokenOf(account: Pick<Account, 'authenticationType'>, secret: string): string {
  if (account.authenticationType === 'oauth') return readSecret(secret).accessToken;
  return secret.startsWith(beginning) ? fail({ kind: 'secret-unavailable', reason: 'damaged' }) : secret;
}

/** When the access token ends, epoch milliseconds; undefined: unknown, never, or no such account. */
export function expiresAt(account: Pick<Account, 'authenticationType'>, secret: string): number | undefined {
  return account.authenticationType === 'oauth' ? (readSecret(secret).expiresAt ?? undefined) : undefined;
}

/** A clone begun just before the end still gets through. */
const ahead = 5 * 60_000;

/** Epoch milliseconds from which the secret is renewed before use; null: never. */
export function renewAt(secret: string): number | null {
  const { expiresAt, receivedAt, refreshToken, cache } = readSecret(secret);
  if (expiresAt === null || (refreshToken === null && cache === null)) return null;
  // Of a very short life at least half is used, or every use would renew.
  return Math.max(expiresAt - ahead, receivedAt + (expiresAt - receivedAt) / 2);
}

/** When the sign-in itself ends, if the provider told; an access token that can be renewed ends nothing. */
export function endsAt(secret: string): number | null {
  const { expiresAt, refreshExpiresAt, refreshToken, cache } = readSecret(secret);
  const end = refreshToken === null && cache === null ? expiresAt : refreshExpiresAt;
  // No date is later: ECMA-262, 21.4.1.1. A server that says so says "never".
  return end !== null && end <= 8.64e15 ? end : null;
}
