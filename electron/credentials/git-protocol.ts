import { parseRemoteUrl } from '../../shared/remote-url';

/** What git asks its credential helper, git-credential(1). */
export interface GitCredentialRequest {
  origin: string;
  /** Without leading slash; empty when git does not tell. */
  path: string;
  /** Null or the user name git wants the answer for. */
  username: string | null;
  password: string | null;
}

const longestLine = 65_535;
/** Keys that may stand once; everything else is tolerated and never repeated in an answer. */
const single = new Set(['protocol', 'host', 'path', 'username', 'password', 'url', 'quit']);

/**
 * Reads a request byte by byte as git writes it: `key=value`, line feed, a
 * blank line or the end. Null: refused. Any other kind of line end, a control
 * character or a repeated key could make two readers see two hosts
 * (CVE-2024-50338, CVE-2025-23040), so they are refused, never repaired.
 */
export function parseRequest(bytes: Buffer): GitCredentialRequest | null {
  const attributes = readAttributes(bytes);
  return attributes && requestOf(attributes);
}

/** The lines of a request, of whatever kind; null: refused as by parseRequest. */
export function readAttributes(bytes: Buffer): ReadonlyMap<string, string> | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
  const attributes = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') break;
    if (Buffer.byteLength(line) > longestLine) return null;
    if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/.test(line)) return null;
    const equals = line.indexOf('=');
    if (equals < 1) return null;
    const key = line.slice(0, equals);
    if (key.endsWith('[]') || !single.has(key)) continue;
    if (attributes.has(key)) return null;
    attributes.set(key, line.slice(equals + 1));
  }
  return attributes;
}

function requestOf(attributes: ReadonlyMap<string, string>): GitCredentialRequest | null {
  const username = attributes.get('username') || null;
  const password = attributes.get('password') ?? null;
  const whole = attributes.get('url');
  if (whole !== undefined) {
    // Two ways to name the host are one too many.
    if (attributes.has('host') || attributes.has('protocol')) return null;
    const parsed = parseRemoteUrl(whole);
    if (!parsed.ok || parsed.url.protocol === 'ssh' || parsed.url.droppedCredentials) return null;
    return { origin: parsed.url.origin, path: parsed.url.path, username, password };
  }
  const protocol = attributes.get('protocol');
  const host = attributes.get('host');
  if ((protocol !== 'https' && protocol !== 'http') || !host || /[/\\@?#\s]/.test(host)) return null;
  // The path is for choosing among accounts of one origin; only the host decides where a secret goes.
  const parsed = parseRemoteUrl(`${protocol}://${host}/x`);
  if (!parsed.ok || parsed.url.droppedCredentials) return null;
  return { origin: parsed.url.origin, path: attributes.get('path') ?? '', username, password };
}

/** The answer that gives a user name and password; null when they hold what the protocol cannot carry. */
export function formatAnswer(
  credential: { username: string; password: string; expiresAt?: number },
  now = Date.now(),
): string | null {
  const { username, password, expiresAt } = credential;
  // git cuts a line at NUL, CR or LF: half a secret is no secret.
  if (/[\0\r\n]/.test(username + password)) return null;
  // git-credential(1): a helper beside ours that keeps it would otherwise offer it after its end.
  // One that has ended by our clock is left to the server to judge.
  const end = expiresAt !== undefined && expiresAt > now ? Math.floor(expiresAt / 1000) : null;
  return `username=${username}\npassword=${password}\n${end === null ? '' : `password_expiry_utc=${end}\n`}`;
}

/** The answer that ends the asking: git tries no other helper and no prompt of its own. */
export const nothingToGive = 'quit=1\n';
