import { type AppError, fail } from './errors';

/** A remote address git and Node read alike. Holds no user password. */
export interface RemoteUrl {
  protocol: 'https' | 'http' | 'ssh';
  /** Lower case, punycode; IPv6 in brackets. */
  host: string;
  /** Null: the protocol's default. */
  port: number | null;
  /** User name of the address (ssh: usually `git`), or null. */
  user: string | null;
  /** Path without leading slash, decoded only where git would, without trailing slash. */
  path: string;
  /** scheme://host[:port], what a credential is bound to. */
  origin: string;
  /** Canonical text to hand to git: no password, no user for http(s). */
  href: string;
  /** The text held a user or a password for http(s) that was dropped. */
  droppedCredentials: boolean;
}

export type RemoteUrlResult = { ok: true; url: RemoteUrl } | { ok: false; error: AppError };

/** The one strict parser of remote URLs. */
export function parseRemoteUrl(_text: string): RemoteUrlResult {
  return { ok: false, error: { kind: 'address-invalid', part: 'address', reason: 'not parsed yet' } };
}

/** Like parseRemoteUrl, throwing AppFailure `address-invalid`. */
export function requireRemoteUrl(text: string): RemoteUrl {
  const parsed = parseRemoteUrl(text);
  return parsed.ok ? parsed.url : fail(parsed.error);
}
