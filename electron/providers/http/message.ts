import { fail } from '../../../shared/errors';

/** A request whose parts can be sent again. */
export interface OutgoingRequest {
  url: URL;
  method: string;
  headers: Headers;
  body: string | Uint8Array | undefined;
  /** GET and HEAD may be repeated; nothing else ever is. */
  retriable: boolean;
}

/** The part of undici's Response that is read here; its own types differ from the platform's in details. */
export interface ServerAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: {
    get(name: string): string | null;
    forEach(each: (value: string, name: string) => void): void;
  };
  readonly body: {
    cancel(): Promise<void>;
    getReader(): {
      read(): Promise<{ done: boolean; value?: Uint8Array }>;
      cancel(): Promise<void>;
    };
  } | null;
}

export async function buildRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<OutgoingRequest> {
  const from = input instanceof Request ? input : undefined;
  const text = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
  if (!URL.canParse(text))
    fail({ kind: 'address-invalid', part: 'address', reason: 'it is not a complete URL' });
  const method = (init?.method ?? from?.method ?? 'GET').toUpperCase();
  const retriable = method === 'GET' || method === 'HEAD';
  const headers = new Headers(from?.headers);
  new Headers(init?.headers ?? undefined).forEach((value, name) => {
    headers.set(name, value);
  });
  let body: string | Uint8Array | undefined;
  if (!retriable) {
    const given = init?.body;
    if (typeof given === 'string' || given instanceof Uint8Array) body = given;
    else if (given instanceof URLSearchParams) {
      body = given.toString();
      headers.set('content-type', 'application/x-www-form-urlencoded');
    } else if (given) throw new TypeError('a request body must be text or bytes');
    else if (from) body = new Uint8Array(await from.arrayBuffer());
  }
  return { url: new URL(text), method, headers, body, retriable };
}

const bodiless = new Set([101, 204, 205, 304]);

/**
 * Reads the decoded body whole, at most `limit` bytes: a compressed bomb or an
 * endless answer stops there. The result can be read any number of ways by the
 * caller without waiting for the network again.
 */
export async function bufferBody(answer: ServerAnswer, url: URL, limit: number): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (answer.body) {
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !value) break;
      size += value.byteLength;
      if (size > limit) {
        await reader.cancel().catch(() => undefined);
        fail({
          kind: 'unexpected-answer',
          host: url.host,
          status: answer.status,
          detail: `the answer is larger than ${Math.round(limit / 1024 / 1024)} MiB`,
        });
      }
      chunks.push(value);
    }
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  const headers = new Headers();
  answer.headers.forEach((value, name) => {
    if (name !== 'content-encoding' && name !== 'content-length') headers.append(name, value);
  });
  const whole = new Response(bodiless.has(answer.status) ? null : bytes, {
    status: answer.status,
    statusText: answer.statusText,
    headers,
  });
  return located(whole, url.href);
}

/** Responses made by hand, and their clones, have no address; callers and error messages name it. */
function located(response: Response, url: string): Response {
  const clone = response.clone.bind(response);
  return Object.defineProperties(response, {
    url: { value: url },
    clone: { value: () => located(clone(), url) },
  });
}
