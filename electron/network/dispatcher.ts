import tls from 'node:tls';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { rootCertificates } from './roots';
import type { Route } from './network';

export interface DispatcherLimits {
  /** Milliseconds each. */
  connectTimeout: number;
  headersTimeout: number;
  bodyTimeout: number;
  /** At once to one origin; default unlimited. */
  connections?: number;
}

let usual: tls.SecureContext | null = null;

/** What a server's certificate is checked against, and what is shown to it of us. */
export function contextOf(authorities: readonly string[], client: Route['client'] = null): tls.SecureContext {
  if (authorities.length === 0 && client === null) {
    usual ??= tls.createSecureContext({ ca: [...rootCertificates()] });
    return usual;
  }
  return tls.createSecureContext({
    ca: [...rootCertificates(), ...authorities],
    // A company's intermediate may be trusted without its root, which servers seldom send.
    allowPartialTrustChain: true,
    ...(client === null
      ? {}
      : {
          cert: client.certificate,
          key: client.key,
          ...(client.passphrase === null ? {} : { passphrase: client.passphrase }),
        }),
  });
}

/**
 * undici over one route. The checks of certificates cannot be switched off,
 * not even by NODE_TLS_REJECT_UNAUTHORIZED; the client certificate is shown to
 * the server only, never to the proxy, whose password the server never sees.
 */
export function openDispatcher(route: Route, limits: DispatcherLimits): Dispatcher {
  const { connectTimeout: timeout, ...rest } = limits;
  if (route.proxy === null) return new Agent({ ...rest, connect: lazily(route, timeout) });
  const security = { rejectUnauthorized: true, secureContext: contextOf(route.authorities, route.client) };
  const { url, credential, authorities = [] } = route.proxy;
  const proxySecurity = { rejectUnauthorized: true, secureContext: contextOf(authorities), timeout };
  const socks = url.startsWith('socks');
  return new ProxyAgent({
    ...rest,
    uri: socks && credential ? withCredential(url, credential) : url,
    ...(credential && !socks ? { token: basic(credential) } : {}),
    requestTls: { ...security, timeout },
    // undici takes this for "TLS to the SOCKS proxy", of which there is none.
    ...(socks ? {} : { proxyTls: proxySecurity }),
    // As curl and browsers do: only TLS needs a tunnel, and many proxies refuse one to port 80.
    proxyTunnel: false,
  });
}

/** Reading some hundred authorities takes longer than a small request: it waits for the first that is encrypted. */
function lazily(route: Route, timeout: number): buildConnector.connector {
  const plain = buildConnector({ timeout });
  let secure: buildConnector.connector | null = null;
  return (options, callback) => {
    if (options.protocol !== 'https:') return plain(options, callback);
    secure ??= buildConnector({
      rejectUnauthorized: true,
      secureContext: contextOf(route.authorities, route.client),
      timeout,
    });
    return secure(options, callback);
  };
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

function withCredential(url: string, credential: { username: string; password: string }): string {
  const whole = new URL(url);
  whole.username = encodeURIComponent(credential.username);
  whole.password = encodeURIComponent(credential.password);
  return whole.href;
}
