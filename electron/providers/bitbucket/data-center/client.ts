import type { paths } from '@coderabbitai/bitbucket/server/openapi';
import createClient, { type Client } from 'openapi-fetch';
import { z } from 'zod';
import { fail } from '../../../../shared/errors';
import { readJson } from '../../http';
import type { Session } from '../../provider';

export const expected = 'Bitbucket Data Center';

/**
 * The description names its paths `latest`; 1.0 is the same and what every
 * version of the server documents.
 */
export function dataCenter(session: Session): Client<paths> {
  const rest = `${session.account.url}/rest/`;
  return createClient<paths>({
    baseUrl: rest.slice(0, -1),
    pathSerializer: (path, values) =>
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => filePath(values[name])),
    fetch: (request) =>
      session.fetch(rest + request.url.slice(rest.length).replace(/^([\w-]+)\/latest\//, '$1/1.0/'), {
        headers: request.headers,
      }),
  });
}

/** The server reads the slashes of a file's path as they stand and refuses %2F. */
function filePath(value: unknown): string {
  return (typeof value === 'string' ? value : '').split('/').map(encodeURIComponent).join('/');
}

/** How every call reads its answer: not at all, `read` does. */
export const asking = { parseAs: 'stream' } as const;

export type Asked = Promise<{ response: Response }>;

export async function read<T>(asked: Asked, schema: z.ZodType<T>): Promise<T> {
  return await readJson((await asked).response, schema, expected);
}

/** Page by page: `ask` is called with the start of each. */
export async function* readPages<T>(
  ask: (start: number) => Asked,
  item: z.ZodType<T>,
): AsyncGenerator<T[], void, undefined> {
  const page = z.object({
    values: z.array(item),
    isLastPage: z.boolean().nullish(),
    nextPageStart: z.number().nullish(),
  });
  let start = 0;
  for (;;) {
    const { response } = await ask(start);
    const { values, isLastPage, nextPageStart } = await readJson(response, page, expected);
    yield values;
    // A server that names no next page has none, whatever isLastPage says.
    if (isLastPage !== false || nextPageStart === undefined || nextPageStart === null) return;
    if (nextPageStart <= start)
      fail({
        kind: 'unexpected-answer',
        host: new URL(response.url).host,
        detail: 'the pages of the list lead in a circle',
      });
    start = nextPageStart;
  }
}

export async function readAll<T>(
  ask: (start: number) => Asked,
  item: z.ZodType<T>,
  most = 5000,
): Promise<{ items: T[]; cut: boolean }> {
  const items: T[] = [];
  for await (const page of readPages(ask, item)) {
    items.push(...page);
    if (items.length > most) return { items: items.slice(0, most), cut: true };
  }
  return { items, cut: false };
}
