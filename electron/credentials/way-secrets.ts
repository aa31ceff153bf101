import { formatAnswer } from './git-answer';
import { readAttributes } from './git-protocol';

/** What git itself wants to know on the way to its remote; never an account's secret. */
export interface WaySecrets {
  /** The proxy's address as git was given it, user name in it. */
  proxy: { url: string; password: string } | null;
  /** The file of the client certificate as git was given it, and what opens its key. */
  certificate: { path: string; passphrase: string } | null;
}

/** The answer for exactly the operation's own proxy or key; null: git asks for something else. */
export function answerForWay(input: Buffer, way: WaySecrets): string | null {
  const asked = readAttributes(input);
  if (asked === null) return null;
  const { proxy, certificate } = way;
  if (asked.get('protocol') === 'cert')
    return certificate !== null && asked.get('path') === certificate.path && !asked.get('host')
      ? formatAnswer({ kind: 'password', username: '', password: certificate.passphrase })
      : null;
  if (proxy === null || !asksForProxy(input)) return null;
  const url = new URL(proxy.url);
  const username = decodeURIComponent(url.username);
  const isOurs =
    `${asked.get('protocol')}:` === url.protocol &&
    asked.get('host') === proxy.url.slice(proxy.url.lastIndexOf('@') + 1) &&
    asked.get('username') === username;
  return isOurs ? formatAnswer({ kind: 'password', username, password: proxy.password }) : null;
}

/**
 * git asks for a proxy's password with the user name and without a path; for
 * a remote of ours the path is always there (credential.useHttpPath).
 */
export function asksForProxy(input: Buffer): boolean {
  const asked = readAttributes(input);
  if (asked === null || asked.has('url') || !asked.get('username') || asked.get('path')) return false;
  return /^(https?|socks(4a?|5h?)?)$/.test(asked.get('protocol') ?? '');
}
