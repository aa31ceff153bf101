import type { z } from 'zod';
import { AppFailure, fail } from '../../../shared/errors';
import { nextLink, pages, readJson } from '../http';
import type { Session } from '../provider';
import { apiBase } from './address';

/**
 * GitLab's REST API over the account's fetch. Not through Gitbeaker: it takes
 * no AbortSignal, repeats ten times within a millisecond on 429 and 502, and
 * believes every answer; what is left of it is the joining of paths.
 */
export interface Client {
  get<T>(path: string, query: Query, schema: z.ZodType<T>): Promise<T>;
  /** All pages of a list, one by one; own origin only, never in a circle. */
  pages<T>(path: string, query: Query, schema: z.ZodType<T>): AsyncGenerator<T>;
}

type Query = Record<string, string | number | boolean>;

const init = { headers: { accept: 'application/json' } };
const pageSize = 100;

/** `projects/group%2Fproject`: GitLab takes the full path as an id, encoded as one segment. */
export function projectPath(id: string | number): string {
  return `/projects/${encodeURIComponent(String(id))}`;
}

export function createClient({ account, fetch }: Session): Client {
  const address = (path: string, query: Query) => {
    const url = new URL(`${apiBase(account)}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url.href;
  };
  return {
    get: async (path, query, schema) =>
      await readJson(await fetch(address(path, query), init), schema, 'GitLab'),
    pages: (path, query, schema) =>
      pages(
        fetch,
        address(path, { per_page: pageSize, ...query }),
        async (answer) => ({ value: await readJson(answer, schema, 'GitLab'), next: nextPage(answer) }),
        init,
      ),
  };
}

/**
 * X-Next-Page before Link: behind a proxy a server often writes links with a
 * scheme or port of its own, which must not be followed.
 */
function nextPage(answer: Response): string | null {
  const number = answer.headers.get('x-next-page')?.trim();
  if (number && /^\d+$/.test(number)) {
    const url = new URL(answer.url);
    url.searchParams.set('page', number);
    return url.href;
  }
  return number === '' ? null : nextLink(answer.headers, answer.url);
}

/** Puts `what` in place of an API path no one knows when GitLab finds nothing. */
export async function naming<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppFailure && error.error.kind === 'not-found')
      fail({ ...error.error, what }, error.cause);
    throw error;
  }
}

/** The value, or null when GitLab does not give it. Cancelling stays cancelling. */
export async function optional<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppFailure) || error.error.kind === 'cancelled') throw error;
    return null;
  }
}

export async function all<T>(list: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of list) items.push(...page);
  return items;
}
