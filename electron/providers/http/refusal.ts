import { type AppError, AppFailure } from '../../../shared/errors';
import { createMask, type Mask } from './mask';

/** What the server said beside the status; the `cause` of the AppFailure, for adapters that know more than the table. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  private constructor(
    readonly status: number,
    readonly headers: Headers,
    /** Parsed when it is JSON. Untrusted. */
    readonly body: unknown,
    /** The server's own message: masked, bounded, one line. Empty when it gave none. */
    override readonly message: string,
    /** Title of an HTML page, masked and bounded: some servers say why only there. Empty otherwise. */
    readonly title: string = '',
  ) {
    super(message);
  }

  static async read(answer: Response, mask: Mask): Promise<Refusal> {
    const text = (await answer.clone().text()).slice(0, 100_000);
    const body = parsed(text);
    const html = /html/i.test(answer.headers.get('content-type') ?? '') || /^\s*</.test(text);
    const message = body === undefined ? (html ? '' : text) : messageOf(body);
    const title = html ? (/<title[^>]*>([^<]{1,300})/i.exec(text)?.[1] ?? '') : '';
    return new Refusal(answer.status, answer.headers, body, mask(message), mask(title));
  }
}

/** The server's answer behind a failure, if there was one, however often an adapter put the failure in better words. */
export function refusalOf(error: unknown): Refusal | undefined {
  let at = error;
  for (let depth = 0; at instanceof AppFailure && depth < 8; depth += 1) at = at.cause;
  return at instanceof Refusal ? at : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function property(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

/** The sentence in any provider's error body: message, error, error_description, errors[]. */
function messageOf(body: unknown, depth = 0): string {
  if (typeof body === 'string') return body;
  if (depth > 3) return '';
  if (Array.isArray(body)) return body.length ? messageOf(body[0] as unknown, depth + 1) : '';
  for (const name of ['error_description', 'message', 'error', 'errors', 'detail']) {
    const found = messageOf(property(body, name), depth + 1);
    if (found) return found;
  }
  return '';
}

function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string').slice(0, 20);
  return typeof value === 'string'
    ? value
        .split(/[\s,;]+/)
        .filter(Boolean)
        .slice(0, 20)
    : [];
}

/** Names of the permissions a refusal asks for, in the provider's words. */
function needed(refusal: Refusal): string[] {
  const { headers, body } = refusal;
  const fineGrained = headers.get('x-accepted-github-permissions');
  if (fineGrained)
    return fineGrained
      .split(/[;,]/)
      .map((one) => one.trim())
      .filter(Boolean);
  const has = new Set(words(headers.get('x-oauth-scopes')));
  const accepted = words(headers.get('x-accepted-oauth-scopes')).filter((scope) => !has.has(scope));
  if (accepted.length) return accepted;
  // GitLab: {"error":"insufficient_scope","scope":"api read_api"}; Bitbucket Cloud: error.detail.required.
  const scope = words(property(body, 'scope'));
  return scope.length ? scope : words(property(property(property(body, 'error'), 'detail'), 'required'));
}

/** The link of `X-GitHub-SSO: required; url=...`, only to the server that was asked. */
function authorizationUrl(header: string, asked: URL): string | undefined {
  const url = /url=(\S+)/.exec(header)?.[1];
  if (!url || !URL.canParse(url)) return undefined;
  const { hostname, protocol } = new URL(url);
  const own = hostname === asked.hostname || asked.hostname === `api.${hostname}`;
  return own && protocol === asked.protocol ? url : undefined;
}

/** A wrong clock makes signed tokens fail in ways no one guesses. */
function clockNote(headers: Headers): string {
  const date = Date.parse(headers.get('date') ?? '');
  const minutes = Number.isNaN(date) ? 0 : Math.round((Date.now() - date) / 60_000);
  if (Math.abs(minutes) < 5) return '';
  return ` This computer's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} the server's, which says ${new Date(date).toUTCString()}.`;
}

/**
 * The failure an answer stands for, or null for an answer to be read. One
 * table for all providers: status and headers decide, the body adds words.
 */
export async function failureOf(
  answer: Response,
  mask: Mask = createMask(new Headers()),
): Promise<{ error: AppError; refusal: Refusal } | null> {
  const { status } = answer;
  if (status < 400 && status !== 203) return null;
  const url = new URL(answer.url);
  const { host } = url;
  const refusal = await Refusal.read(answer, mask);
  const detail = refusal.message || undefined;
  const error = ((): AppError => {
    // Azure DevOps answers a bad token with 203 and its sign-in page.
    if (status === 203) return { kind: 'sign-in-page', host, status };
    if (status === 401)
      return {
        kind: 'token-refused',
        host,
        detail: `${detail ?? ''}${clockNote(answer.headers)}`.trim() || undefined,
      };
    if (status === 403) {
      const sso = answer.headers.get('x-github-sso');
      if (sso?.startsWith('required'))
        return { kind: 'authorization-required', host, url: authorizationUrl(sso, url) };
      return { kind: 'missing-permission', host, needed: needed(refusal), detail };
    }
    if (status === 407)
      return { kind: 'host-unreachable', host, cause: 'proxy', proxy: 'wants-sign-in', detail };
    // nginx and its kin let strangers in far enough to tell them that a client certificate is missing or wrong.
    if (status === 400 && /No required SSL certificate/i.test(refusal.title))
      return { kind: 'certificate', host, cause: 'client-required' };
    if (status === 400 && /The SSL certificate error/i.test(refusal.title))
      return { kind: 'certificate', host, cause: 'client-refused' };
    if (status === 404 || status === 410) return { kind: 'not-found', host, what: url.pathname };
    if (status >= 500) return { kind: 'server-error', host, status, detail };
    return { kind: 'unexpected-answer', host, status, detail: detail ?? `status ${status}` };
  })();
  return { error, refusal };
}
