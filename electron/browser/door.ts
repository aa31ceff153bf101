import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may come in. Every web page in the same browser and every user of this
 * machine can reach a loopback port, so each request is judged by the exact
 * name it was sent to (DNS rebinding), the exact page that sent it (forgery)
 * and, for the core, the token only our own page has.
 */
export interface Door {
  port: number;
  token: string;
}

/** What is wrong with a request, as an HTTP status, or null. */
export type Refusal = 401 | 403 | 405 | 421 | null;

function ownHosts({ port }: Door): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

export function ownOrigins(door: Door): string[] {
  return ownHosts(door).map((host) => `http://${host}`);
}

function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A request for a file of the page. The files hold no secret; what matters is that no other page can use them. */
export function judgeRequest(request: IncomingMessage, door: Door): Refusal {
  const { host, origin } = request.headers;
  if (host === undefined || !ownHosts(door).includes(host)) return 421;
  if (origin !== undefined && !ownOrigins(door).includes(origin)) return 403;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const site = request.headers['sec-fetch-site'];
  const isFollowedLink = isRead && request.headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !isFollowedLink) return 403;
  return isRead ? null : 405;
}

/** The page asks whether its token is still good. */
export function judgeToken(request: IncomingMessage, door: Door): Refusal {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return given !== undefined && sameSecret(given, door.token) ? null : 401;
}

export const subprotocol = 'polyforge';

/**
 * A WebSocket handshake, judged before the upgrade. The token travels as a
 * subprotocol: a page can set no other header, an address ends up in logs,
 * and a cookie would be shared with every port of this machine.
 */
export function judgeUpgrade(request: IncomingMessage, door: Door): Refusal {
  const { host, origin } = request.headers;
  if (host === undefined || !ownHosts(door).includes(host)) return 421;
  if (origin !== undefined && !ownOrigins(door).includes(origin)) return 403;
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  const token = offered.find((part) => part.startsWith('token.'))?.slice('token.'.length);
  if (!offered.includes(subprotocol) || token === undefined || !sameSecret(token, door.token)) return 401;
  return origin === undefined ? 403 : null;
}
