import type { GitCredential } from '../providers/provider';
import { type GitCredentialRequest, longestLine } from './git-protocol';

/** What a helper gives git, git-credential(1). */
export type GitAnswer =
  | (Extract<GitCredential, { kind: 'password' }> & { refreshToken?: string })
  | Extract<GitCredential, { kind: 'header' }>;

/** To whom, and what comes with the credential. */
export interface AnswerOptions {
  /** What the asker announced. */
  capabilities?: readonly string[];
  /** Told to us again when git reports on the credential, where git can; see `stateOf`. */
  state?: string;
  /** Milliseconds since 1970. */
  now?: number;
}

/** Helpers beside ours must know that a state is not theirs, git-credential(1). */
const statePrefix = 'polyforge.';

/** The answer that ends the asking: git tries no other helper and no prompt of its own. */
export const nothingToGive = 'quit=1\n';

/**
 * The answer that gives a credential; null when it cannot be carried: it holds
 * what the protocol cannot, or it is a header and the asker cannot take one.
 */
export function formatAnswer(answer: GitAnswer, options: AnswerOptions = {}): string | null {
  const { capabilities = [], state, now = Date.now() } = options;
  const lines = answer.kind === 'header' ? headerLines(answer.header) : passwordLines(answer, now);
  if (lines === null || (answer.kind === 'header' && !capabilities.includes('authtype'))) return null;
  const all = answer.kind === 'header' ? ['capability[]=authtype'] : [];
  if (state !== undefined && capabilities.includes('state'))
    // What a capability allows may only follow it.
    all.push('capability[]=state', ...lines, `state[]=${statePrefix}${state}`);
  else all.push(...lines);
  return all.every(canBeCarried) ? `${all.join('\n')}\n` : null;
}

function passwordLines(answer: Extract<GitAnswer, { kind: 'password' }>, now: number): string[] {
  const lines = [`username=${answer.username}`, `password=${answer.password}`];
  // git-credential(1): a helper beside ours that keeps it would otherwise offer it after its end.
  // One that has ended by our clock is left to the server to judge.
  if (answer.expiresAt !== undefined && answer.expiresAt > now)
    lines.push(`password_expiry_utc=${Math.floor(answer.expiresAt / 1000)}`);
  if (answer.refreshToken !== undefined) lines.push(`oauth_refresh_token=${answer.refreshToken}`);
  return lines;
}

/** git puts the two together again with one space, http.c. Helpers beside ours are told not to keep it. */
function headerLines(header: string): string[] | null {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+(?: +[!-~]+)*)$/.exec(header);
  return match && [`authtype=${match[1]}`, `credential=${match[2]}`, 'ephemeral=1'];
}

/** git cuts a line at NUL, CR or LF: half a secret is no secret. A lone surrogate is no text. */
function canBeCarried(line: string): boolean {
  return !/[\0\r\n\p{Cs}]/u.test(line) && Buffer.byteLength(line) < longestLine;
}

/** What we gave git to tell us again, or null. */
export function stateOf({ state }: Pick<GitCredentialRequest, 'state'>): string | null {
  const ours = state.filter((value) => value.startsWith(statePrefix));
  return ours.at(-1)?.slice(statePrefix.length) ?? null;
}

/**
 * The header git reports on, as it was given; null: it is about a user name
 * and a password.
 */
export function headerOf({ authtype, credential }: GitCredentialRequest): string | null {
  return authtype === null || credential === null ? null : `${authtype} ${credential}`;
}

/**
 * A Basic header as user name and password, for a git that takes no headers.
 * Null: another scheme, or no user name, without which git sends nothing.
 */
export function passwordOf(header: string): { username: string; password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
