import { publishedHostKey } from '../../../shared/published-host-keys';
import type { AppError } from '../../../shared/errors';
import { masked } from './errors';

/** What ssh was started for. */
export interface SshErrorContext {
  host: string;
  /** Path on the host, without leading slash. */
  path: string;
  keyPath: string | null;
}

type Make = (context: SshErrorContext, match: RegExpExecArray, stderr: string) => AppError;
type Cause = Extract<AppError, { kind: 'host-unreachable' }>['cause'];

const unreachable =
  (cause: Cause): Make =>
  ({ host }, match) => ({
    kind: 'host-unreachable',
    host,
    cause,
    ssh: true,
    detail: masked(match[0]).slice(0, 500),
  });

/** `[host]:port` as ssh writes it, in our form. */
function plain(host: string): string {
  return host.replace(/^\[([^\]]*)\]:(\d+)$/, (_all, name: string, port: string) =>
    name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`,
  );
}

const changed =
  (cause: 'changed' | 'revoked'): Make =>
  ({ host }, match, stderr) => {
    const shown =
      /The fingerprint for the (\S+) key sent by the remote host is\s+((?:SHA256|MD5):[^\s.]+)/.exec(stderr);
    const offending = /^Offending (?:\S+ )?key (?:for \S+ )?in (.+):(\d+)\s*$/m.exec(stderr);
    const named =
      /^Host key for (\S+) has changed and you have requested strict checking/m.exec(stderr)?.[1] ??
      /^The \S+ host key for (\S+) is marked as revoked/m.exec(stderr)?.[1] ??
      match[1];
    const fingerprint = shown?.[2] ?? '';
    return {
      kind: 'ssh-host-key-changed',
      host: named === undefined ? host : plain(named),
      cause,
      keyType: shown?.[1] ?? '',
      fingerprint,
      known: offending ? { file: offending[1] ?? '', line: Number(offending[2]) } : null,
      published: fingerprint === '' ? null : publishedHostKey(named ?? host, fingerprint),
    };
  };

const unknown =
  (reason: 'strict' | 'not-asked'): Make =>
  ({ host }, match) => ({
    kind: 'ssh-host-key-unknown',
    host: match[1] === undefined ? host : plain(match[1]),
    reason,
    fingerprint: '',
    published: null,
  });

const refused =
  (hint?: string): Make =>
  ({ host, path, keyPath }, _match, stderr) => {
    const aboutKey =
      /^(?:Load key|Permissions \d+ for|Identity file|no such identity|sign_and_send_pubkey)[^\n]*/m.exec(
        stderr,
      );
    const detail = hint ?? (aboutKey ? masked(aboutKey[0]).slice(0, 500) : undefined);
    return { kind: 'ssh-key-refused', host, path, keyPath, ...(detail === undefined ? {} : { detail }) };
  };

/**
 * What OpenSSH 8 to 10 says, in English in every locale (sshconnect.c,
 * sshconnect2.c, ssh.c, packet.c). First match wins; a changed key stands
 * before the complaints that follow from it.
 */
const table: [RegExp, Make][] = [
  [/REVOKED HOST KEY DETECTED/, changed('revoked')],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key for (\S+) has changed/m, changed('changed')],
  [/^No \S+ host key is known for (\S+) and you have requested strict checking/m, unknown('strict')],
  [/^Host key verification failed/m, unknown('not-asked')],
  [
    /^(?:ssh_askpass: exec\([^\n]*|[^\n]*cannot notify[^\n]*)/m,
    () => ({
      kind: 'unsupported',
      what: 'asking for ssh',
      reason:
        'Programs may not be started from the folder for temporary files. Set TMPDIR to another one and start again.',
    }),
  ],
  [
    /^(?:error: cannot run [^\n]*ssh[^\n]*|[^\n]*(?:ssh|ssh\.exe): (?:command not found|not found|No such file or directory))/m,
    ({ host }) => ({ kind: 'ssh-missing', host }),
  ],
  [/Could not resolve hostname [^\n]*/, unreachable('dns')],
  [/ssh: connect to host [^\n]*Connection refused/, unreachable('refused')],
  [
    /ssh: connect to host [^\n]*timed out|Connection to \S+ port \d+ timed out|Timeout, server \S+ not responding/,
    unreachable('timeout'),
  ],
  [/ssh: connect to host [^\n]*/, unreachable('other')],
  [
    /Unable to negotiate with [^\n]*: (no matching [^\n]*)/,
    (_context, match) => ({
      kind: 'unsupported',
      what: 'this SSH server',
      reason: `It offers only methods your ssh does not use any more: ${masked(match[1] ?? '').slice(0, 300)}`,
    }),
  ],
  [/Too many authentication failures/, refused('It was shown too many keys: choose the one that is meant.')],
  [
    /Permission denied \([^)\n]*\)|Permission denied, please try again|Public key authentication failed|No supported authentication methods/,
    refused(),
  ],
  [
    /(?:kex_exchange_identification|banner exchange|ssh_exchange_identification|Connection (?:closed|reset) by)[^\n]*/,
    unreachable('reset'),
  ],
];

/** What ssh's words mean; null: it had nothing to say about it, git or the server had. */
export function recognizeSsh(stderr: string, context: SshErrorContext): AppError | null {
  for (const [pattern, make] of table) {
    const match = pattern.exec(stderr);
    if (match) return make(context, match, stderr);
  }
  return null;
}
