import { hostWithPort, parseRemoteUrl, type RemoteUrl } from '../../shared/remote-url';

/** What git asks or tells its credential helper, git-credential(1), of git 2.46 and older ones. */
export interface GitCredentialRequest {
  /** scheme://host[:port] as shared/remote-url.ts writes it: what decides who gets an answer. */
  origin: string;
  protocol: 'https' | 'http';
  /** `host[:port]` of the origin. */
  host: string;
  /** Decoded, as git tells it; empty when it does not (credential.useHttpPath). */
  path: string;
  /** Null or the user name git wants the answer for. */
  username: string | null;
  password: string | null;
  /** With `credential`: the Authorization header git was given or got elsewhere. */
  authtype: string | null;
  credential: string | null;
  /** `credential` is of no use later and must not be kept. */
  ephemeral: boolean;
  /** What the asker understands besides user name and password: `authtype`, `state`. */
  capabilities: readonly string[];
  /** WWW-Authenticate of the server's refusal, one entry a header. */
  wwwauth: readonly string[];
  /** Seconds since 1970, or null. */
  passwordExpiry: number | null;
  oauthRefreshToken: string | null;
  /** What helpers, ours and others, gave git to be told again. */
  state: readonly string[];
  /** A step of an authentication that has several. */
  continues: boolean;
  quit: boolean;
}

/** The lines of a request, of whatever kind. Keys nobody knows are not among them. */
export interface GitAttributes {
  get(key: string): string | undefined;
  has(key: string): boolean;
  /** Values of `key[]` in their order. */
  list(key: string): readonly string[];
}

/** Bytes of a line with its line feed, git-credential(1). */
export const longestLine = 65_535;
/** Keys that may stand once; everything else is tolerated and never repeated in an answer. */
const single = new Set([
  'protocol',
  'host',
  'path',
  'username',
  'password',
  'authtype',
  'credential',
  'ephemeral',
  'password_expiry_utc',
  'oauth_refresh_token',
  'continue',
  'url',
  'quit',
]);
const several = new Set(['capability', 'wwwauth', 'state']);

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const challengeKey = Buffer.from('wwwauth[]=');
const control = /[\p{Cc}\u2028\u2029]/u;

/**
 * Reads a request byte by byte as git writes it: `key=value`, line feed, a
 * blank line or the end. Null: refused. Any other kind of line end, a control
 * character or a repeated key could make two readers see two hosts
 * (CVE-2024-50338, CVE-2025-23040), so they are refused, never repaired; so is
 * a line the end of the input cuts, which may have been a longer host.
 */
export function parseRequest(bytes: Buffer): GitCredentialRequest | null {
  const attributes = readAttributes(bytes);
  return attributes && requestOf(attributes);
}

/** The lines of a request; null: refused as by parseRequest. */
export function readAttributes(bytes: Buffer): GitAttributes | null {
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) return null;
    if (end === start) break;
    if (end + 1 - start > longestLine) return null;
    const line = textOf(bytes.subarray(start, end));
    start = end + 1;
    const equals = line?.indexOf('=') ?? -1;
    if (line === null || equals < 1) return null;
    const key = line.slice(0, equals);
    const value = line.slice(equals + 1);
    if (key.endsWith('[]')) collect(lists, key.slice(0, -2), value);
    else if (single.has(key)) {
      if (values.has(key)) return null;
      values.set(key, value);
    }
  }
  return {
    get: (key) => values.get(key),
    has: (key) => values.has(key),
    list: (key) => lists.get(key) ?? [],
  };
}

/** Null: not text, or with characters a line must not hold. */
function textOf(line: Buffer): string | null {
  // A challenge is what a server wrote: HTTP allows it tabs and, in older ones, bytes of any character set.
  const isChallenge = line.subarray(0, challengeKey.length).equals(challengeKey);
  try {
    const text = (isChallenge ? lenient : strict).decode(line);
    return control.test(isChallenge ? text.replaceAll('\t', ' ') : text) ? null : text;
  } catch {
    return null;
  }
}

function collect(lists: Map<string, string[]>, key: string, value: string): void {
  if (!several.has(key)) return;
  // git-credential(1): an empty value takes back what came before.
  if (value === '') lists.delete(key);
  else if (!lists.get(key)?.push(value)) lists.set(key, [value]);
}

function requestOf(attributes: GitAttributes): GitCredentialRequest | null {
  const named = attributes.has('url') ? ofUrl(attributes) : ofParts(attributes);
  if (named === null) return null;
  const { url, path } = named;
  if (url.protocol === 'ssh' || url.droppedCredentials) return null;
  return {
    origin: url.origin,
    protocol: url.protocol,
    host: hostWithPort(url),
    path,
    username: attributes.get('username') || null,
    password: attributes.get('password') ?? null,
    authtype: attributes.get('authtype') || null,
    credential: attributes.get('credential') || null,
    ephemeral: isTrue(attributes.get('ephemeral')),
    capabilities: attributes.list('capability'),
    wwwauth: attributes.list('wwwauth'),
    passwordExpiry: seconds(attributes.get('password_expiry_utc')),
    oauthRefreshToken: attributes.get('oauth_refresh_token') || null,
    state: attributes.list('state'),
    continues: isTrue(attributes.get('continue')),
    quit: isTrue(attributes.get('quit')),
  };
}

function ofUrl(attributes: GitAttributes): { url: RemoteUrl; path: string } | null {
  // Two ways to name the host are one too many.
  if (attributes.has('host') || attributes.has('protocol') || attributes.has('path')) return null;
  const text = attributes.get('url') ?? '';
  const [, start = '', host = ''] = /^(https?:\/\/)([^/?#]+)/.exec(text) ?? [];
  const hostOnly = /^\/?$/.test(text.slice(start.length + host.length));
  const parsed = parseRemoteUrl(hostOnly ? `${start}${host}/x` : text);
  return parsed.ok && isOwnSpelling(host, parsed.url.host)
    ? { url: parsed.url, path: hostOnly ? '' : parsed.url.path }
    : null;
}

function ofParts(attributes: GitAttributes): { url: RemoteUrl; path: string } | null {
  const protocol = attributes.get('protocol');
  const host = attributes.get('host');
  if ((protocol !== 'https' && protocol !== 'http') || !host || /[/\\@?#\s]/.test(host)) return null;
  // The path is for choosing among accounts of one origin; only the host decides where a secret goes.
  const parsed = parseRemoteUrl(`${protocol}://${host}/x`);
  return parsed.ok && isOwnSpelling(host, parsed.url.host)
    ? { url: parsed.url, path: attributes.get('path') ?? '' }
    : null;
}

/** A name of other letters is its own: a part that comes out as plain ASCII, or a dot that is none, only looks like that host. */
function isOwnSpelling(text: string, host: string): boolean {
  const parts = text.replace(/:[0-9]*$/, '').split('.');
  const read = host.split('.');
  return (
    parts.length === read.length &&
    parts.every((part, at) => /^[!-~]*$/.test(part) || read[at]?.startsWith('xn--') === true)
  );
}

/** As git reads a truth value, git-config(1). */
function isTrue(text: string | undefined): boolean {
  return /^(?:true|yes|on|0*[1-9]\d*)$/i.test(text ?? '');
}

function seconds(text: string | undefined): number | null {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : null;
}

/** Large files of a repository are served below it (git-lfs, docs/api/server-discovery.md): they are its own. */
function withoutLargeFiles(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex(
    (segment, index) =>
      segment.endsWith('.git') && segments[index + 1] === 'info' && segments[index + 2] === 'lfs',
  );
  return at < 0 ? segments : segments.slice(0, at + 1);
}

/**
 * The address of the repository a request is about. Without a path, or with
 * one that names nothing, it is the host's own: `path` empty, `href` the origin
 * and a slash.
 * Null: the path is none an address can have (a backslash, too long).
 */
export function remoteUrlOf({
  origin,
  path,
}: Pick<GitCredentialRequest, 'origin' | 'path'>): RemoteUrl | null {
  const segments = withoutLargeFiles(path.split('/').filter((segment) => segment !== '' && segment !== '.'));
  const parsed = parseRemoteUrl(`${origin}/${segments.map(encodeURIComponent).join('/') || 'x'}`);
  if (!parsed.ok) return null;
  return segments.length > 0 ? parsed.url : { ...parsed.url, path: '', href: `${origin}/` };
}
