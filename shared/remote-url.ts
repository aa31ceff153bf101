import { type AppError, fail } from './errors';
import { parseHost } from './remote-host';

/** A remote address git and Node read alike. Holds no user password. */
export interface RemoteUrl {
  protocol: 'https' | 'http' | 'ssh';
  /** Lower case, punycode; IPv6 in brackets. */
  host: string;
  /** Null: the protocol's default. */
  port: number | null;
  /** User name of an ssh address (usually `git`). Always null for http(s): tokens are pasted there. */
  user: string | null;
  /** Path without leading slash, decoded as git decodes it (not at all in the scp-like form), without trailing slash. */
  path: string;
  /** scheme://host[:port], what a credential is bound to. */
  origin: string;
  /** Canonical text to hand to git: no password, no user for http(s). */
  href: string;
  /** The text held a user or a password for http(s) that was dropped. */
  droppedCredentials: boolean;
}

export type RemoteUrlResult = { ok: true; url: RemoteUrl } | { ok: false; error: AppError };

type Part = Extract<AppError, { kind: 'address-invalid' }>['part'];

/** Carries a refusal out of the grammar below; never leaves this file. The reason never quotes the address. */
class Refusal extends Error {
  constructor(
    readonly part: Part,
    readonly reason: string,
  ) {
    super(reason);
  }
}

function refuse(part: Part, reason: string): never {
  throw new Refusal(part, reason);
}

/** Longer than any address a provider makes, shorter than what servers and file systems refuse in their own ways. */
const maximumLength = 2048;
const defaultPorts = { https: 443, http: 80, ssh: 22 } as const;

/**
 * The one strict parser of remote URLs: https, http, ssh:// and
 * [user@]host:path. What Node's parser and git would read differently is
 * refused, not repaired; what is accepted is handed on as `href`, which both
 * read alike.
 */
export function parseRemoteUrl(text: string): RemoteUrlResult {
  try {
    return { ok: true, url: parse(text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')) };
  } catch (error) {
    if (error instanceof Refusal)
      return { ok: false, error: { kind: 'address-invalid', part: error.part, reason: error.reason } };
    throw error;
  }
}

/** Like parseRemoteUrl, throwing AppFailure `address-invalid`. */
export function requireRemoteUrl(text: string): RemoteUrl {
  const parsed = parseRemoteUrl(text);
  return parsed.ok ? parsed.url : fail(parsed.error);
}

function parse(text: string): RemoteUrl {
  if (text === '') refuse('address', 'The address is empty.');
  if (text.length > maximumLength)
    refuse('address', `The address is longer than ${maximumLength} characters.`);
  if (text.startsWith('-')) refuse('address', 'The address starts with a dash.');
  checkControls(text, 'address');
  if (text.includes('\\')) refuse('address', 'The address holds a backslash.');
  const transport = /^([a-z0-9+.-]*)::/i.exec(text);
  if (transport) refuse('scheme', 'Only https, http and ssh addresses can be used.');
  const scheme = /^([^/?#[\]@]*?):\/\//.exec(text);
  if (!scheme) return parseScpLike(text);
  const rest = text.slice(scheme[0].length);
  switch ((scheme[1] ?? '').toLowerCase()) {
    case 'https':
      return parseWithScheme('https', rest);
    case 'http':
      return parseWithScheme('http', rest);
    case 'ssh':
      return parseWithScheme('ssh', rest);
    case '':
      return refuse('scheme', 'The address does not start with https:// or ssh://.');
    case 'git':
      return refuse('scheme', 'The git:// protocol checks neither server nor user; use https or ssh.');
    case 'file':
      return refuse('scheme', 'A folder on this computer is opened, not cloned from an address.');
    default:
      return refuse('scheme', 'Only https, http and ssh addresses can be used.');
  }
}

function parseWithScheme(protocol: 'https' | 'http' | 'ssh', rest: string): RemoteUrl {
  const end = rest.search(/[/?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const tail = end === -1 ? '' : rest.slice(end);
  const at = authority.indexOf('@');
  // git ends the user at the first @, WHATWG at the last one.
  if (at !== authority.lastIndexOf('@')) refuse('user', 'The address holds more than one @ before its path.');
  const userinfo = at === -1 ? null : authority.slice(0, at);
  const user = protocol === 'ssh' ? sshUser(userinfo) : null;
  if (protocol !== 'ssh' && userinfo !== null) checkWebUser(userinfo);
  const { host, port } = hostAndPort(authority.slice(at + 1), defaultPorts[protocol]);
  // A ? or # ends the path for WHATWG and belongs to it for git.
  if (/[?#]/.test(tail))
    refuse('path', 'The address holds a ? or #; use the address the provider shows for cloning.');
  const segments = pathSegments(tail, protocol);
  const origin = `${protocol}://${host}${port === null ? '' : `:${port}`}`;
  return {
    protocol,
    host,
    port,
    user,
    path: segments.join('/'),
    origin,
    href: `${user === null ? origin : origin.replace('://', `://${user}@`)}/${segments.map(encodeSegment).join('/')}`,
    droppedCredentials: userinfo !== null && protocol !== 'ssh',
  };
}

/** `[user@]host:path`, which git hands to ssh. Nothing in it is decoded. */
function parseScpLike(text: string): RemoteUrl {
  if (text.includes('://')) refuse('scheme', 'What stands before :// is no protocol.');
  const match = /^(?:([^@:/[\]]*)@)?(\[[^\]]*\]|[^:/[\]@]*):(.*)$/.exec(text);
  if (!match)
    return refuse(
      text.includes('@') && text.includes(':') ? 'address' : 'scheme',
      'This is no address of a repository; it starts with https:// or ssh://, or reads git@host:path.',
    );
  const [, userinfo, hostText = '', pathText = ''] = match;
  // javascript:, data:, C: and mistyped schemes look like hosts without a dot.
  if (userinfo === undefined && !/[.[]/.test(hostText))
    refuse(
      'scheme',
      'Only https, http and ssh addresses can be used; the short ssh form reads git@host:path.',
    );
  const user = sshUser(userinfo ?? null);
  const parsed = parseHost(hostText);
  if (!parsed.ok) return refuse('host', parsed.reason);
  checkEncodedControls(pathText, 'path');
  const path = pathText.replace(/\/+$/, '').replace(/^(?:\.\/+)+/, '');
  if (/^\/*\.{0,2}$/.test(path)) refuse('path', 'The address names no repository.');
  if (path !== path.trim()) refuse('path', 'The path starts or ends with a space.');
  // Without a user, host::path would name a transport of git's.
  if (path.startsWith(':')) refuse('path', 'The path starts with a colon.');
  if (path.split('/').includes('..')) refuse('path', 'The path leads upwards.');
  return {
    protocol: 'ssh',
    host: parsed.host,
    port: null,
    user,
    path: path.replace(/^\/+/, ''),
    origin: `ssh://${parsed.host}`,
    // git refuses a path that starts with a dash; ./ names the same one. Kept in the
    // short form because its path is relative to the user's home, that of ssh:// is not.
    href: `${user === null ? '' : `${user}@`}${parsed.host}:${path.startsWith('-') ? './' : ''}${path}`,
    droppedCredentials: false,
  };
}

function sshUser(userinfo: string | null): string | null {
  if (userinfo === null) return null;
  if (userinfo.includes(':')) refuse('password', 'An ssh address holds no password.');
  if (userinfo.startsWith('-')) refuse('user', 'The user name starts with a dash.');
  if (!/^[A-Za-z0-9._~+=-]+$/.test(userinfo))
    refuse('user', 'The user name holds characters ssh does not take.');
  return userinfo;
}

/** It is dropped, but an address that tries to smuggle something in it is refused as a whole. */
function checkWebUser(userinfo: string): void {
  checkEncodedControls(userinfo, 'user');
  if (userinfo.startsWith('-')) refuse('user', 'The user name starts with a dash.');
  if (/[\s[\]]/.test(userinfo)) refuse('user', 'The user name holds a space or a bracket.');
}

function hostAndPort(text: string, defaultPort: number): { host: string; port: number | null } {
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(text);
  if (!match) return refuse('host', 'The host is not a host name.');
  const [, hostText = '', portText] = match;
  const parsed = parseHost(hostText);
  if (!parsed.ok) return refuse('host', parsed.reason);
  if (portText === undefined) return { host: parsed.host, port: null };
  const port = /^[1-9][0-9]{0,4}$/.test(portText) ? Number(portText) : Number.NaN;
  if (!(port <= 65_535)) return refuse('port', 'The port is not a number between 1 and 65535.');
  return { host: parsed.host, port: port === defaultPort ? null : port };
}

function pathSegments(tail: string, protocol: 'https' | 'http' | 'ssh'): string[] {
  const segments: string[] = [];
  for (const raw of tail.split('/')) {
    const segment = decodeSegment(raw);
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (protocol === 'ssh') refuse('path', 'The path leads upwards.');
    else segments.pop();
  }
  if (segments.length === 0) refuse('path', 'The address names no repository.');
  return segments;
}

function decodeSegment(raw: string): string {
  checkEncodedControls(raw, 'path');
  // Decoded for git's credential protocol, not decoded for the server: two different paths.
  if (/%(?:2f|5c)/i.test(raw)) refuse('path', 'The path holds an encoded slash.');
  try {
    return decodeURIComponent(raw);
  } catch {
    return refuse('path', 'The path holds a percent sign that encodes nothing.');
  }
}

/** A colon stays encoded: git's credential protocol decodes nothing of a path that stands before one. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:40|24|26|2B|2C|3B|3D)/g, decodeURIComponent);
}

/** Controls, line and paragraph separators; lone surrogates, which are no text at all. */
function checkControls(text: string, part: Part): void {
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)) refuse(part, 'The address holds control characters.');
}

/** Every encoded form a decoder on the way could turn into a control character or a separator. */
function checkEncodedControls(text: string, part: Part): void {
  if (/%(?:[01][0-9a-f]|7f)|%c2%[89][0-9a-f]|%e2%80%a[89]/i.test(text))
    refuse(part, 'The address holds encoded control characters.');
}
