import type { AccountFetch } from '../provider';
import type { OutgoingRequest } from './message';

/** Hosts where the providers keep the pictures of their users; they never get a token. */
const pictureHosts =
  /^(avatars\.githubusercontent\.com|([a-z0-9-]+\.)*gravatar\.com|([a-z0-9-]+\.)*atl-paas\.net)$/;

/** The largest picture the contract carries, as a data: URL. */
const largest = 64 * 1024;
const types = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** A GET without credentials to one of the picture hosts: the one request that may leave the account's origins. */
export function isPicture(request: OutgoingRequest, init: RequestInit | undefined): boolean {
  return (
    init?.credentials === 'omit' &&
    request.method === 'GET' &&
    request.url.protocol === 'https:' &&
    request.url.port === '' &&
    pictureHosts.test(request.url.hostname)
  );
}

/**
 * A user's picture as a data: URL, or undefined: too large, of another type,
 * on a host that is neither the account's nor known for pictures, or not to
 * be had within a few seconds. Signing in never fails for a picture.
 */
export async function pictureOf(
  fetch: AccountFetch,
  url: string | null | undefined,
): Promise<string | undefined> {
  if (!url || !URL.canParse(url)) return undefined;
  try {
    const small = new URL(url);
    if (pictureHosts.test(small.hostname)) small.searchParams.set('s', '64');
    const answer = await fetch(small.href, {
      credentials: 'omit',
      headers: { accept: 'image/*' },
      signal: AbortSignal.timeout(4000),
    });
    const type = answer.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    const encoded = Buffer.from(await answer.arrayBuffer()).toString('base64');
    const data = `data:${type};base64,${encoded}`;
    return types.has(type) && encoded !== '' && data.length <= largest ? data : undefined;
  } catch {
    return undefined;
  }
}
