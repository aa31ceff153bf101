import { hostWithPort, parseRemoteUrl } from '../../../shared/remote-url';
import type { SshQuestionKind } from '../broker';

/** What ssh, or another program that was given our askpass program, asks. */
export type SshPrompt =
  | {
      kind: 'host-key';
      /** As ssh names it: `host`, or `[host]:port`. */
      host: string;
      /** What it connected to; null where it is the same, or unknown behind a proxy. */
      address: string | null;
      /** `ED25519`, `RSA` … */
      keyType: string;
      /** `SHA256:...`, or `MD5:...` where ssh is set up so. */
      fingerprint: string;
      /** Besides yes, the fingerprint itself is an answer (OpenSSH 8.0 and later). */
      takesFingerprint: boolean;
      otherTypesKnown: boolean;
      otherNames: string[];
    }
  /** The answer before was none of those ssh takes. */
  | { kind: 'repeated' }
  | { kind: 'host-key-changed' }
  /** `isCut`: ssh shows the first hundred bytes of a path only. */
  | { kind: 'passphrase'; keyPath: string; isCut: boolean }
  | { kind: 'password'; user: string; host: string }
  /** git's own words: it is asked through us, which nothing of ours asks it to do. */
  | { kind: 'git-credential'; wants: 'username' | 'password'; username: string | null; host: string | null }
  /** The server's own question (two-factor codes). */
  | { kind: 'server-question'; user: string; host: string; text: string }
  | { kind: 'touch'; text: string }
  | { kind: 'unknown'; text: string; wants: 'entry' | 'confirm' };

/** Characters of a question that are looked at and shown. ssh's longest, with many other names, stays below. */
const longest = 4000;

/** OpenSSH, sshconnect.c: check_host_key and other_hostkeys_message, 8.0 to 10. */
const hostKey =
  /^The authenticity of host '([\w.:%[\]-]{1,200}) \(([^\n]{1,200}?)\)' can't be established(?:\.|(,?\nbut keys of different type are already known for this host\.))\n([A-Z0-9-]{2,30}) key fingerprint is:? ((?:SHA256:[A-Za-z0-9+/]{43}=?)|(?:MD5:[0-9a-f]{2}(?::[0-9a-f]{2}){15}))\.?\n([\s\S]*)Are you sure you want to continue connecting \(yes\/no(\/\[fingerprint\])?\)\? $/;

const otherNames = /^This host key is known by the following other names\/addresses:\n((?: {4}[^\n]+\n)+)/m;

function parseHostKey(text: string): SshPrompt | null {
  const match = hostKey.exec(text);
  if (!match) return null;
  const [, host = '', address = '', otherTypes, keyType = '', fingerprint = '', between = '', takes] = match;
  const names = otherNames.exec(between)?.[1] ?? '';
  return {
    kind: 'host-key',
    host,
    // ssh says `<no hostip for proxy command>` where it does not know.
    address: address === host || address.startsWith('<') ? null : address,
    keyType,
    fingerprint,
    takesFingerprint: takes !== undefined,
    otherTypesKnown: otherTypes !== undefined,
    otherNames: names
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  };
}

/** Host and user of the address in git's prompt, read as every other address is; Debian's git percent-encodes the user. */
function parseGitPrompt(text: string): SshPrompt | null {
  const match = /^(Username|Password) for '([\s\S]*)': $/.exec(text);
  if (!match) return null;
  const [, field, address = ''] = match;
  const parsed = parseRemoteUrl(`${address.replace(/\/+$/, '')}/x`);
  const user = /^[a-z]+:\/\/([^@/]*)@/i.exec(address)?.[1];
  return {
    kind: 'git-credential',
    wants: field === 'Username' ? 'username' : 'password',
    username: user === undefined ? null : decoded(user),
    host: parsed.ok ? hostWithPort(parsed.url) : null,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What the server asks is named after user and host by ssh itself since 8.5 (sshconnect2.c, input_userauth_info_req). */
function parseServerQuestion(text: string): SshPrompt | null {
  const match = /^\(([^\s()]+)@([^\s()@]+)\) ([\s\S]*)$/.exec(text);
  if (!match) return null;
  const [, user = '', host = '', question = ''] = match;
  return /^Password: ?$/i.test(question)
    ? { kind: 'password', user, host }
    : { kind: 'server-question', user, host, text: question };
}

function parseKnown(text: string): SshPrompt | null {
  const passphrase = /^Enter passphrase for key '([^\n\0]+)': $/.exec(text)?.[1];
  if (passphrase !== undefined)
    return { kind: 'passphrase', keyPath: passphrase, isCut: Buffer.byteLength(passphrase) >= 98 };
  const password = /^([^\s']+)@([^\s'@]+)'s password: $/.exec(text);
  if (password) return { kind: 'password', user: password[1] ?? '', host: password[2] ?? '' };
  if (/^Please type 'yes'(?:, 'no' or the fingerprint| or 'no'): $/.test(text)) return { kind: 'repeated' };
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY DETECTED/.test(text))
    return { kind: 'host-key-changed' };
  return parseHostKey(text) ?? parseServerQuestion(text) ?? parseGitPrompt(text);
}

/**
 * Reads a question byte by byte as OpenSSH and git write it; whatever differs
 * is `unknown`. Nothing read here chooses a secret by itself: the text is
 * partly the server's.
 */
export function parsePrompt(whole: string, kind: SshQuestionKind): SshPrompt {
  const text = whole.slice(0, longest);
  if (kind === 'none') return { kind: 'touch', text };
  const known = whole.length > longest ? null : parseKnown(text);
  if (known) return known;
  const isConfirm = kind === 'confirm' || /\(yes\/no\)[?:] $/.test(text);
  return { kind: 'unknown', text, wants: isConfirm ? 'confirm' : 'entry' };
}
