import { type AppError, fail } from './errors';
import { parseHost } from './remote-host';
import {
  checkEncodedControls,
  checkText,
  encodeSegment,
  pathSegments,
  refusalsOf,
  refuse,
  splitAuthority,
  sshUser,
  withoutBlanks,
} from './remote-parts';

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

/** The web address of a server, or of a page on it. Holds no user and no password. */
export interface ServerUrl {
  protocol: 'https' | 'http';
  /** Lower case, punycode; IPv6 in brackets. */
  host: string;
  /** Null: the protocol's default. */
  port: number | null;
  /** scheme://host[:port], what a credential is bound to. */
  origin: string;
  /** Parts of the path, decoded. None: the server itself. */
  segments: string[];
  /** Text followed the path, from a ? or # on; it is not kept. */
  droppedQuery: boolean;
}

export type ServerUrlResult = { ok: true; url: ServerUrl } | { ok: false; error: AppError };

/**
 * The one strict parser of remote URLs: https, http, ssh:// and
 * [user@]host:path. What Node's parser and git would read differently is
 * refused, not repaired; what is accepted is handed on as `href`, which both
 * read alike.
 */
export function parseRemoteUrl(text: string): RemoteUrlResult {
  return refusalsOf(() => parse(withoutBlanks(text)));
}

/**
 * The same parser for what names a server or a page on it, not a repository:
 * http(s) only, the path may be missing, a query and a fragment are dropped.
 * A password in it is refused: it must not be kept.
 */
export function parseServerUrl(text: string): ServerUrlResult {
  return refusalsOf(() => {
    const typed = withoutBlanks(text);
    checkText(typed);
    const [, scheme = '', rest = ''] = /^(https?):\/\/(.*)$/i.exec(typed) ?? [];
    if (scheme === '') refuse('scheme', 'The address does not start with https://.');
    const protocol = scheme.toLowerCase() === 'http' ? 'http' : 'https';
    const cut = rest.search(/[?#]/);
    const { userinfo, host, port, tail } = splitAuthority(protocol, cut === -1 ? rest : rest.slice(0, cut));
    if (userinfo?.includes(':')) refuse('password', 'The address holds a password.');
    const segments = pathSegments(tail, protocol);
    return {
      protocol,
      host,
      port,
      origin: originOf(protocol, host, port),
      segments,
      droppedQuery: cut !== -1,
    };
  });
}

/** `host` or `host:port`, as URL.host has it. */
export function hostWithPort({ host, port }: Pick<RemoteUrl, 'host' | 'port'>): string {
  return port === null ? host : `${host}:${port}`;
}

function originOf(protocol: string, host: string, port: number | null): string {
  return `${protocol}://${hostWithPort({ host, port })}`;
}

/** Like parseRemoteUrl, throwing AppFailure `address-invalid`. */
export function requireRemoteUrl(text: string): RemoteUrl {
  const parsed = parseRemoteUrl(text);
  return parsed.ok ? parsed.url : fail(parsed.error);
}

function parse(text: string): RemoteUrl {
  checkText(text);
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
  const { userinfo, host, port, tail } = splitAuthority(protocol, rest);
  const user = protocol === 'ssh' ? sshUser(userinfo) : null;
  // A ? or # ends the path for WHATWG and belongs to it for git.
  if (/[?#]/.test(tail))
    refuse('path', 'The address holds a ? or #; use the address the provider shows for cloning.');
  const segments = pathSegments(tail, protocol);
  if (segments.length === 0) refuse('path', 'The address names no repository.');
  const origin = originOf(protocol, host, port);
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
