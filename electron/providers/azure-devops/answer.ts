import { type AppError, AppFailure } from '../../../shared/errors';
import { toldBy } from '../diagnosis';

/** What a failure's answer says, gathered from the places Azure DevOps puts it. */
export interface Answer {
  error: AppError;
  status: number | null;
  /** Message, `X-TFS-ServiceError`, page title and the failure's own detail, one text. */
  words: string;
  /** `TF401019`, `VS403463`: the first one named. */
  code: string | null;
  /** Name of the server's exception without its namespace. */
  typeKey: string;
  headers: Headers;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function property(body: unknown, name: string): string {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
}

export function answerOf(failure: AppFailure): Answer {
  const { status, headers, body, text } = toldBy(failure);
  // Where the body is empty or a page, the reason often stands in this header, encoded for addresses.
  const words = [text, decoded(headers.get('x-tfs-serviceerror') ?? '')].filter(Boolean).join(' ');
  return {
    error: failure.error,
    status,
    words,
    code: /\b(?:TF|VS)\d{4,6}\b/.exec(words)?.[0] ?? null,
    typeKey: property(body, 'typeKey') || (/\b(\w+Exception)\b/.exec(property(body, 'typeName'))?.[1] ?? ''),
    headers,
  };
}

/** Headers only Azure DevOps and its ancestors send. */
export function isAzureDevOps(headers: Headers): boolean {
  let found = /TFS-Federated|authorization_uri=/i.test(headers.get('www-authenticate') ?? '');
  headers.forEach((_value, name) => {
    if (/^x-(tfs|vss)-/i.test(name)) found = true;
  });
  return found;
}

export function kindOf(error: unknown): AppError['kind'] | null {
  return error instanceof AppFailure ? error.error.kind : null;
}
