import { type Dispatcher, interceptors, fetch as undiciFetch } from 'undici';
import { openDispatcher } from '../../network/dispatcher';
import type { Network, Route } from '../../network/network';
import { environmentNetwork } from '../../network/system-proxy';
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
  /** How servers are reached; by default straight or by the environment's variables. */
  network?: Network;
  /** Certificates (PEM) trusted for every host, besides what the network says. For tests. */
  ca?: readonly string[];
}

export interface Transport {
  /** How this URL is reached now. */
  route(url: URL): Promise<Route>;
  send(request: OutgoingRequest, route: Route, signal: AbortSignal): Promise<ServerAnswer>;
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

/** Routes differ by host only where a host has certificates of its own; a PAC file may still name many proxies. */
const mostDispatchers = 64;

/** undici over the network's routes, one dispatcher for each that is distinct. */
export function createTransport(options: TransportOptions): Transport {
  const network = options.network ?? environmentNetwork();
  const open = new Map<string, { bare: Dispatcher; composed: Dispatcher }>();

  const dispatcherOf = (route: Route): Dispatcher => {
    const key = JSON.stringify([route.proxy, route.authorities, route.client]);
    const known = open.get(key);
    if (known) return known.composed;
    const bare = openDispatcher(route, {
      connectTimeout: options.connectTimeout ?? 10_000,
      headersTimeout: options.headersTimeout ?? 30_000,
      bodyTimeout: options.bodyTimeout ?? 30_000,
      // More at once makes providers answer with their secondary limits.
      connections: 8,
    });
    const composed = bare.compose(retry(options.retryDelay ?? 500));
    open.set(key, { bare, composed });
    for (const [oldest] of open) if (open.size > mostDispatchers) retire(oldest);
    return composed;
  };
  /** What is under way on it ends by itself. */
  const retire = (key: string) => {
    open
      .get(key)
      ?.bare.close()
      .catch(() => undefined);
    open.delete(key);
  };
  const stop = network.onChange(() => {
    for (const key of open.keys()) retire(key);
  });

  return {
    async route(url) {
      const route = await network.route(url);
      return options.ca ? { ...route, authorities: [...route.authorities, ...options.ca] } : route;
    },
    async send(request, route, signal) {
      const headers = new Headers(request.headers);
      headers.set('user-agent', `Polyforge/${options.version ?? '0'}`);
      if (!headers.has('accept')) headers.set('accept', 'application/json');
      return await undiciFetch(request.url, {
        method: request.method,
        headers: [...headers],
        body: request.body,
        redirect: 'manual',
        credentials: 'omit',
        signal,
        dispatcher: dispatcherOf(route),
      });
    },
    async close() {
      stop();
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.map(({ bare }) => bare.destroy()));
    },
  };
}
