import { lookup } from 'node:dns/promises';
import net from 'node:net';
import type { Route } from './network';
import { codesOf, connectTo, type Obstacle, patience, shownHost, type Target } from './connect';
import { type Handshake, shakeHands } from './handshake';

export type Named = { ok: true; addresses: string[] } | Obstacle;
export type Reached = { ok: true; peer: string } | Obstacle;

/** Settles with the signal, whatever the work does: a name server's silence cannot be cut short. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = () => undefined as void;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        stop = () => reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
      }),
    ]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * The addresses of a name, of both families, as this system's programs get
 * them (its hosts file included). Rejects only with the signal's reason.
 */
export async function resolveName(host: string, signal: AbortSignal, wait = patience): Promise<Named> {
  if (net.isIP(host)) return { ok: true, addresses: [host] };
  const limit = AbortSignal.timeout(wait);
  try {
    const found = await within(AbortSignal.any([signal, limit]), lookup(host, { all: true, verbatim: true }));
    return { ok: true, addresses: [...new Set(found.map(({ address }) => address))] };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { ok: false, cause: 'dns-failed', facts: { host, code: 'timeout' } };
    const [code = ''] = codesOf(error);
    const unknown = code === 'ENOTFOUND' || code === 'EAI_NONAME' || code === 'EAI_NODATA';
    return { ok: false, cause: unknown ? 'host-unknown' : 'dns-failed', facts: { host, code } };
  }
}

/** Whether the port can be reached the way the route says. Rejects only with the signal's reason. */
export async function reach(
  target: Target,
  route: Route,
  signal: AbortSignal,
  wait = patience,
): Promise<Reached> {
  const made = await connectTo(target, route, signal, wait);
  if (!made.ok) return made;
  made.socket.destroy();
  return { ok: true, peer: made.peer };
}

/**
 * Looks at the certificates a server shows: one handshake, nothing sent after
 * it, nothing believed. Rejects only with the signal's reason.
 */
export async function examineTls(
  target: Target,
  route: Route,
  signal: AbortSignal,
  wait = patience,
): Promise<Handshake | Obstacle> {
  const made = await connectTo(target, route, signal, wait);
  if (!made.ok) return made;
  try {
    return await shakeHands(
      made.socket,
      { host: target.host, shown: shownHost(target), route, wait },
      signal,
    );
  } finally {
    made.socket.destroy();
  }
}
