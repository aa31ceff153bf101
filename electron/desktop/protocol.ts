import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type CustomScheme, protocol } from 'electron';
import { contentType, isImmutable, pageFile, pageHeaders } from '../../shared/page-policy';

/** A scheme of our own: file: pages can read other files and have no origin. */
export const scheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

const origin = 'app://polyforge';
/** The one address a window shows. */
export const pageAddress = `${origin}/`;

/** Exactly our page; only the fragment is the page's own business. */
export function isPage(address: string): boolean {
  return address.split('#', 1)[0] === pageAddress;
}

/** The answer to one request of the page: a file of it, or 404. */
export async function answer(directory: string, request: { url: string; method: string }): Promise<Response> {
  const name = request.url.startsWith(`${origin}/`) ? pageFile(request.url.slice(origin.length)) : null;
  const type = name === null ? null : contentType(name);
  if (request.method !== 'GET' || name === null || type === null)
    return new Response('Not found', { status: 404, headers: pageHeaders() });
  try {
    const content = await readFile(path.join(directory, name));
    return new Response(new Uint8Array(content), {
      headers: {
        ...pageHeaders(),
        'Content-Type': type,
        'Cache-Control': isImmutable(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    });
  } catch {
    return new Response('Not found', { status: 404, headers: pageHeaders() });
  }
}

export function servePage(directory: string): void {
  protocol.handle(scheme.scheme, (request) => answer(directory, request));
}
