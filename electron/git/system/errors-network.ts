import type { AppError } from '../../../shared/errors';
import { type Make, type Row, unsupported } from './error-row';

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

/**
 * Of the way to a remote. Texts are those of git 2.30 to 2.51 (http.c,
 * remote-curl.c, connect.c, builtin/clone.c), of curl's error strings and of
 * OpenSSH. Causes (a cut line) stand before the complaints that follow.
 */
export const networkRows: readonly Row[] = [
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

function originOf(text: string | undefined): string {
  try {
    return new URL(text ?? '').origin;
  } catch {
    return '';
  }
}
