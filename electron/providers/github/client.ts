import { Octokit } from '@octokit/rest';
import type { z } from 'zod';
import { AppFailure, fail } from '../../../shared/errors';
import { nextLink, pages, readJson } from '../http';
import type { Session } from '../provider';
import { apiBase } from './address';

const headers = { accept: 'application/vnd.github+json' };
type Parameters = Record<string, string | number | boolean>;

/** An answer's JSON as the schema's type; see readJson. */
export async function parse<T>(answer: Response, schema: z.ZodType<T>): Promise<T> {
  return await readJson(answer, schema, 'GitHub');
}

/**
 * Octokit builds the requests; the account's fetch sends them. Octokit's own
 * sending would read HTML and cut JSON as text, and its retry plugin repeats
 * POST and takes an abort for a server error.
 */
export interface Client {
  get<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<{ data: T; headers: Headers }>;
  /** All pages of a list, one by one; own origin only, never in a circle. */
  pages<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): AsyncGenerator<T>;
}

export function createClient({ account, fetch }: Session): Client {
  const { endpoint } = new Octokit({ baseUrl: apiBase(account) }).request;
  return {
    async get(route, parameters, schema) {
      const answer = await fetch(endpoint(route, parameters).url, { headers });
      return { data: await parse(answer, schema), headers: answer.headers };
    },
    pages(route, parameters, schema) {
      return pages(
        fetch,
        endpoint(route, { per_page: 100, ...parameters }).url,
        async (answer) => ({
          value: await parse(answer, schema),
          next: nextLink(answer.headers, answer.url),
        }),
        { headers },
      );
    },
  };
}

/** Puts `what` in place of an API path no one knows when GitHub finds nothing. */
export async function naming<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppFailure && error.error.kind === 'not-found')
      fail({ ...error.error, what }, error.cause);
    throw error;
  }
}

export async function all<T>(list: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of list) items.push(...page);
  return items;
}
