import { type AppError, AppFailure } from '../../../shared/errors';
import { type Refusal, refusalOf } from '../http';

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

/** The server's answer behind a failure, also where an adapter said in its own words what it means. */
function deepRefusal(failure: AppFailure): Refusal | undefined {
  let error: unknown = failure;
  for (let depth = 0; depth < 5 && error instanceof Error; depth += 1) {
    const found = refusalOf(error);
    if (found) return found;
    error = error.cause;
  }
  return undefined;
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
  const refusal = deepRefusal(failure);
  const { error } = failure;
  const words = [
    refusal?.message,
    decoded(refusal?.headers.get('x-tfs-serviceerror') ?? ''),
    refusal?.title,
    'detail' in error ? error.detail : undefined,
  ]
    .filter(Boolean)
    .join(' ');
  const typeKey =
    property(refusal?.body, 'typeKey') ||
    (/\b(\w+Exception)\b/.exec(property(refusal?.body, 'typeName'))?.[1] ?? '');
  return {
    error,
    status: refusal?.status ?? ('status' in error ? (error.status ?? null) : null),
    words,
    code: /\b(?:TF|VS)\d{4,6}\b/.exec(words)?.[0] ?? null,
    typeKey,
    headers: refusal?.headers ?? new Headers(),
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
