import type { AppError } from '../../../shared/errors';
import { visible } from './progress';

/** What the call was about; git's message alone does not say it all. */
export interface ErrorContext {
  command: string;
  host: string;
  /** Path on the host, without leading slash. */
  path: string;
  /** Working directory or target. */
  directory: string;
  branch: string | null;
  accountId?: string;
}

type Make = (context: ErrorContext, match: RegExpExecArray, detail: string) => AppError;

type Unreachable = Extract<AppError, { kind: 'host-unreachable' }>;

const unreachable =
  (cause: Unreachable['cause']): Make =>
  ({ host }, _match, detail) => ({ kind: 'host-unreachable', host, cause, detail });
const atProxy =
  (proxy: NonNullable<Unreachable['proxy']>): Make =>
  ({ host }, _match, detail) => ({ kind: 'host-unreachable', host, cause: 'proxy', proxy, detail });
const certificate =
  (cause: Extract<AppError, { kind: 'certificate' }>['cause']): Make =>
  ({ host }, _match, detail) => ({ kind: 'certificate', host, cause, detail });
const refused: Make = ({ host, path, accountId }) => ({
  kind: 'authentication-failed',
  host,
  path,
  ...(accountId === undefined ? {} : { accountId }),
});
const notFound: Make = ({ host, path }) => ({ kind: 'repository-not-found', host, path });
const incomplete: Make = ({ host }, _match, detail) => ({ kind: 'transfer-incomplete', host, detail });
const diskFull: Make = ({ directory }) => ({ kind: 'disk-full', path: directory });
const notWritable: Make = ({ directory }, _match, detail) => ({
  kind: 'directory-not-writable',
  path: directory,
  detail,
});
const noRepository: Make = ({ directory }) => ({ kind: 'not-a-repository', path: directory });
const noBranch: Make = ({ branch }, match) => ({
  kind: 'branch-not-found',
  branch: branch ?? match[1] ?? '',
});
const status: Make = ({ host }, match, detail) => ({
  kind: 'server-error',
  host,
  status: Number(match[1]),
  detail,
});
const unsupported =
  (what: string, reason: string): Make =>
  () => ({ kind: 'unsupported', what, reason });

/**
 * What git, curl and ssh say with LC_ALL=C, and what it means. First match
 * wins: causes (a full disk, a cut line) stand before the complaints that
 * follow from them. Texts are those of git 2.30 to 2.51 (http.c,
 * remote-curl.c, connect.c, builtin/clone.c, setup.c), of curl's error
 * strings and of OpenSSH.
 */
const table: [RegExp, Make][] = [
  // Disk and folders
  [/No space left on device/, diskFull],
  [/Disk quota exceeded/, diskFull],
  [/There is not enough space on the disk/, diskFull],
  [/Read-only file system/, notWritable],
  [/could not create (?:work tree dir|leading directories of) '[^\n]*': Permission denied/, notWritable],
  [
    /(?:unable to|could not|cannot|failed to) (?:create|mkdir|open|write)[^\n]*: Permission denied/,
    notWritable,
  ],
  [/insufficient permission for adding an object/, notWritable],
  [/(?:File|Filename) too long|File name too long/i, notWritable],
  [
    /destination path '[^\n]*' already exists and is not an empty directory/,
    ({ directory }) => ({ kind: 'directory-not-empty', path: directory }),
  ],
  // Where we are
  [
    /detected dubious ownership in repository/,
    ({ directory }) => ({
      kind: 'unsupported',
      what: 'Opening this repository',
      reason: `The folder ${directory} belongs to another user of this computer, and Git does not trust it.`,
    }),
  ],
  [/cannot use bare repository '[^\n]*' \(safe\.bareRepository is 'explicit'\)/, noRepository],
  [/not a git repository/i, noRepository],
  [/bad config (?:line|variable|value)|bad (?:boolean|numeric) config value/, broken],
  [
    /unknown repository extension|Expected git repo version <= /,
    (_context, _match, detail) => ({
      kind: 'unsupported',
      what: 'This repository format',
      reason: detail,
    }),
  ],
  [
    /attempting to allocate \d+ over limit \d+/,
    unsupported('a file of more than 3 GiB', 'It does not fit into memory.'),
  ],
  // A proxy in between; before certificates, since some of its complaints name SSL
  [
    /HTTP code 407 from proxy|CONNECT tunnel failed, response 407|The requested URL returned error: 407|User was rejected by the SOCKS5 server/i,
    atProxy('wants-sign-in'),
  ],
  [/Could not resolve proxy/i, atProxy('unreachable')],
  [
    /CONNECT tunnel failed|Received HTTP code \d+ from proxy|Proxy CONNECT aborted|complete SOCKS\d* connection|SOCKS5:/i,
    atProxy('refuses'),
  ],
  // Certificates
  [
    /alert certificate required|alert has been received: Certificate is required/i,
    certificate('client-required'),
  ],
  [
    /alert (?:unknown ca|bad certificate|certificate (?:unknown|expired|revoked))|alert has been received: (?:Unknown|CA is unknown|.*certificate)|could not load PEM client certificate/i,
    certificate('client-refused'),
  ],
  [/self[- ]signed certificate in certificate chain/i, certificate('unknown-issuer')],
  [/self[- ]signed certificate/i, certificate('self-signed')],
  [/certificate has expired|certificate is expired|CERT_E_EXPIRED/i, certificate('expired')],
  [/certificate is not yet valid|not yet activated/i, certificate('not-yet-valid')],
  [
    /no alternative certificate subject name matches|certificate subject name[^\n]*does not match|(?:host ?name|owner)[^\n]*does not match/i,
    certificate('wrong-name'),
  ],
  [
    /unable to get (?:local )?issuer certificate|CAfile: none|SEC_E_UNTRUSTED_ROOT|unknown CA|signer (?:certificate )?not found/i,
    certificate('unknown-issuer'),
  ],
  [
    /server certificate verification failed|SSL certificate problem|certificate verify failed/i,
    certificate('other'),
  ],
  [
    /SSL_ERROR|SSL connect error|gnutls_handshake\(\) failed|schannel:|TLS connect error|wrong version number/i,
    certificate('other'),
  ],
  // The way to the server
  [
    /Could not resolve host(?:name)?|Name or service not known|nodename nor servname|Temporary failure in name resolution/i,
    unreachable('dns'),
  ],
  [/Operation too slow|timed out|Timeout was reached|Connection timeout/i, unreachable('timeout')],
  [
    /Connection refused|Failed to connect to [^\n]* port \d+[^\n]*(?:Couldn't connect|refused)|Could not connect to server/i,
    unreachable('refused'),
  ],
  [/No route to host|Network is unreachable|Host is down/i, unreachable('other')],
  // A transfer that had begun
  [
    /early EOF|unexpected disconnect while reading sideband packet|the remote end hung up unexpectedly|transfer closed with [^\n]*outstanding/i,
    incomplete,
  ],
  [
    /curl (?:18|56|92) |Recv failure|HTTP\/2 stream \d+ was (?:not closed cleanly|reset)|RPC failed; curl/i,
    incomplete,
  ],
  [
    /fetch-pack: (?:invalid index-pack output|unexpected)|index-pack failed|pack has bad object|pack is corrupted|inflate/i,
    incomplete,
  ],
  [
    /remote did not send all necessary objects|did not receive expected object|bad pack header|premature end of pack/i,
    incomplete,
  ],
  [
    /expected (?:flush|packfile|to get)|bad line length|protocol error: (?:unexpected|bad)|unable to parse/i,
    incomplete,
  ],
  [
    /Empty reply from server|Connection reset by peer|Connection was reset|Connection closed by|Send failure/i,
    unreachable('reset'),
  ],
  [
    /repository corrupt on the remote side/i,
    ({ host }, _match, detail) => ({ kind: 'server-error', host, status: 500, detail }),
  ],
  // Redirects
  [
    /Maximum \(\d+\) redirects followed/,
    ({ host }, _match, detail) => ({ kind: 'unexpected-answer', host, detail }),
  ],
  [
    /unable to update url base from redirection:\s+asked for: [^\n]*\s+redirect: (\S+)/,
    ({ host }, match) => ({ kind: 'moved', host, to: originOf(match[1]) }),
  ],
  [/The requested URL returned error: 30[12378]/, ({ host }) => ({ kind: 'moved', host, to: '' })],
  [
    /Protocol "?\w+"? (?:is )?(?:not supported|disabled)|transport '[^\n]*' not allowed/,
    ({ host }, _match, detail) => ({
      kind: 'unexpected-answer',
      host,
      detail,
    }),
  ],
  // Who asks
  [
    /Authentication failed for|could not read (?:Username|Password) for|HTTP Basic: Access denied|told us to quit/,
    refused,
  ],
  [
    /The requested URL returned error: 401|Invalid username or (?:password|token)|Authentication required/i,
    refused,
  ],
  [/Permission denied \([^)]*publickey[^)]*\)|Permission denied, please try again/, refused],
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/,
    unsupported(
      'This SSH server',
      'Its host key is unknown or has changed. Connect once in a terminal and compare the fingerprint.',
    ),
  ],
  [
    /cannot run ssh|ssh: not found|ssh: command not found/,
    unsupported('SSH', 'No ssh program was found on this computer.'),
  ],
  [
    /The requested URL returned error: 403|remote: (?:Write|Read) access to repository not granted/,
    ({ host }, _match, detail) => ({ kind: 'missing-permission', host, needed: [], detail }),
  ],
  // What is asked for
  [/Remote branch ([^\n]+?) not found in upstream/, noBranch],
  [/couldn't find remote ref ([^\n]+)/, noBranch],
  [
    /(?:unknown revision or path|bad revision|ambiguous argument|invalid reference|Not a valid object name)/i,
    noBranch,
  ],
  [/Repository not found|repository '[^\n]*' not found|does not appear to be a git repository/i, notFound],
  [
    /The requested URL returned error: 404|project you were looking for could not be found|TF401019|could not be found or you don't have permission/i,
    notFound,
  ],
  [
    /The requested URL returned error: 429/,
    ({ host }) => ({ kind: 'rate-limited', host, retryAt: Date.now() + 60_000 }),
  ],
  [/The requested URL returned error: (5\d\d)/, status],
  [/RPC failed; HTTP (\d{3})/, status],
  [
    /(?:info\/refs )?not valid: (?:is this a git repository|could not determine hash)|invalid server response|unexpected (?:content|answer)/i,
    ({ host }, _match, detail) => ({ kind: 'unexpected-answer', host, detail }),
  ],
  [
    /dumb http transport|file not found: http/i,
    ({ host }, _match, detail) => ({ kind: 'unexpected-answer', host, detail }),
  ],
];

function broken({ command }: ErrorContext, _match: RegExpExecArray, detail: string): AppError {
  return { kind: 'git-failed', command, exitCode: 128, detail };
}

function originOf(text: string | undefined): string {
  try {
    return new URL(text ?? '').origin;
  } catch {
    return '';
  }
}

/** Removes whatever could be a secret from text that may be shown or logged. */
export function masked(text: string): string {
  return visible(
    text
      .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/']*@/gi, '$1')
      .replaceAll(/(authorization:\s*)[^\r\n]*/gi, '$1(hidden)')
      .replaceAll(/\b((?:basic|bearer)\s+)[A-Za-z0-9+/=._~-]{8,}/gi, '$1(hidden)')
      .replaceAll(/\b(?:gh[opsur]_|github_pat_|glpat-|gloas-|ATATT|ATCTT|BBDC-)[A-Za-z0-9_=.-]+/g, '(hidden)')
      .replaceAll(/((?:access_token|private_token|password|token)=)[^\s&'"]+/gi, '$1(hidden)'),
  );
}

/** The lines that say what went wrong, at most 2,000 characters. */
function detailOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /^(fatal|error|remote|ssh|warning: redirecting)\b/i.test(line));
  return masked((telling.length > 0 ? telling : lines).slice(-12).join('\n')).slice(0, 2000);
}

/** A failed git process as an AppError. */
export function recognize(stderr: string, exitCode: number | null, context: ErrorContext): AppError {
  const detail = detailOf(stderr);
  for (const [pattern, make] of table) {
    const match = pattern.exec(stderr);
    if (match) return make(context, match, detail);
  }
  return { kind: 'git-failed', command: context.command, exitCode, detail };
}
