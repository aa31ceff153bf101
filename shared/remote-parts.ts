import type { AppError } from './errors';
import { parseHost } from './remote-host';

type Part = Extract<AppError, { kind: 'address-invalid' }>['part'];

/** Carries a refusal out of the grammar below; `refusalsOf` lets none through. The reason never quotes the address. */
class Refusal extends Error {
  constructor(
    readonly part: Part,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** Ends the reading of an address, naming the part that is wrong. */
export function refuse(part: Part, reason: string): never {
  throw new Refusal(part, reason);
}

/** Longer than any address a provider makes, shorter than what servers and file systems refuse in their own ways. */
const maximumLength = 2048;
const defaultPorts = { https: 443, http: 80, ssh: 22 } as const;

/** The outcome of reading an address: its refusals as data. */
export function refusalsOf<T>(read: () => T): { ok: true; url: T } | { ok: false; error: AppError } {
  try {
    return { ok: true, url: read() };
  } catch (error) {
    if (error instanceof Refusal)
      return { ok: false, error: { kind: 'address-invalid', part: error.part, reason: error.reason } };
    throw error;
  }
}

/** What a copied line brings along around it; nothing else is taken off. */
export function withoutBlanks(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/** What no address holds, whatever its form. */
export function checkText(text: string): void {
  if (text === '') refuse('address', 'The address is empty.');
  if (text.length > maximumLength)
    refuse('address', `The address is longer than ${maximumLength} characters.`);
  if (text.startsWith('-')) refuse('address', 'The address starts with a dash.');
  checkControls(text, 'address');
  if (text.includes('\\')) refuse('address', 'The address holds a backslash.');
}

/** User, host and port in front of the path; `userinfo` null: there was none. */
export function splitAuthority(protocol: 'https' | 'http' | 'ssh', rest: string) {
  const end = rest.search(/[/?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const tail = end === -1 ? '' : rest.slice(end);
  const at = authority.indexOf('@');
  // git ends the user at the first @, WHATWG at the last one.
  if (at !== authority.lastIndexOf('@')) refuse('user', 'The address holds more than one @ before its path.');
  const userinfo = at === -1 ? null : authority.slice(0, at);
  if (protocol !== 'ssh' && userinfo !== null) checkWebUser(userinfo);
  return { userinfo, tail, ...hostAndPort(authority.slice(at + 1), defaultPorts[protocol]) };
}

/** The user ssh logs in as; null: none stands there. */
export function sshUser(userinfo: string | null): string | null {
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

/** Parts of a path, decoded, without empty ones; `..` is followed for http(s) and refused for ssh. */
export function pathSegments(tail: string, protocol: 'https' | 'http' | 'ssh'): string[] {
  const segments: string[] = [];
  for (const raw of tail.split('/')) {
    const segment = decodeSegment(raw);
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (protocol === 'ssh') refuse('path', 'The path leads upwards.');
    else segments.pop();
  }
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
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:40|24|26|2B|2C|3B|3D)/g, decodeURIComponent);
}

/** Controls, line and paragraph separators; lone surrogates, which are no text at all. */
function checkControls(text: string, part: Part): void {
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)) refuse(part, 'The address holds control characters.');
}

/** Every encoded form a decoder on the way could turn into a control character or a separator. */
export function checkEncodedControls(text: string, part: Part): void {
  if (/%(?:[01][0-9a-f]|7f)|%c2%[89][0-9a-f]|%e2%80%a[89]/i.test(text))
    refuse(part, 'The address holds encoded control characters.');
}
