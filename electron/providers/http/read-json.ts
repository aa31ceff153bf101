import type { z } from 'zod';
import { type AppError, AppFailure, fail } from '../../../shared/errors';

/**
 * The body of an answer as the schema's type. Anything else fails: HTML with
 * `sign-in-page` (or `wrong-provider` when `expected` names the provider and
 * the page is no sign-in page), cut or odd JSON with `unexpected-answer`. A
 * broken answer never becomes an empty list.
 */
export async function readJson<T>(answer: Response, schema: z.ZodType<T>, expected?: string): Promise<T> {
  const { host } = new URL(answer.url);
  const { status } = answer;
  const type = answer.headers.get('content-type') ?? '';
  const text = await answer.text();
  if (/html/i.test(type) || /^\s*<(!doctype|html)/i.test(text))
    fail(pageFailure(text, host, status, expected));
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type.trim()))
    fail({
      kind: 'unexpected-answer',
      host,
      status,
      detail: `the answer is ${type ? `of type ${type.slice(0, 80)}` : 'of no stated type'}, not JSON`,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail({ kind: 'unexpected-answer', host, status, detail: 'the JSON is incomplete or damaged' }, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.length ? `"${issue.path.join('.').slice(0, 100)}": ` : '';
  throw new AppFailure(
    {
      kind: 'unexpected-answer',
      host,
      status,
      detail: `${where}${issue?.message ?? 'the JSON has an unknown shape'}`.slice(0, 300),
    },
    { cause: parsed.error },
  );
}

function pageFailure(text: string, host: string, status: number, expected: string | undefined): AppError {
  const start = text.slice(0, 50_000);
  if (!expected || /sign[ -]?in|log[ -]?in|type=["']?password/i.test(start))
    return { kind: 'sign-in-page', host, status };
  const title = /<title[^>]*>([^<]{1,200})/i.exec(start)?.[1]?.replaceAll(/\s+/g, ' ').trim();
  return {
    kind: 'wrong-provider',
    host,
    expected,
    detail: title ? `it shows the page "${title}"` : undefined,
  };
}
