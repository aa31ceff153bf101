import type { paths } from '@coderabbitai/bitbucket/cloud/openapi';
import createClient, { type Client } from 'openapi-fetch';
import { z } from 'zod';
import { cloudApiBase } from '../address';
import { pages, readJson } from '../../http';
import type { Session } from '../../provider';

export const expected = 'Bitbucket Cloud';

/** The types are older than Bitbucket's list of a user's own workspaces, which took the place of `/workspaces` in 2026. */
type Paths = paths & { '/user/workspaces': paths['/workspaces'] };

/** Bitbucket's own description gives the paths and their parameters; http.ts does the rest. */
export function cloud(session: Session): Client<Paths> {
  return createClient<Paths>({ baseUrl: cloudApiBase(session.account), fetch: session.fetch });
}

/**
 * How every call reads its answer (not at all: `read` does) and writes its
 * query. The description leaves out what Bitbucket takes everywhere: pagelen,
 * fields, q.
 */
export function asking(query: Record<string, string | string[]> = {}): {
  parseAs: 'stream';
  querySerializer: () => string;
} {
  const entries = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return { parseAs: 'stream', querySerializer: () => new URLSearchParams(entries).toString() };
}

export type Asked = Promise<{ response: Response }>;

export async function read<T>(asked: Asked, schema: z.ZodType<T>): Promise<T> {
  return await readJson((await asked).response, schema, expected);
}

/** The pages of a list. `next` is followed on the account's own origin only: session.fetch refuses others. */
export async function* readPages<T>(
  session: Session,
  asked: Asked,
  item: z.ZodType<T>,
): AsyncGenerator<T[], void, undefined> {
  const page = z.object({ values: z.array(item), next: z.string().nullish() });
  const readPage = async (answer: Response) => {
    const { values, next } = await readJson(answer, page, expected);
    return { value: values, next: next || null };
  };
  const { response } = await asked;
  const first = await readPage(response);
  yield first.value;
  if (first.next !== null) yield* pages(session.fetch, first.next, readPage, undefined, [response.url]);
}

/** All pages at once, at most `most` items. */
export async function readAll<T>(
  session: Session,
  asked: Asked,
  item: z.ZodType<T>,
  most = 5000,
): Promise<{ items: T[]; cut: boolean }> {
  const items: T[] = [];
  for await (const page of readPages(session, asked, item)) {
    items.push(...page);
    if (items.length > most) return { items: items.slice(0, most), cut: true };
  }
  return { items, cut: false };
}
