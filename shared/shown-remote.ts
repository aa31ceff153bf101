import { parseRemoteUrl } from './remote-url';

/**
 * The address of a remote as it may be shown: other programs leave passwords
 * and tokens in .git/config, in forms of which our own parser refuses many.
 */
export function shownRemote(text: string): string {
  const parsed = parseRemoteUrl(text);
  if (parsed.ok) return parsed.url.droppedCredentials ? parsed.url.href : text;
  const [, scheme, authority = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)/i.exec(text.trim()) ?? [];
  if (scheme !== undefined) return scheme + authority.slice(authority.lastIndexOf('@') + 1) + rest;
  return text.replace(/^[^/\\@]*:[^/\\@]*@/, '');
}
