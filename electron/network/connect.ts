import net from 'node:net';
import tls from 'node:tls';
import type { Cause } from '../../shared/contract/doctor';
import { contextOf } from './dispatcher';
import type { Route } from './network';
import { readUntil, socksTunnel } from './socks';

/** One server's port. `host` is a name or an address without brackets. */
export interface Target {
  protocol: 'https' | 'http' | 'ssh';
  host: string;
  port: number;
}

/** Why a step of the way did not work; `facts` name hosts, codes and statuses, never a secret. */
export interface Obstacle {
  ok: false;
  cause: Cause;
  facts: Record<string, string>;
}

export type Connected = { ok: true; socket: net.Socket; peer: string } | Obstacle;

/** Milliseconds a connection may take to be made, and a proxy to answer. */
export const patience = 8000;

const ports = { https: 443, http: 80, ssh: 22 } as const;

export function targetOf(address: string): Target {
  const url = new URL(address);
  const protocol = url.protocol === 'http:' ? 'http' : url.protocol === 'ssh:' ? 'ssh' : 'https';
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || ports[protocol]),
  };
}

/** `host:port`, IPv6 in brackets. */
export function placeOf({ host, port }: Pick<Target, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What a person reads: the port only where it is not the usual one. */
export function shownHost(target: Target): string {
  if (ports[target.protocol] !== target.port) return placeOf(target);
  return target.host.includes(':') ? `[${target.host}]` : target.host;
}

const proxyPorts: Record<string, number> = { 'https:': 443, 'http:': 80, 'socks5:': 1080, 'socks:': 1080 };

const causes: Record<string, Cause> = {
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'connection-timeout',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  ENETUNREACH: 'network-down',
  ENETDOWN: 'network-down',
  EHOSTUNREACH: 'network-down',
  EHOSTDOWN: 'network-down',
  EADDRNOTAVAIL: 'network-down',
  ENOTFOUND: 'host-unknown',
  EAI_AGAIN: 'dns-failed',
};

/** The codes of an error and of those it stands for (one for each address that was tried). */
export function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...inner.flatMap(codesOf), ...(typeof code === 'string' ? [code] : [])];
}

/** With several addresses, a refusal tells more than a network that does not know the way. */
const telling: Cause[] = ['connection-refused', 'connection-reset', 'connection-timeout', 'network-down'];

function obstacleOf(error: unknown, facts: Record<string, string>): Obstacle {
  const codes = codesOf(error);
  const found = codes.flatMap((code) => causes[code] ?? []);
  const cause = telling.find((one) => found.includes(one)) ?? found[0] ?? 'connection-reset';
  return { ok: false, cause, facts: { ...facts, ...(codes[0] ? { code: codes[0] } : {}) } };
}

/** A TCP connection to a host's port; ends with the signal. */
function open(host: string, port: number, signal: AbortSignal, wait: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = net.connect({ host, port });
    const end = (then: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.off('error', failed);
      then();
    };
    const failed = (error: Error) => {
      socket.destroy();
      end(() => reject(error));
    };
    const stop = () => failed(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    const timer = setTimeout(
      () => failed(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      wait,
    );
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', failed);
    socket.once('connect', () =>
      end(() => {
        // Whoever uses it listens; until then a late error must not end the program.
        socket.on('error', () => undefined);
        resolve(socket);
      }),
    );
  });
}

/** Encrypted talk with an https proxy, whose certificate is checked as any server's. */
function secured(
  socket: net.Socket,
  host: string,
  authorities: readonly string[],
  signal: AbortSignal,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const stream = tls.connect({
      socket,
      // The name to be checked; without it a proxy named by its address would have to be called localhost.
      ...(net.isIP(host) ? { host } : { host, servername: host }),
      rejectUnauthorized: true,
      secureContext: contextOf(authorities),
    });
    const stop = () => stream.destroy(new Error('stopped'));
    signal.addEventListener('abort', stop, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', stop));
    stream.once('error', reject);
    stream.once('secureConnect', () => {
      signal.removeEventListener('abort', stop);
      stream.off('error', reject);
      stream.on('error', () => undefined);
      resolve(stream);
    });
  });
}

/** Gives the work a signal that also ends when the proxy stays silent. */
function withTimer<T>(
  signal: AbortSignal,
  wait: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return work(AbortSignal.any([signal, AbortSignal.timeout(wait)]));
}

/** The status of the answer to CONNECT; what follows its headers belongs to the server. */
async function tunnelled(
  socket: net.Socket,
  place: string,
  credential: NonNullable<Route['proxy']>['credential'],
  signal: AbortSignal,
): Promise<number> {
  const pair = credential && `${credential.username}:${credential.password}`;
  const sign = pair ? `Proxy-Authorization: Basic ${Buffer.from(pair, 'utf8').toString('base64')}\r\n` : '';
  socket.write(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n${sign}\r\n`);
  const head = await readUntil(socket, (bytes) => endOfHead(bytes), signal);
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1] ?? Number.NaN);
}

/** Headers longer than this come from no proxy. */
const longestHead = 65_536;

function endOfHead(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end >= 0) return end + 4;
  return bytes.length > longestHead ? bytes.length : null;
}

async function throughProxy(
  target: Target,
  proxy: NonNullable<Route['proxy']>,
  signal: AbortSignal,
  wait: number,
): Promise<Connected> {
  const url = new URL(proxy.url);
  const at = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (proxyPorts[url.protocol] ?? 80)),
  };
  const facts = { host: shownHost(target), proxy: placeOf(at) };
  let socket: net.Socket;
  try {
    socket = await open(at.host, at.port, signal, wait);
    if (url.protocol === 'https:') {
      const bare = socket;
      socket = await withTimer(signal, wait, (stopped) =>
        secured(bare, at.host, proxy.authorities ?? [], stopped),
      );
    }
  } catch (error) {
    signal.throwIfAborted();
    return { ...obstacleOf(error, facts), cause: 'proxy-unreachable' };
  }
  const refused = (cause: Cause, status?: string): Obstacle => {
    socket.destroy();
    return { ok: false, cause, facts: { ...facts, ...(status ? { status } : {}) } };
  };
  try {
    if (url.protocol.startsWith('socks')) {
      const refusal = await withTimer(signal, wait, (stopped) =>
        socksTunnel(socket, target, proxy.credential, stopped),
      );
      if (refusal === null) return { ok: true, socket, peer: placeOf(at) };
      return refusal === 'sign-in' ? refused('proxy-wants-sign-in') : refused('proxy-refuses', refusal);
    }
    // A request without encryption is given to the proxy as it is; there is no tunnel to ask for.
    if (target.protocol === 'http') return { ok: true, socket, peer: placeOf(at) };
    const status = await withTimer(signal, wait, (stopped) =>
      tunnelled(socket, placeOf(target), proxy.credential, stopped),
    );
    if (status >= 200 && status < 300) return { ok: true, socket, peer: placeOf(at) };
    return refused(
      status === 407 ? 'proxy-wants-sign-in' : 'proxy-refuses',
      Number.isNaN(status) ? undefined : String(status),
    );
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    return { ...obstacleOf(error, facts), cause: 'proxy-refuses' };
  }
}

/**
 * A connection to the target the way the route says: straight, or through the
 * proxy with its credential. Nothing of the talk with the server has begun.
 * The caller destroys the socket. Rejects only with the signal's reason.
 */
export async function connectTo(
  target: Target,
  route: Route,
  signal: AbortSignal,
  wait = patience,
): Promise<Connected> {
  if (route.proxy) return throughProxy(target, route.proxy, signal, wait);
  try {
    const socket = await open(target.host, target.port, signal, wait);
    return { ok: true, socket, peer: socket.remoteAddress ?? '' };
  } catch (error) {
    signal.throwIfAborted();
    return obstacleOf(error, { host: shownHost(target), port: String(target.port) });
  }
}
