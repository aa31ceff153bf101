import tls from 'node:tls';
import { EnvHttpProxyAgent, interceptors, fetch as undiciFetch } from 'undici';
import type { OutgoingRequest, ServerAnswer } from './message';

export interface TransportOptions {
  /** Shown to servers as `Polyforge/<version>`. */
  version?: string;
  /** Milliseconds each. */
  connectTimeout?: number;
  headersTimeout?: number;
  bodyTimeout?: number;
  /** Wait before the first repetition of a GET, doubled each time, milliseconds. */
  retryDelay?: number;
  /** Certificates (PEM) trusted besides the built-in and the system's. */
  ca?: readonly string[];
}

export interface Transport {
  send(request: OutgoingRequest, signal: AbortSignal): Promise<ServerAnswer>;
  /** host:port of the proxies in use, to tell their failures from the server's. */
  readonly proxies: readonly string[];
  close(): Promise<void>;
}

/** How often a GET is repeated; POST never is. */
const repetitions = 2;
const repeatedStatus = [500, 502, 503, 504];
/** A kept-alive connection the server closed meanwhile; a refused or unknown host is told at once. */
const repeatedCodes = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

function retry(delay: number) {
  return interceptors.retry({
    methods: ['GET', 'HEAD'],
    statusCodes: repeatedStatus,
    errorCodes: repeatedCodes,
    throwOnError: false,
    retry(error, { state, opts }, decide) {
      const { statusCode, code, headers } = error as Error & {
        statusCode?: number;
        code?: string;
        headers?: Record<string, string | string[]>;
      };
      const repeatable = opts.method === 'GET' || opts.method === 'HEAD';
      const passing =
        statusCode === undefined
          ? repeatedCodes.includes(code ?? '')
          : repeatedStatus.includes(statusCode) && headers?.['retry-after'] === undefined;
      if (!repeatable || !passing || state.counter > repetitions) {
        decide(error);
        return;
      }
      setTimeout(() => decide(null), delay * 2 ** (state.counter - 1)).unref();
    },
  });
}

/** The system's certificates beside Node's own, where this Node can read them (22.15 and newer). */
function trusted(extra: readonly string[]): string[] | undefined {
  const read = (tls as { getCACertificates?: (type: string) => string[] }).getCACertificates;
  if (!read) return extra.length ? [...tls.rootCertificates, ...extra] : undefined;
  try {
    return [...new Set([...read('default'), ...read('system'), ...extra])];
  } catch {
    // A system without a readable store: the runtime's own default then.
    return extra.length ? [...tls.rootCertificates, ...extra] : undefined;
  }
}

function proxiesOf(environment: NodeJS.ProcessEnv): string[] {
  return ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].flatMap((name) => {
    const value = environment[name];
    const url = value && URL.canParse(value) ? new URL(value) : null;
    return url ? [`${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`] : [];
  });
}

/** undici with the proxies of the environment; certificate checks cannot be switched off, not even by NODE_TLS_REJECT_UNAUTHORIZED. */
export function createTransport(options: TransportOptions): Transport {
  const open = () => {
    const security = { rejectUnauthorized: true, ca: trusted(options.ca ?? []) };
    const noProxy = [
      process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? '',
      'localhost,127.0.0.1,[::1]',
    ].join(',');
    return new EnvHttpProxyAgent({
      connect: { ...security, timeout: options.connectTimeout ?? 10_000 },
      requestTls: security,
      proxyTls: security,
      headersTimeout: options.headersTimeout ?? 30_000,
      bodyTimeout: options.bodyTimeout ?? 30_000,
      // More at once makes providers answer with their secondary limits.
      connections: 8,
      noProxy,
    });
  };
  let agent: EnvHttpProxyAgent | undefined;
  const dispatcher = () => (agent ??= open()).compose(retry(options.retryDelay ?? 500));
  let composed: ReturnType<typeof dispatcher> | undefined;

  return {
    proxies: proxiesOf(process.env),
    async send(request, signal) {
      const headers = new Headers(request.headers);
      headers.set('user-agent', `Polyforge/${options.version ?? '0'}`);
      if (!headers.has('accept')) headers.set('accept', 'application/json');
      const answer = await undiciFetch(request.url, {
        method: request.method,
        headers: [...headers],
        body: request.body,
        redirect: 'manual',
        credentials: 'omit',
        signal,
        dispatcher: (composed ??= dispatcher()),
      });
      return answer;
    },
    async close() {
      await agent?.destroy();
      agent = undefined;
      composed = undefined;
    },
  };
}
