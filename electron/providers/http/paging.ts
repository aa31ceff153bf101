import { fail } from '../../../shared/errors';
import type { AccountFetch } from '../provider';

/** More pages than any account has; a server that never ends its list stops here. */
const mostPages = 1000;

/** The address of `rel="next"` in a Link header (RFC 8288), or null. */
export function nextLink(headers: Headers, base: string): string | null {
  for (const match of (headers.get('link') ?? '').matchAll(/<([^<>]*)>([^<]*)/g)) {
    const [, address = '', parameters = ''] = match;
    if (/;\s*rel\s*=\s*"?[^";]*\bnext\b/i.test(parameters) && URL.canParse(address, base))
      return new URL(address, base).href;
  }
  return null;
}

/**
 * Answers page by page. `next` finds the following address in an answer that
 * has been read. The fetch refuses addresses of other origins; an address
 * that comes twice fails with `unexpected-answer`. `before`: addresses
 * the caller has already read itself.
 */
export async function* pages<T>(
  fetch: AccountFetch,
  first: string,
  read: (answer: Response) => Promise<{ value: T; next: string | null }>,
  init?: RequestInit,
  before: readonly string[] = [],
): AsyncGenerator<T> {
  const visited = new Set<string>(before);
  let address: string | null = first;
  while (address !== null) {
    if (visited.has(address) || visited.size >= mostPages)
      fail({
        kind: 'unexpected-answer',
        host: new URL(first).host,
        detail: 'the pages of the list lead in a circle',
      });
    visited.add(address);
    const page: { value: T; next: string | null } = await read(await fetch(address, init));
    yield page.value;
    address = page.next;
  }
}
