import { fail } from '../../shared/errors';
import { parseServerUrl } from '../../shared/remote-url';

export interface ServerAddress {
  /** scheme://host[:port] */
  origin: string;
  /** Lower case, punycode; IPv6 in brackets. */
  host: string;
  /** Path prefix segments, decoded as they stand, without empty ones. */
  segments: string[];
}

/**
 * What a person typed or pasted as a server's address: quotes and blanks
 * around it, a missing scheme, a query, a fragment and a user name are
 * tolerated; a password in it is refused, since it must not be kept.
 * Throws `invalid-input` (empty) or `address-invalid`.
 */
export function serverAddress(text: string, field = 'url'): ServerAddress {
  const trimmed = text.trim().replace(/^["'<]+|["'>]+$/g, '');
  if (trimmed === '') fail({ kind: 'invalid-input', field, reason: 'The server address is missing.' });
  // Control characters and blanks are dropped by the URL parser in silence: what was contacted would not be what was read.
  if (/[\s\p{Cc}\p{Cf}\\]/u.test(trimmed))
    fail({ kind: 'address-invalid', part: 'address', reason: 'It holds a blank or an invisible character.' });
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http')
    fail({
      kind: 'address-invalid',
      part: 'scheme',
      reason: `It starts with ${scheme}: and must start with https.`,
    });
  if (scheme === undefined && /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(trimmed))
    fail({ kind: 'address-invalid', part: 'scheme', reason: 'It must start with https://.' });
  const parsed = parseServerUrl(scheme === undefined ? `https://${trimmed}` : trimmed);
  if (parsed.ok) return parsed.url;
  if (parsed.error.kind === 'address-invalid' && parsed.error.part === 'password')
    fail({ ...parsed.error, reason: 'It holds a password; give the token below.' });
  return fail(parsed.error);
}

/** The address as stored: origin and path prefix, no trailing slash. */
export function joinAddress(origin: string, segments: readonly string[]): string {
  return [origin, ...segments.map(encodeURIComponent)].join('/');
}

/**
 * `given` when it lies on one of the account's own git origins, else `own`: a
 * server whose public URL is set up wrongly names addresses nobody can reach,
 * and no credential would be sent to another origin anyway.
 */
export function ownAddress(
  given: string | null | undefined,
  origins: readonly string[],
  own: string,
): string {
  return given && URL.canParse(given) && origins.includes(new URL(given).origin) ? given : own;
}
